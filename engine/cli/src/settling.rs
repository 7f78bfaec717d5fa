//! A year settled, wherever its rules and input sets come from: a folder, the program itself, a city, a kept run.

pub mod handing;
pub mod kept;
pub mod platform;
mod workbook;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use city::City;
use city::sets::line;
use expr::time::calendar::Calendar;
use language::rules::Book;
use language::words;
use language::words::Words;
use settle::read::{Reading, reading};
use settle::{Settled, Stopped};

use crate::embedded;
use crate::exit::{Exit, Failure};
use crate::files;
use crate::library::Library;
use crate::settlements::texts_of;

/// More bytes of one input set are refused.
const BYTES_MAX: u64 = 1 << 30;
/// The settlement inside the program.
const OWN: &str = "annual-settlement/";
/// Which cases of the platform make which sets, beside the rules.
const PLATFORM: &str = "platform.yaml";

/// Rules with the texts they were compiled of.
#[derive(Debug)]
pub struct Rules {
    /// The rules.
    pub book: Arc<Book>,
    /// Their files: the header first, then the rules; names as they are shown.
    pub texts: Vec<(String, Vec<u8>)>,
}

impl Rules {
    /// The texts of a folder.
    ///
    /// # Errors
    /// There is no settlement in it, or a file cannot be read.
    pub fn texts_in(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        if !folder.join("settlement.yaml").is_file() {
            let shown = folder.display();
            return Err(Failure::new(
                Exit::Unreachable,
                words!("{shown} 里没有 settlement.yaml", "there is no settlement.yaml in {shown}"),
            )
            .advise(words!("用 --rules 写明规则在哪个文件夹", "say with --rules where the rules are")));
        }
        let paths = texts_of(folder)?;
        paths.iter().map(|path| Ok((path.display().to_string(), files::read(path)?))).collect()
    }

    /// The texts inside the program.
    pub fn own_texts() -> Vec<(String, Vec<u8>)> {
        let inside = embedded::WORKFLOWS.iter().filter_map(|(path, text)| {
            let part = path.strip_prefix(OWN)?;
            let rule = part.starts_with("rules/") || part == "settlement.yaml";
            rule.then(|| (format!("workflows/{path}"), text.as_bytes().to_vec()))
        });
        let mut texts: Vec<(String, Vec<u8>)> = inside.collect();
        texts.sort_by_key(|(name, _)| (!name.ends_with("/settlement.yaml"), name.clone()));
        texts
    }

    /// Which cases make which sets: the text in a folder of rules.
    ///
    /// # Errors
    /// There is none in it.
    pub fn platform_in(folder: &Path) -> Result<(String, Vec<u8>), Failure> {
        let path = folder.join(PLATFORM);
        Ok((path.display().to_string(), files::read(&path)?))
    }

    /// The same inside the program.
    pub fn own_platform() -> (String, Vec<u8>) {
        let path = format!("{OWN}{PLATFORM}");
        let found = embedded::WORKFLOWS.iter().find(|(own, _)| *own == path);
        let text = found.map_or("", |(_, text)| *text);
        (format!("workflows/{path}"), text.as_bytes().to_vec())
    }

    /// Compiles texts; without rules when they have errors, which are in the library's report.
    pub fn compile(texts: Vec<(String, Vec<u8>)>) -> (Library, Option<Rules>) {
        let mut library = Library::default();
        let book = library.book(&texts);
        (library, book.map(|book| Rules { book, texts }))
    }
}

/// Input sets by name, as CSV.
#[derive(Clone, Debug)]
pub enum Sets {
    /// One file each in a folder.
    Folder(PathBuf),
    /// Held in memory, by name.
    Held(BTreeMap<String, Vec<u8>>),
    /// The first, where it has the set; else the second.
    Over(Box<Sets>, Box<Sets>),
}

