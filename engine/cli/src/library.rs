//! The documents of a run, read and compiled: processes with their stories, tables and calendars.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use expr::time::calendar::Calendar;
use jiff::tz::TimeZone;
use language::analysis::analyse;
use language::codes;
use language::diagnostic::{Diagnostic, Report};
use language::process::{Compiled, SourceMap, compile_tree};
use language::read::Reading;
use language::source::{FileId, Sources};
use language::span::Span;
use language::tree::{Node, Tree};
use language::words;
use language::{keys, shape};
use machine::definition::Definition;
use simulate::golden::mapping::{self, Mapping};
use simulate::story::{self, Story};

use crate::abreast::abreast;
use crate::calendars::Calendars;
use crate::exit::{Exit, Failure};
use crate::files::{self, Sort};
use crate::settlements::Settlement;

mod reading;

use reading::{Placed, Read};

/// Everything read in one run.
#[derive(Debug, Default)]
pub struct Library {
    /// The texts.
    pub sources: Sources,
    /// Everything found in them.
    pub report: Report,
    /// The processes, in the order of their paths.
    pub workflows: Vec<Workflow>,
    /// The same processes as cities run them: beside each profile, with its values.
    pub cities: Vec<Workflow>,
    /// The settlements, in the order of their folders.
    pub settlements: Vec<Settlement>,
    /// Where each file of the sources is on disk.
    pub paths: BTreeMap<FileId, PathBuf>,
    calendars: Calendars,
    /// Which process is at home in a folder, by its name as written: comparing paths piece by piece takes long.
    homes: BTreeMap<OsString, usize>,
}

/// A process with what stands beside it.
#[derive(Debug)]
pub struct Workflow {
    /// Its folder.
    pub folder: PathBuf,
    /// Its file.
    pub path: PathBuf,
    /// The process, unless its text has errors.
    pub definition: Option<Arc<Definition>>,
    /// Where everything of it stands.
    pub map: SourceMap,
    /// The calendar it counts by.
    pub calendar: Calendar,
    /// Its stories that could be read.
    pub stories: Vec<(PathBuf, Story)>,
    /// How an office's table corresponds to it.
    pub mapping: Option<Mapping>,
}

/// A document as it was read.
struct Document {
    path: PathBuf,
    file: FileId,
    sort: Sort,
    tree: Option<Tree>,
}

impl Library {
    /// Reads documents; texts given in `instead` stand for what is on disk.
    ///
    /// # Errors
    /// A file that cannot be read at all. What is wrong inside the files is in the report.
    pub fn read(paths: &[PathBuf], instead: &BTreeMap<PathBuf, String>) -> Result<Library, Failure> {
        let mut library = Library::default();
        let placed = reading::placed(paths, 0)?;
        // Stories are read when it is known by which calendar their process counts.
        let (stories, first) = placed.into_iter().partition(|placed| placed.story().is_some());
        let (documents, late) = library.keep(reading::read(first, instead)?);
        library.take(documents, stories, instead)?;
        library.report.append(late);
        Ok(library)
    }

    /// Reads texts that are not on disk: what is inside the program.
    pub fn of_texts(texts: &[(&str, &str)]) -> Library {
        let paths: Vec<PathBuf> = texts.iter().map(|(name, _)| PathBuf::from(name)).collect();
        let texts = paths.iter().cloned().zip(texts.iter().map(|(_, text)| (*text).to_owned())).collect();
        // Nothing is looked for on disk, so that nothing can be missing there.
        Library::read(&paths, &texts).unwrap_or_default()
    }

    /// Takes what was read; what settlements have to say comes after everything else.
    fn keep(&mut self, read: Vec<(Sources, Read)>) -> (Vec<Document>, Report) {
        let (mut documents, mut late) = (Vec::new(), Report::new());
        for (sources, read) in read {
            self.texts(sources);
            match read {
                Read::Document(path, reading) => documents.push(self.document(path, reading)),
                Read::Years(folder, calendar, report) => {
                    self.report.append(report);
                    self.calendars.keep(&folder, calendar);
                }
                Read::Settlement(settlement, report) => {
                    late.append(report);
                    self.settlements.push(settlement);
                }
            }
        }
        (documents, late)
    }

