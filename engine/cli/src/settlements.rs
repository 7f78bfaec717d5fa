//! Settlements on disk: `settlement.yaml`, a file for each rule in `rules/`, `golden.yaml` and
//! `platform.yaml` beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use language::diagnostic::Report;
use language::rules::{Book, compile_book};
use language::source::Sources;
use settle::golden::{self, Mapping};

use crate::exit::Failure;
use crate::files;
use crate::library::Library;
use crate::settling::platform::Platform;

/// A settlement with what stands beside it.
#[derive(Debug)]
pub struct Settlement {
    /// The rules, unless a file has errors.
    pub book: Option<Arc<Book>>,
    /// How a golden table corresponds to them.
    pub mapping: Option<Mapping>,
}

/// The folder of the settlement that a file belongs to.
pub fn home(path: &Path) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new(""));
    let inside = folder.file_name().is_some_and(|name| name == "rules");
    if inside { folder.parent().unwrap_or(Path::new("")).to_owned() } else { folder.to_owned() }
}

/// The files of a settlement.
#[derive(Debug)]
pub struct Folder {
    texts: Vec<PathBuf>,
    golden: Option<PathBuf>,
    platform: Option<PathBuf>,
}

impl Folder {
    /// The settlement of a folder whole: a rule alone means nothing.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn of(folder: &Path) -> Result<Folder, Failure> {
        let beside = |name: &str| Some(folder.join(name)).filter(|path| path.is_file());
        let (golden, platform) = (beside("golden.yaml"), beside("platform.yaml"));
        Ok(Folder { texts: texts_of(folder)?, golden, platform })
    }

    /// How many files it has.
    pub fn count(&self) -> usize {
        self.texts.len() + usize::from(self.golden.is_some()) + usize::from(self.platform.is_some())
    }

    /// Reads it, its texts into `sources`; texts given in `instead` stand for what is on disk.
    ///
    /// # Errors
    /// A file that cannot be read at all.
    pub fn read(
        &self,
        sources: &mut Sources,
        instead: &BTreeMap<PathBuf, String>,
    ) -> Result<(Settlement, Report), Failure> {
        let bytes = |path: &Path| files::read_instead(path, instead);
        let mut texts = Vec::new();
        for path in &self.texts {
            texts.push((path.display().to_string(), bytes(path)?));
        }
        let (book, mut report) = compiled(sources, &texts);
        let mut mapping = None;
        if let Some(golden) = &self.golden {
            let reading = language::read(sources, &golden.display().to_string(), &bytes(golden)?);
            report.append(reading.report);
            if let (Some(tree), Some(book)) = (&reading.tree, &book) {
                let (found, more) = golden::read(tree, book);
                report.append(more);
                mapping = Some(found);
            }
        }
        if let (Some(platform), Some(book)) = (&self.platform, &book) {
            let (name, text) = (platform.display().to_string(), bytes(platform)?);
            report.append(Platform::compile(sources, &name, &text, book).1);
        }
        Ok((Settlement { book, mapping }, report))
    }
}

impl Library {
    /// Compiles the texts of a settlement: the header first, then its rules. What is wrong is in the report.
    pub fn book(&mut self, texts: &[(String, Vec<u8>)]) -> Option<Arc<Book>> {
        let (book, report) = compiled(&mut self.sources, texts);
        self.report.append(report);
        book
    }
}

fn compiled(sources: &mut Sources, texts: &[(String, Vec<u8>)]) -> (Option<Arc<Book>>, Report) {
    let Some((header, rules)) = texts.split_first() else { return (None, Report::new()) };
    let named: Vec<(&str, &[u8])> = rules.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    let compiled = compile_book(sources, (&header.0, &header.1), &named);
    (compiled.book, compiled.report)
}

/// The files a settlement is compiled of: its header first, then its rules in the order of their names.
///
/// # Errors
/// A folder that cannot be read.
pub fn texts_of(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let rules_in = folder.join("rules");
    let rules = if rules_in.is_dir() { files::documents(&[rules_in])? } else { Vec::new() };
    Ok([folder.join("settlement.yaml")].into_iter().chain(rules).collect())
}
