//! Runs that are kept: `YEAR/NUMBER/` with what was handed over, the input sets it was computed of and its rules. So
//! a run can be explained, computed again and compared years later, without anything beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use language::rules::Book;
use language::words;
use serde_json::Value as Json;
use server::pages::runs::{NoRun, RunId, Runs};
use settle::Settled;
use settle::causes::{Side, attribute};
use settle::compare::{Compared, compare};
use settle::read::Reading;

use super::handing::hand_over;
use super::{Rules, Sets, computed};
use crate::exit::{Exit, Failure};
use crate::files;

/// Files of a run that are handed out, and as what.
pub const HANDED_OUT: &[(&str, &str)] = &[
    ("result.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("lines.csv", "text/csv; charset=utf-8"),
    ("exceptions.csv", "text/csv; charset=utf-8"),
    ("unresolved.csv", "text/csv; charset=utf-8"),
    ("payment-order.csv", "text/csv; charset=utf-8"),
    ("deposit-plan.csv", "text/csv; charset=utf-8"),
    ("publicity.zh.md", "text/markdown; charset=utf-8"),
    ("publicity.en.md", "text/markdown; charset=utf-8"),
    ("run.json", "application/json"),
];

/// A folder of runs.
#[derive(Debug)]
pub struct KeptRuns {
    folder: PathBuf,
    /// The run that was looked at last: pages ask for the same one again and again, and one is enough memory.
    last: Mutex<Option<(RunId, Arc<Settled>)>>,
    /// The two that were compared last, for the same reason.
    compared: Mutex<Option<((RunId, RunId), Compared)>>,
}

impl KeptRuns {
    /// The runs of a folder, which may not be there yet.
    pub fn new(folder: PathBuf) -> KeptRuns {
        KeptRuns { folder, last: Mutex::default(), compared: Mutex::default() }
    }

    /// Keeps a run under the next number of its year, whole or not at all. The same rules and data are not kept twice:
    /// then the answer is the run that is there.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn keep(&self, settled: &Settled, rules: &Rules, sets: &Sets) -> Result<RunId, Failure> {
        let told = settled.told();
        let own = told.run_json();
        let there = self.of_year(settled.year)?;
        for number in &there {
            let id = RunId { year: settled.year, number: *number };
            let same = |run: &Json| ["inputs", "result"].iter().all(|key| run[key] == own[key]);
            if self.summary(id).is_some_and(|run| same(&run)) {
                return Ok(id);
            }
        }
        let year = self.folder.join(settled.year.to_string());
        let fresh = year.join(format!(".new-{}", std::process::id()));
        let failed = |error: std::io::Error| files::unwritable(&fresh, &error);
        if fresh.exists() {
            fs::remove_dir_all(&fresh).map_err(failed)?;
        }
        fs::create_dir_all(fresh.join("inputs")).map_err(failed)?;
        fs::create_dir_all(fresh.join("rules")).map_err(failed)?;
        for list in 0..settled.book.sets {
            let name = &settled.book.lists[list].name;
            if let Some(bytes) = sets.bytes(name)? {
                fs::write(fresh.join(format!("inputs/{name}.csv")), bytes).map_err(failed)?;
            }
        }
        for (name, text) in &rules.texts {
            let file = Path::new(name).file_name().unwrap_or_default();
            let folder = if file == "settlement.yaml" { fresh.clone() } else { fresh.join("rules") };
            fs::write(folder.join(file), text).map_err(failed)?;
        }
        hand_over(&told, &fresh)?;
        let mut number = there.last().map_or(1, |last| last + 1);
        // Somebody else may have taken the number in between.
        while let Err(error) = fs::rename(&fresh, year.join(number.to_string())) {
            if !year.join(number.to_string()).exists() {
                return Err(failed(error));
            }
            number += 1;
        }
        Ok(RunId { year: settled.year, number })
    }

    fn of_year(&self, year: i16) -> Result<Vec<u32>, Failure> {
        let folder = self.folder.join(year.to_string());
        numbers(&folder).map_err(|error| files::unreadable(&folder, &error))
    }

    fn summary(&self, id: RunId) -> Option<Json> {
        let text = fs::read_to_string(self.path(id).join("run.json")).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// The folder of a run.
    pub fn path(&self, id: RunId) -> PathBuf {
        self.folder.join(id.year.to_string()).join(id.number.to_string())
    }

    /// Reads a run and computes it again.
    fn computed_again(&self, id: RunId) -> Result<Settled, Failure> {
        let (book, reading) = read(&self.path(id), id.year)?;
        computed(&book, id.year, reading)
    }
}

/// The rules and the data of a run that is kept in a folder.
fn read(path: &Path, year: i16) -> Result<(Arc<Book>, Reading), Failure> {
    let mut texts = Rules::texts_in(path)?;
    // Places in the rules are told within the run, wherever it is kept.
    for (name, _) in &mut texts {
        *name = Path::new(name).strip_prefix(path).unwrap_or(Path::new(name)).display().to_string();
    }
    let (_, rules) = Rules::compile(texts);
    let shown = path.display();
    let damaged = || {
        Failure::new(
            Exit::Found,
            words!(
                "{shown} 里的规则或数据读不出来了",
                "the rules or the data in {shown} can no longer be read"
            ),
        )
    };
    let rules = rules.ok_or_else(damaged)?;
    let reading = Sets::Folder(path.join("inputs")).read(&rules.book, year)?;
    if !reading.findings.is_empty() {
        return Err(damaged());
    }
    Ok((rules.book, reading))
}

/// Gives lines that differ between two folders their causes, where both are kept runs of one year; others have no data
/// beside them to try it on.
///
/// # Errors
/// A run that cannot be read or computed any more.
pub fn caused(before: &Path, after: &Path, year: i16, compared: &mut Compared) -> Result<(), Failure> {
    if ![before, after].iter().all(|path| path.join("inputs").is_dir()) {
        return Ok(());
    }
    let side = |path: &Path| read(path, year).map(|(book, reading)| Side { book, data: reading.data });
    let (before, after) = (side(before)?, side(after)?);
    attribute(&before, &after, year, compared).map_err(|stopped| super::failed(&stopped))
}

/// The numbers that are folders here, in order; none when there is no such folder.
fn numbers(folder: &Path) -> std::io::Result<Vec<u32>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        found.extend(entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()));
    }
    found.sort_unstable();
    Ok(found)
}

