//! Reading what is on disk: every file by itself, on every core, each with the place it will have among the texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use expr::time::calendar::Calendar;
use language::calendar::read_years;
use language::diagnostic::Report;
use language::read::Reading;
use language::source::Sources;

use super::folder_of;
use crate::abreast::abreast;
use crate::calendars::name_of;
use crate::exit::Failure;
use crate::files::{self, Sort};
use crate::settlements::{self, Folder, Settlement};

/// One thing to read.
enum Piece {
    Document(PathBuf, Option<Sort>),
    Years(PathBuf, Vec<PathBuf>),
    Settlement(Folder),
}

/// What became of it.
pub(super) enum Read {
    /// A process, a story, or another document of one file.
    Document(PathBuf, Reading),
    /// The years of a calendar, by its folder.
    Years(PathBuf, Option<Calendar>, Report),
    /// The settlement of a folder.
    Settlement(Settlement, Report),
}

/// Something to read, with the place of its first text among the texts.
pub(super) struct Placed {
    place: usize,
    piece: Piece,
}

/// What stands under some paths: documents in their order, then the calendars, then the settlements.
///
/// # Errors
/// A folder that cannot be read.
pub(super) fn placed(paths: &[PathBuf], before: usize) -> Result<Vec<Placed>, Failure> {
    let mut place = before;
    let placed = pieces(paths)?.into_iter().map(|piece| {
        let at = place;
        place += piece.files();
        Placed { place: at, piece }
    });
    Ok(placed.collect())
}

/// Reads everything, and gives it in the same order.
///
/// # Errors
/// A file that cannot be read at all.
pub(super) fn read(
    placed: Vec<Placed>,
    instead: &BTreeMap<PathBuf, String>,
) -> Result<Vec<(Sources, Read)>, Failure> {
    let mut jobs: Vec<(usize, Placed)> = placed.into_iter().enumerate().collect();
    // What takes long is begun first.
    jobs.sort_by_cached_key(|(at, placed)| (placed.piece.haste(), *at));
    let mut done = abreast(jobs, |(at, placed)| (at, placed.read(instead)));
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, read)| read).collect()
}

fn pieces(paths: &[PathBuf]) -> Result<Vec<Piece>, Failure> {
    let mut pieces = Vec::new();
    let mut years: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    let mut books = BTreeSet::new();
    for path in paths {
        match files::sort_of(path) {
            Some(Sort::Settlement) => {
                books.insert(settlements::home(path));
            }
            Some(Sort::Calendar) => years.entry(folder_of(path)).or_default().push(path.clone()),
            sort => pieces.push(Piece::Document(path.clone(), sort)),
        }
    }
    pieces.extend(years.into_iter().map(|(folder, years)| Piece::Years(folder, years)));
    for folder in books {
        pieces.push(Piece::Settlement(Folder::of(&folder)?));
    }
    Ok(pieces)
}

impl Placed {
    /// The path of what is a story by its place.
    pub(super) fn story(&self) -> Option<&Path> {
        match &self.piece {
            Piece::Document(path, Some(Sort::Story)) => Some(path),
            Piece::Document(..) | Piece::Years(..) | Piece::Settlement(_) => None,
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// A file that cannot be read at all.
    pub(super) fn read(self, instead: &BTreeMap<PathBuf, String>) -> Result<(Sources, Read), Failure> {
        let mut sources = Sources::after(self.place);
        let read = match self.piece {
            Piece::Document(path, _) => {
                let bytes = files::read_instead(&path, instead)?;
                let reading = language::read(&mut sources, &path.display().to_string(), &bytes);
                Read::Document(path, reading)
            }
            Piece::Years(folder, years) => {
                let (calendar, report) = years_of(&mut sources, &folder, &years, instead)?;
                Read::Years(folder, calendar, report)
            }
            Piece::Settlement(folder) => {
                let (settlement, report) = folder.read(&mut sources, instead)?;
                Read::Settlement(settlement, report)
            }
        };
        Ok((sources, read))
    }
}

impl Piece {
    fn files(&self) -> usize {
        match self {
            Piece::Document(..) => 1,
            Piece::Years(_, years) => years.len(),
            Piece::Settlement(folder) => folder.count(),
        }
    }

    fn haste(&self) -> u8 {
        match self {
            Piece::Settlement(_) => 0,
            Piece::Years(..) => 1,
            Piece::Document(_, Some(Sort::Process)) => 2,
            Piece::Document(..) => 3,
        }
    }
}

fn years_of(
    sources: &mut Sources,
    folder: &Path,
    years: &[PathBuf],
    instead: &BTreeMap<PathBuf, String>,
) -> Result<(Option<Calendar>, Report), Failure> {
    let mut texts = Vec::new();
    for path in years {
        texts.push((path.display().to_string(), files::read_instead(path, instead)?));
    }
    let texts: Vec<(&str, &[u8])> = texts.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])).collect();
    Ok(read_years(sources, &name_of(folder), &texts))
}
