//! Calendars by name: `calendars/NAME/YEAR.yaml` near a workflow, or the ones inside the program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use expr::time::calendar::Calendar;
use language::calendar::read_years;
use language::source::Sources;

use crate::{embedded, files};

/// Folders further up are not looked into.
const UP_MAX: usize = 6;

/// Calendars already read, by their folder; the empty path stands for the program itself.
#[derive(Debug, Default)]
pub struct Calendars {
    read: BTreeMap<(PathBuf, String), Option<Calendar>>,
}

impl Calendars {
    /// A calendar that was read from this folder already; `None` when its files have errors.
    pub fn keep(&mut self, folder: &Path, calendar: Option<Calendar>) {
        self.read.insert((whole(folder), name_of(folder)), calendar);
    }

    /// The calendar of this name for a process in `folder`: the nearest `calendars/NAME` on the way up, or
    /// the one inside the program. `None` when there is no such calendar or its files cannot be used; then
    /// the check of those files says why.
    pub fn find(&mut self, folder: &Path, name: &str) -> Option<Calendar> {
        let start = whole(folder);
        let up = start.ancestors().take(UP_MAX).map(|up| up.join("calendars").join(name));
        let place = up.into_iter().find(|place| place.is_dir());
        let key = (place.clone().unwrap_or_default(), name.to_owned());
        self.read.entry(key).or_insert_with(|| read(place.as_deref(), name)).clone()
    }

    /// The calendar inside the program.
    pub fn own(&mut self) -> Calendar {
        let key = (PathBuf::new(), "cn".to_owned());
        let own = self.read.entry(key).or_insert_with(|| read(None, "cn")).clone();
        own.unwrap_or_else(Calendar::weekends_only)
    }
}

fn whole(folder: &Path) -> PathBuf {
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
}

/// A calendar is called like its folder.
pub fn name_of(folder: &Path) -> String {
    folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn read(place: Option<&Path>, name: &str) -> Option<Calendar> {
    let mut sources = Sources::new();
    let Some(folder) = place else {
        let own: Vec<(&str, &[u8])> =
            embedded::CALENDAR_CN.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
        return if name == "cn" { read_years(&mut sources, name, &own).0 } else { None };
    };
    let paths = files::documents(&[folder.to_owned()]).ok()?;
    let mut years = Vec::new();
    for path in paths {
        years.push((path.display().to_string(), files::read(&path).ok()?));
    }
    let years: Vec<(&str, &[u8])> = years.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])).collect();
    read_years(&mut sources, name, &years).0
}