    fn texts(&mut self, sources: Sources) {
        for file in sources.files() {
            self.paths.insert(file, PathBuf::from(sources.name(file)));
        }
        self.sources.join(sources);
    }

    fn document(&mut self, path: PathBuf, reading: Reading) -> Document {
        self.report.append(reading.report);
        let sort = reading.tree.as_ref().and_then(|tree| sort_by_keys(&tree.root));
        let sort = sort.or_else(|| files::sort_of(&path)).unwrap_or(Sort::Process);
        Document { path, file: reading.file, sort, tree: reading.tree }
    }

    fn take(
        &mut self,
        documents: Vec<Document>,
        stories: Vec<Placed>,
        instead: &BTreeMap<PathBuf, String>,
    ) -> Result<(), Failure> {
        let (processes, others): (Vec<Document>, Vec<Document>) =
            documents.into_iter().partition(|d| d.sort == Sort::Process);
        let (profiles, others): (Vec<Document>, Vec<Document>) =
            others.into_iter().partition(|d| d.sort == Sort::Profile);
        let (tales, others): (Vec<Document>, Vec<Document>) =
            others.into_iter().partition(|d| d.sort == Sort::Story);
        let Made { told, strays } = self.made(processes, tales, stories, instead)?;
        for Document { path, tree, .. } in profiles {
            tree.iter().for_each(|tree| self.profile(&path, tree));
        }
        told.into_iter().for_each(|(path, story)| self.story(&path, story));
        for Document { path, sort, tree, .. } in others {
            match (sort, &tree) {
                (Sort::Calendar, Some(tree)) => {
                    self.report.append(keys::check_tree(tree, &shape::CALENDAR_YEAR));
                }
                (Sort::Cases, Some(tree)) => self.cases(&path, tree),
                _ => {}
            }
        }
        match strays.is_empty() {
            true => Ok(()),
            false => self.take(strays, Vec::new(), instead),
        }
    }

    /// Compiles processes, looks into them and takes them; reads stories. What stands where stories stand and is
    /// none comes back as it was read.
    fn made(
        &mut self,
        processes: Vec<Document>,
        tales: Vec<Document>,
        stories: Vec<Placed>,
        instead: &BTreeMap<PathBuf, String>,
    ) -> Result<Made, Failure> {
        let mut zones: BTreeMap<OsString, TimeZone> = BTreeMap::new();
        let mut jobs = Vec::new();
        for process in processes {
            let calendar = self.calendar_of(&process);
            zones.entry(folder_of(&process.path).into_os_string()).or_insert_with(|| calendar.zone().clone());
            jobs.push(Job::Process(process, calendar));
        }
        let sources = &self.sources;
        // What takes long is begun first.
        jobs.sort_by_cached_key(|job| std::cmp::Reverse(job.length(sources)));
        for tale in tales {
            let zone = self.zone_of(&tale.path, &zones);
            jobs.push(Job::Tale(tale, zone));
        }
        for placed in stories {
            let zone = self.zone_of(placed.story().unwrap_or(Path::new("")), &zones);
            jobs.push(Job::Story(placed, zone));
        }
        let sources = &self.sources;
        let done = abreast(jobs, |job| job.done(sources, instead));
        let (mut told, mut strays, mut compiled) = (Vec::new(), Vec::new(), Vec::new());
        for done in done {
            match done? {
                Done::Process(document, calendar, process) => compiled.push((document, calendar, process)),
                Done::Story(path, sources, story, report) => {
                    self.texts(sources);
                    self.report.append(report);
                    told.extend(story.map(|story| (path, story)));
                }
                Done::Other(sources, read) => strays.extend(self.keep(vec![(sources, read)]).0),
            }
        }
        compiled.sort_by_key(|((file, _), ..)| *file);
        compiled
            .into_iter()
            .for_each(|((_, path), calendar, compiled)| self.workflow(path, calendar, compiled));
        Ok(Made { told, strays })
    }

    fn workflow(&mut self, path: PathBuf, calendar: Calendar, compiled: Compiled) {
        let Compiled { definition, report, map } = compiled;
        self.report.append(report);
        let folder = folder_of(&path);
        let (stories, mapping) = (Vec::new(), None);
        self.homes.entry(folder.clone().into_os_string()).or_insert(self.workflows.len());
        self.workflows.push(Workflow { folder, path, definition, map, calendar, stories, mapping });
    }

