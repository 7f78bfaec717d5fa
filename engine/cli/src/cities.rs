//! Cities: the processes a profile names, run with its values, and the stories beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use language::codes;
use language::diagnostic::Diagnostic;
use language::process::SourceMap;
use language::profile::{Base, processes_of, read_profile};
use language::tree::{Node, Tree};
use language::words;
use simulate::story::Story;

use crate::library::{Library, Workflow, folder_of};

impl Library {
    /// Lays a city's values over the processes it names; those that were not asked for are read as well.
    pub(crate) fn profile(&mut self, path: &Path, tree: &Tree) {
        let folder = folder_of(path);
        self.bring(&self.missing(&folder, &tree.root));
        let bases: Vec<(&Workflow, Base<'_>)> = self
            .workflows
            .iter()
            .filter_map(|w| Some((w, Base { definition: w.definition.as_deref()?, map: &w.map })))
            .collect();
        let known: Vec<Base<'_>> = bases.iter().map(|(_, base)| *base).collect();
        let (profile, report) = read_profile(&self.sources, tree, &known);
        let mut cities = Vec::new();
        for laid in profile.into_iter().flat_map(|profile| profile.processes) {
            let of = bases.iter().find(|(_, base)| base.definition.process == laid.process);
            let Some((workflow, base)) = of else { continue };
            cities.push(Workflow {
                folder: folder.clone(),
                path: path.to_owned(),
                definition: base.definition.with_values(&laid.values).ok().map(Arc::new),
                map: SourceMap::default(),
                calendar: workflow.calendar.clone(),
                stories: Vec::new(),
                mapping: None,
            });
        }
        self.report.append(report);
        self.cities.append(&mut cities);
    }

    /// The processes a profile names that were not read: `workflows/NAME` beside `workflows/profiles`.
    fn missing(&self, folder: &Path, root: &Node) -> Vec<PathBuf> {
        let shelf = folder.ancestors().nth(2).filter(|_| folder.components().count() > 2);
        let Some(shelf) = shelf else { return Vec::new() };
        let there = |name: &str, path: &Path| {
            self.workflows
                .iter()
                .any(|w| w.path == path || w.definition.as_ref().is_some_and(|d| *d.process == *name))
        };
        processes_of(root)
            .map(|name| (name, shelf.join(name.replace('_', "-")).join("workflow.yaml")))
            .filter(|(name, path)| !there(name, path) && path.is_file())
            .map(|(_, path)| path)
            .collect()
    }

    /// Puts a story with the process of the city it stands beside; one that names none of them is reported.
    pub(crate) fn story_of_a_city(&mut self, path: &Path, story: Story) {
        let beside: Vec<&Path> = path.ancestors().skip(1).take(2).collect();
        let of = |city: &Workflow| city.definition.as_ref().map_or("", |d| &*d.process).to_owned();
        let written = story.process.as_ref().map_or("", |(name, _)| name.as_str());
        let mut runs = Vec::new();
        let mut home = None;
        for (at, city) in self.cities.iter().enumerate() {
            if beside.iter().any(|folder| *folder == city.folder) {
                let process = of(city);
                home = home.or((process == written).then_some(at));
                runs.push(process);
            }
        }
        if let Some(at) = home {
            return self.cities[at].stories.push((path.to_owned(), story));
        }
        if runs.is_empty() {
            return;
        }
        let span = story.process.as_ref().map_or(story.span, |(_, span)| *span);
        let list = runs.join(", ");
        let message = words!("这个城市没有办流程“{written}”", "the city runs no process `{written}`");
        let advice = words!("在故事里写 process，它办的有：{list}", "write `process`, one of: {list}");
        self.report.push(Diagnostic::new(codes::STORY_NAME, span, message).advise(advice));
    }
}
