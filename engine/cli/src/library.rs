//! The documents of a run, read and compiled: processes with their stories, tables and calendars.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use expr::time::calendar::Calendar;
use language::analysis::analyse;
use language::calendar::read_years;
use language::codes;
use language::diagnostic::{Diagnostic, Report};
use language::process::{Compiled, SourceMap, compile_tree};
use language::read::{self, Reading, Taken};
use language::source::{FileId, Sources};
use language::span::Span;
use language::tree::{Node, Tree};
use language::words;
use language::{keys, shape};
use machine::definition::Definition;
use simulate::golden::mapping::{self, Mapping};
use simulate::story::{self, Story};

use crate::abreast::abreast;
use crate::calendars::{Calendars, name_of};
use crate::exit::{Exit, Failure};
use crate::files::{self, Sort};
use crate::settlements::{self, Settlement};

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
        let mut documents = Vec::new();
        let mut years: BTreeMap<PathBuf, Vec<(String, Vec<u8>)>> = BTreeMap::new();
        let mut books = std::collections::BTreeSet::new();
        for path in paths {
            let bytes = match instead.get(path) {
                Some(text) => text.clone().into_bytes(),
                None => files::read(path)?,
            };
            if files::sort_of(path) == Some(Sort::Settlement) {
                books.insert(settlements::home(path));
            } else if files::sort_of(path) == Some(Sort::Calendar) {
                years.entry(folder_of(path)).or_default().push((path.display().to_string(), bytes));
            } else {
                documents.push(library.taken(path, &bytes));
            }
        }
        let documents = library.examined(documents);
        for (folder, years) in years {
            library.calendar_years(&folder, &years);
        }
        library.take(documents);
        for folder in books {
            library.settlement(&folder, instead)?;
        }
        Ok(library)
    }

    /// Reads texts that are not on disk: what is inside the program.
    pub fn of_texts(texts: &[(&str, &str)]) -> Library {
        let mut library = Library::default();
        let taken =
            texts.iter().map(|(name, text)| library.taken(Path::new(name), text.as_bytes())).collect();
        let documents = library.examined(taken);
        library.take(documents);
        library
    }

    fn calendar_years(&mut self, folder: &Path, years: &[(String, Vec<u8>)]) {
        let before = self.sources.files().count();
        let years: Vec<(&str, &[u8])> =
            years.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])).collect();
        let (calendar, report) = read_years(&mut self.sources, &name_of(folder), &years);
        self.report.append(report);
        self.calendars.keep(folder, calendar);
        for file in self.sources.files().skip(before) {
            self.paths.insert(file, PathBuf::from(self.sources.name(file)));
        }
    }

    fn taken(&mut self, path: &Path, bytes: &[u8]) -> (PathBuf, Taken) {
        (path.to_owned(), read::take(&mut self.sources, &path.display().to_string(), bytes))
    }

    fn examined(&mut self, taken: Vec<(PathBuf, Taken)>) -> Vec<Document> {
        let sources = &self.sources;
        let read = abreast(taken, |(path, taken)| (path, read::examine(sources, taken)));
        read.into_iter().map(|(path, reading)| self.document(path, reading)).collect()
    }

    fn document(&mut self, path: PathBuf, reading: Reading) -> Document {
        self.report.append(reading.report);
        self.paths.insert(reading.file, path.clone());
        let sort = reading.tree.as_ref().and_then(|tree| sort_by_keys(&tree.root));
        let sort = sort.or_else(|| files::sort_of(&path)).unwrap_or(Sort::Process);
        Document { path, file: reading.file, sort, tree: reading.tree }
    }

    fn take(&mut self, documents: Vec<Document>) {
        let (processes, others): (Vec<Document>, Vec<Document>) =
            documents.into_iter().partition(|d| d.sort == Sort::Process);
        self.processes(processes);
        let (profiles, others): (Vec<Document>, Vec<Document>) =
            others.into_iter().partition(|d| d.sort == Sort::Profile);
        for Document { path, tree, .. } in profiles {
            tree.iter().for_each(|tree| self.profile(&path, tree));
        }
        for document in others {
            let Some(tree) = &document.tree else { continue };
            match document.sort {
                Sort::Calendar => self.report.append(keys::check_tree(tree, &shape::CALENDAR_YEAR)),
                Sort::Story => self.story(&document.path, tree),
                Sort::Cases => self.cases(&document.path, tree),
                Sort::Process | Sort::Profile | Sort::Settlement => {}
            }
        }
    }

    /// Compiles processes and looks into them.
    fn processes(&mut self, documents: Vec<Document>) {
        let counted: Vec<(Document, Calendar)> =
            documents.into_iter().map(|document| self.with_calendar(document)).collect();
        let sources = &self.sources;
        let made = abreast(counted, |(document, calendar)| {
            (document.path.clone(), compiled(sources, &document, &calendar), calendar)
        });
        for (path, Compiled { definition, report, map }, calendar) in made {
            self.report.append(report);
            let folder = folder_of(&path);
            let (stories, mapping) = (Vec::new(), None);
            self.workflows.push(Workflow { folder, path, definition, map, calendar, stories, mapping });
        }
    }

    fn with_calendar(&mut self, document: Document) -> (Document, Calendar) {
        let written = document.tree.as_ref().and_then(|tree| tree.root.get("calendar"));
        let calendar = self.calendar(&folder_of(&document.path), written, document.file);
        (document, calendar)
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

    fn story(&mut self, path: &Path, tree: &Tree) {
        let home = self.home_of(path);
        let zone = match home {
            Some(at) => self.workflows[at].calendar.zone().clone(),
            None => self.calendars.own().zone().clone(),
        };
        let (story, report) = story::read(tree, &zone);
        self.report.append(report);
        match (story, home) {
            (Some(story), Some(at)) => self.workflows[at].stories.push((path.to_owned(), story)),
            (Some(story), None) => self.story_of_a_city(path, story),
            (None, _) => {}
        }
    }

    /// Reads and compiles processes that were not asked for.
    pub(crate) fn bring(&mut self, paths: Vec<PathBuf>) {
        let read = paths.into_iter().filter_map(|path| files::read(&path).ok().map(|bytes| (path, bytes)));
        let taken = read.map(|(path, bytes)| self.taken(&path, &bytes)).collect();
        let documents = self.examined(taken);
        self.processes(documents);
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
        let folders: Vec<&Path> = path.ancestors().skip(1).take(2).collect();
        self.workflows.iter().position(|w| folders.iter().any(|folder| *folder == w.folder))
    }
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