    /// The zone in which a story without one tells its times: that of its process, or of its city.
    fn zone_of(&mut self, path: &Path, zones: &BTreeMap<OsString, TimeZone>) -> TimeZone {
        let beside = path.ancestors().skip(1).take(2).find_map(|folder| zones.get(folder.as_os_str()));
        let city = || {
            let calendar = self.calendars.find(&folder_of(path), "cn");
            calendar.unwrap_or_else(|| self.calendars.own()).zone().clone()
        };
        beside.cloned().unwrap_or_else(city)
    }

    fn calendar_of(&mut self, document: &Document) -> Calendar {
        let written = document.tree.as_ref().and_then(|tree| tree.root.get("calendar"));
        self.calendar(&folder_of(&document.path), written, document.file)
    }

    fn calendar(&mut self, folder: &Path, written: Option<&Node>, file: FileId) -> Calendar {
        let name = written.and_then(Node::as_text).unwrap_or("cn");
        if let Some(calendar) = self.calendars.find(folder, name) {
            return calendar;
        }
        let span = written.map_or(Span::point(file, 0), |node| node.span);
        let message = words!(
            "没有日历“{name}”，或它的文件有错",
            "there is no calendar `{name}`, or its files have errors"
        );
        let advice = words!(
            "日历放在 calendars/{name}/ 下，一年一个文件；程序自带 cn",
            "a calendar stands in calendars/{name}/, one file a year; cn is built in"
        );
        self.report.push(Diagnostic::new(codes::CALENDAR_UNKNOWN, span, message).advise(advice));
        self.calendars.own()
    }

    fn story(&mut self, path: &Path, story: Story) {
        match self.home_of(path) {
            Some(at) => self.workflows[at].stories.push((path.to_owned(), story)),
            None => self.story_of_a_city(path, story),
        }
    }

    /// Reads and compiles processes that were not asked for.
    pub(crate) fn bring(&mut self, paths: &[PathBuf]) {
        let (before, instead) = (self.sources.files().count(), BTreeMap::new());
        let placed = reading::placed(paths, before);
        let Ok(read) = placed.and_then(|placed| reading::read(placed, &instead)) else { return };
        let (documents, _) = self.keep(read);
        // Without stories nothing more is read that could be missing.
        let _ = self.made(documents, Vec::new(), Vec::new(), &instead);
    }

    fn cases(&mut self, path: &Path, tree: &Tree) {
        let (mapping, report) = mapping::read(tree);
        self.report.append(report);
        let (Some(mapping), Some(at)) = (mapping, self.home_of(path)) else { return };
        if let Some(definition) = &self.workflows[at].definition {
            self.report.append(mapping.check(definition, tree));
        }
        self.workflows[at].mapping = Some(mapping);
    }

    /// The process whose folder holds a file.
    fn home_of(&self, path: &Path) -> Option<usize> {
        let homes = path.ancestors().skip(1).take(2).filter_map(|folder| self.homes.get(folder.as_os_str()));
        homes.copied().min()
    }
}

/// One thing to make of what was read, or to read and make at once.
enum Job {
    Process(Document, Calendar),
    Tale(Document, TimeZone),
    Story(Placed, TimeZone),
}

/// What was made of all.
struct Made {
    told: Vec<(PathBuf, Story)>,
    /// What stands where stories stand and is none, as it was read.
    strays: Vec<Document>,
}

/// What was made of one.
enum Done {
    Process((FileId, PathBuf), Calendar, Compiled),
    Story(PathBuf, Sources, Option<Story>, Report),
    /// It was no story.
    Other(Sources, Read),
}

impl Job {
    /// How long the text is.
    fn length(&self, sources: &Sources) -> usize {
        match self {
            Job::Process(document, _) | Job::Tale(document, _) => sources.text(document.file).len(),
            Job::Story(..) => 0,
        }
    }