fn unreadable(failure: Failure) -> NoRun {
    NoRun::Unreadable(failure.words)
}

impl Runs for KeptRuns {
    fn all(&self) -> Result<BTreeMap<RunId, Json>, NoRun> {
        let failed = |error: std::io::Error| unreadable(files::unreadable(&self.folder, &error));
        let mut all = BTreeMap::new();
        for year in numbers(&self.folder).map_err(failed)? {
            let Ok(year) = i16::try_from(year) else { continue };
            for number in self.of_year(year).map_err(unreadable)? {
                let id = RunId { year, number };
                all.extend(self.summary(id).map(|run| (id, run)));
            }
        }
        Ok(all)
    }

    fn run(&self, id: RunId) -> Result<Json, NoRun> {
        self.summary(id).ok_or(NoRun::NotThere)
    }

    fn settled(&self, id: RunId) -> Result<Arc<Settled>, NoRun> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, settled)) = last.as_ref().filter(|(own, _)| *own == id) {
            return Ok(settled.clone());
        }
        if !self.path(id).join("run.json").is_file() {
            return Err(NoRun::NotThere);
        }
        // Let go of the one before, so that two are never in memory.
        *last = None;
        let settled = Arc::new(self.computed_again(id).map_err(unreadable)?);
        *last = Some((id, settled.clone()));
        Ok(settled)
    }

    fn compared(&self, before: RunId, after: RunId) -> Result<Compared, NoRun> {
        let mut last = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, compared)) = last.as_ref().filter(|(own, _)| *own == (before, after)) {
            return Ok(compared.clone());
        }
        let mut compared = compare(&self.run(before)?, &self.run(after)?);
        caused(&self.path(before), &self.path(after), after.year, &mut compared).map_err(unreadable)?;
        *last = Some(((before, after), compared.clone()));
        Ok(compared)
    }

    fn file(&self, id: RunId, name: &str) -> Result<(&'static str, Vec<u8>), NoRun> {
        let (name, media) = HANDED_OUT.iter().find(|(own, _)| *own == name).ok_or(NoRun::NotThere)?;
        let bytes = fs::read(self.path(id).join(name)).map_err(|_| NoRun::NotThere)?;
        // Spreadsheet programs take a CSV without the mark for their own encoding.
        let marked = media.starts_with("text/csv");
        Ok((media, if marked { [b"\xef\xbb\xbf", &bytes[..]].concat() } else { bytes }))
    }
}
