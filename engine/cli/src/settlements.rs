//! Settlements on disk: `settlement.yaml`, a file for each rule in `rules/`, and `golden.yaml` beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use language::rules::{Book, compile_book};
use settle::golden::{self, Mapping};

use crate::exit::Failure;
use crate::files;
use crate::library::Library;

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

impl Library {
    /// Reads the settlement of a folder whole: a rule alone means nothing.
    ///
    /// # Errors
    /// A file that cannot be read at all.
    pub fn settlement(&mut self, folder: &Path, instead: &BTreeMap<PathBuf, String>) -> Result<(), Failure> {
        let bytes = |path: &Path| match instead.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => files::read(path),
        };
        let paths = texts_of(folder)?;
        let mut texts = Vec::new();
        for path in &paths {
            texts.push((path.display().to_string(), bytes(path)?));
        }
        let first = self.sources.files().count();
        let book = self.book(&texts);
        let golden = folder.join("golden.yaml");
        let mut mapping = None;
        if golden.is_file() {
            let reading = language::read(&mut self.sources, &golden.display().to_string(), &bytes(&golden)?);
            self.report.append(reading.report);
            if let (Some(tree), Some(book)) = (&reading.tree, &book) {
                let (found, report) = golden::read(tree, book);
                self.report.append(report);
                mapping = Some(found);
            }
        }
        for file in self.sources.files().skip(first) {
            self.paths.insert(file, PathBuf::from(self.sources.name(file)));
        }
        self.settlements.push(Settlement { book, mapping });
        Ok(())
    }

    /// Compiles the texts of a settlement: the header first, then its rules. What is wrong is in the report.
    pub fn book(&mut self, texts: &[(String, Vec<u8>)]) -> Option<Arc<Book>> {
        let (header, rules) = texts.split_first()?;
        let named: Vec<(&str, &[u8])> =
            rules.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
        let compiled = compile_book(&mut self.sources, (&header.0, &header.1), &named);
        self.report.append(compiled.report);
        compiled.book
    }
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