    fn done(self, known: &Sources, instead: &BTreeMap<PathBuf, String>) -> Result<Done, Failure> {
        match self {
            Job::Process(document, calendar) => {
                let compiled = compiled(known, &document, &calendar);
                Ok(Done::Process((document.file, document.path), calendar, compiled))
            }
            Job::Tale(Document { path, tree, .. }, zone) => {
                Ok(told(path, Sources::after(known.files().count()), tree, Report::new(), &zone))
            }
            Job::Story(placed, zone) => {
                let (sources, read) = placed.read(instead)?;
                let Read::Document(path, reading) = read else { return Ok(Done::Other(sources, read)) };
                let sort = reading.tree.as_ref().and_then(|tree| sort_by_keys(&tree.root));
                if sort.is_some_and(|sort| sort != Sort::Story) {
                    return Ok(Done::Other(sources, Read::Document(path, reading)));
                }
                Ok(told(path, sources, reading.tree, reading.report, &zone))
            }
        }
    }
}

fn told(path: PathBuf, sources: Sources, tree: Option<Tree>, mut report: Report, zone: &TimeZone) -> Done {
    let (story, found) = tree.map_or_else(|| (None, Report::new()), |tree| story::read(&tree, zone));
    report.append(found);
    Done::Story(path, sources, story, report)
}

/// The process of a document, unless it has errors, and everything found in it.
fn compiled(sources: &Sources, document: &Document, calendar: &Calendar) -> Compiled {
    let nothing = || Compiled { definition: None, report: Report::new(), map: SourceMap::default() };
    let Some(tree) = &document.tree else { return nothing() };
    let Compiled { definition, mut report, map } = compile_tree(sources, tree);
    if let Some(definition) = &definition {
        report.append(analyse(definition, &map, sources, Some(calendar)));
    }
    let definition = definition.filter(|_| !report.has_errors());
    Compiled { definition, report, map }
}

/// The folder a file stands in; `.` for a bare name.
pub fn folder_of(path: &Path) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new(""));
    folder.to_owned()
}

/// What a document is by its keys.
fn sort_by_keys(root: &Node) -> Option<Sort> {
    let has = |key: &str| root.get(key).is_some();
    match () {
        () if has("main") && has("events") && !has("states") => Some(Sort::Cases),
        () if has("states") || has("roles") => Some(Sort::Process),
        () if has("story") => Some(Sort::Story),
        () if has("profile") => Some(Sort::Profile),
        () if has("year") && (has("holidays") || has("working_weekends")) => Some(Sort::Calendar),
        () => None,
    }
}

/// The one process under the given paths, with everything that stands beside it.
///
/// # Errors
/// There is none, there are several, or its text has errors: those are shown by the caller.
pub fn one_workflow(path: &Path) -> Result<Library, Failure> {
    let about = std::fs::metadata(path).map_err(|error| files::unreadable(path, &error))?;
    let file = if about.is_dir() { process_in(path)? } else { path.to_owned() };
    let beside = folder_of(&file);
    let examples = beside.join("examples");
    let mut paths = vec![file];
    if examples.is_dir() {
        paths.extend(files::documents(&[examples])?);
    }
    let library = Library::read(&paths, &BTreeMap::new())?;
    Ok(library)
}

fn process_in(folder: &Path) -> Result<PathBuf, Failure> {
    let found = files::documents(&[folder.to_owned()])?;
    let processes: Vec<&PathBuf> =
        found.iter().filter(|path| files::sort_of(path) == Some(Sort::Process)).collect();
    let shown = folder.display();
    match &processes[..] {
        [one] => Ok((*one).clone()),
        [] => Err(Failure::new(
            Exit::Unreachable,
            words!("{shown} 里没有 workflow.yaml", "there is no workflow.yaml in {shown}"),
        )),
        several => {
            let list: Vec<String> = several.iter().map(|path| path.display().to_string()).collect();
            let list = list.join(", ");
            Err(Failure::usage(words!(
                "{shown} 里有几个流程，请写明一个：{list}",
                "there are several processes in {shown}; name one: {list}"
            )))
        }
    }
}

/// A process by path, or by its name under ./workflows: `financing-demand` or `financing_demand`.
pub fn path_of(named: &str) -> PathBuf {
    let path = PathBuf::from(named);
    if path.exists() {
        return path;
    }
    let names = [named.to_owned(), named.replace('_', "-")];
    names.iter().map(|name| Path::new("workflows").join(name)).find(|place| place.is_dir()).unwrap_or(path)
}