impl Sets {
    /// What the institutions of a city report for a year (D14).
    pub fn of_city(city: &City, calendar: &Calendar, year: i16) -> Sets {
        let folder = format!("settlement-{year}/");
        let mut held = BTreeMap::new();
        for set in city::sets::sets(city, calendar) {
            let Some(name) = set.file.strip_prefix(&folder).and_then(|file| file.strip_suffix(".csv")) else {
                continue;
            };
            let mut text = line(set.columns);
            set.rows.for_each(|row| text.push_str(&line(&row)));
            held.insert(name.to_owned(), text.into_bytes());
        }
        Sets::Held(held)
    }

    /// No set at all.
    pub fn none() -> Sets {
        Sets::Held(BTreeMap::new())
    }

    /// These, and the others where these have none.
    #[must_use]
    pub fn over(self, others: Sets) -> Sets {
        Sets::Over(Box::new(self), Box::new(others))
    }

    /// Of sets held in memory those that reports are held against: they are the platform's to tell, whatever was
    /// reported.
    #[must_use]
    pub fn only(self, book: &Book) -> Sets {
        let known = book.reconcile.as_ref().map(|rule| &book.lists[rule.known].name);
        match self {
            Sets::Held(mut all) => {
                all.retain(|name, _| known.is_some_and(|known| **known == **name));
                Sets::Held(all)
            }
            others => others,
        }
    }

    /// The bytes of a set; none where there is none.
    ///
    /// # Errors
    /// It cannot be read, or is too large.
    pub fn bytes(&self, set: &str) -> Result<Option<Cow<'_, [u8]>>, Failure> {
        match self {
            Sets::Folder(folder) => Ok(bytes(&folder.join(format!("{set}.csv")))?.map(Cow::Owned)),
            Sets::Held(all) => Ok(all.get(set).map(|bytes| Cow::Borrowed(&bytes[..]))),
            Sets::Over(first, second) => match first.bytes(set)? {
                None => second.bytes(set),
                found => Ok(found),
            },
        }
    }

    /// Reads every set of a book; whatever is wrong is in the reading.
    ///
    /// # Errors
    /// A file that cannot be read at all.
    pub fn read(&self, book: &Book, year: i16) -> Result<Reading, Failure> {
        let mut read = reading(year);
        for list in 0..book.sets {
            read.set(book, list, self.bytes(&book.lists[list].name)?.as_deref());
        }
        for file in self.files()? {
            read.unknown(book, &file);
        }
        Ok(read)
    }

    /// The CSV files of the folders, in the order of their names. What a run left in the same folder is no data.
    fn files(&self) -> Result<Vec<String>, Failure> {
        let folder = match self {
            Sets::Folder(folder) => folder,
            Sets::Held(_) => return Ok(vec![]),
            Sets::Over(first, second) => return Ok([first.files()?, second.files()?].concat()),
        };
        let failed = |error: std::io::Error| files::unreadable(folder, &error);
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
            let handed_over = kept::HANDED_OUT.iter().any(|(own, _)| *own == name);
            if name.ends_with(".csv") && !handed_over {
                found.push(name);
            }
        }
        found.sort();
        Ok(found)
    }
}

fn bytes(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(files::unreadable(path, &error)),
        Ok(about) if about.len() > BYTES_MAX => {
            let shown = path.display();
            Err(Failure::new(Exit::Found, words!("{shown} 超过 1 GiB", "{shown} is larger than 1 GiB")))
        }
        Ok(_) => fs::read(path).map(Some).map_err(|error| files::unreadable(path, &error)),
    }
}

/// Why nothing was computed.
pub fn failed(stopped: &Stopped) -> Failure {
    let places = stopped.places.join(" < ");
    let words = &stopped.words;
    Failure::new(
        Exit::Found,
        Words::new(
            format!("算不出来：{}（{places}）", words.zh),
            format!("not computed: {} ({places})", words.en),
        ),
    )
    .advise(words!(
        "什么也没有算：改正规则或数据后再来",
        "nothing was computed: mend the rules or the data and try again"
    ))
}

/// A year computed out of what was read.
///
/// # Errors
/// A rule that cannot be computed.
pub fn computed(book: &Arc<Book>, year: i16, reading: Reading) -> Result<Settled, Failure> {
    Settled::compute(book.clone(), year, reading.data).map_err(|stopped| failed(&stopped))
}
