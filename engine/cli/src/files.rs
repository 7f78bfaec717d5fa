//! Files: reading with an answer for every way it can fail, finding documents, writing whole or not at all.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use language::words;

use crate::exit::{Exit, Failure};

/// More bytes of one file are never read: the reader of texts refuses far less.
const BYTES_MAX: u64 = 16 << 20;
/// Folders nested deeper are not searched.
const DEPTH_MAX: usize = 16;
/// More files are not gathered in one run.
const FILES_MAX: usize = 20_000;

/// The bytes of a file, or of standard input for `-`.
///
/// # Errors
/// Why it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let done = if path.as_os_str() == "-" {
        std::io::stdin().lock().take(BYTES_MAX).read_to_end(&mut bytes)
    } else {
        // A pipe or a device would be waited for without end.
        let about = fs::metadata(path);
        let length = about.as_ref().map_or(0, fs::Metadata::len).min(BYTES_MAX);
        // One byte more than there should be, so that the end is seen without asking for more room.
        bytes.reserve_exact(usize::try_from(length).unwrap_or(0) + 1);
        match about {
            Ok(about) if !about.is_file() && !about.is_dir() => {
                let shown = path.display();
                return Err(Failure::new(
                    Exit::Unreachable,
                    words!("{shown} 不是文件", "{shown} is no file"),
                ));
            }
            _ => fs::File::open(path).and_then(|file| file.take(BYTES_MAX).read_to_end(&mut bytes)),
        }
    };
    done.map(|_| bytes).map_err(|error| unreadable(path, &error))
}

/// The bytes of a file, or of the text that stands for it.
///
/// # Errors
/// Why it cannot be read.
pub fn read_instead(path: &Path, instead: &BTreeMap<PathBuf, String>) -> Result<Vec<u8>, Failure> {
    match instead.get(path) {
        Some(text) => Ok(text.clone().into_bytes()),
        None => read(path),
    }
}

/// The text of a file.
///
/// # Errors
/// Why it cannot be read, or that it is no text.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|_| {
        let shown = path.display();
        Failure::new(Exit::Found, words!("{shown} 不是 UTF-8 文本", "{shown} is not UTF-8 text"))
    })
}

/// Why a path cannot be read.
pub fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let shown = path.display();
    match error.kind() {
        ErrorKind::NotFound => {
            let failure = Failure::new(Exit::Unreachable, words!("没有 {shown}", "there is no {shown}"));
            // A bare name may be that of a process.
            let process = || neighbour(&Path::new("workflows").join(path));
            let bare = path.components().count() == 1;
            match neighbour(path).or_else(|| process().filter(|_| bare)) {
                Some(near) => failure.advise(words!("是不是 {near}？", "did you mean {near}?")),
                None => failure,
            }
        }
        ErrorKind::PermissionDenied => {
            Failure::new(Exit::NotAllowed, words!("没有权限读 {shown}", "not allowed to read {shown}"))
        }
        ErrorKind::IsADirectory => Failure::new(
            Exit::Unreachable,
            words!("{shown} 是文件夹，这里要一个文件", "{shown} is a folder; a file is wanted"),
        ),
        _ => {
            Failure::new(Exit::Unreachable, words!("读不了 {shown}：{error}", "cannot read {shown}: {error}"))
        }
    }
}

/// A file beside the missing one with nearly its name.
fn neighbour(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let wanted = path.file_name()?.to_str()?;
    let names: Vec<String> =
        fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    let near = language::suggest::nearest(wanted, names.iter().map(String::as_str))?;
    Some(path.with_file_name(near).display().to_string())
}

/// What a document is by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A process.
    Process,
    /// A story.
    Story,
    /// How an office's table corresponds to a process.
    Cases,
    /// A year of a calendar.
    Calendar,
    /// What a city runs, and with which values.
    Profile,
    /// A piece of a settlement: its header, a rule, or how a golden table corresponds to it.
    Settlement,
}

/// Documents under the given paths, each once, in order. Files given by name are taken whatever they are
/// called; in folders the known places are looked at.
///
/// # Errors
/// A path that cannot be read.
pub fn documents(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let about = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if about.is_dir() {
            search(path, 0, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    if paths.len() > 1 {
        let mut seen = std::collections::BTreeSet::new();
        found.retain(|path| seen.insert(path.clone()));
    }
    Ok(found)
}

fn search(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut names: Vec<(OsString, bool)> = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        // A link is followed only to a file: links to folders could lead in a circle.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        names.push((entry.file_name(), is_folder));
    }
    names.sort_unstable();
    for (name, is_folder) in names {
        let hidden = name.to_str().is_none_or(|name| name.starts_with('.') || name == "target");
        if hidden || found.len() >= FILES_MAX {
            continue;
        }
        let path = folder.join(&name);
        if is_folder {
            if depth < DEPTH_MAX {
                search(&path, depth + 1, found)?;
            }
        } else if sort_of(&path).is_some() {
            found.push(path);
        }
    }
    Ok(())
}

/// What a file is by its place, if it stands in one of the known ones.
pub fn sort_of(path: &Path) -> Option<Sort> {
    let extension = path.extension().and_then(|e| e.to_str());
    if !matches!(extension, Some("yaml" | "yml")) {
        return None;
    }
    let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    let folder = path.parent().and_then(Path::file_name).and_then(|n| n.to_str()).unwrap_or_default();
    let above = path.ancestors().skip(2).filter_map(Path::file_name).any(|name| name == "calendars");
    match (stem, folder) {
        ("workflow", _) => Some(Sort::Process),
        ("cases", _) => Some(Sort::Cases),
        ("profile", _) => Some(Sort::Profile),
        (_, "examples") => Some(Sort::Story),
        ("settlement" | "golden" | "platform", _) | (_, "rules") => Some(Sort::Settlement),
        (_, "calendars") => Some(Sort::Calendar),
        _ if above => Some(Sort::Calendar),
        _ => None,
    }
}

/// Writes a file whole or not at all: into a new file beside it, then put in its place.
///
/// # Errors
/// Why it cannot be written; the old file is then as it was.
pub fn write_whole(path: &Path, text: &str) -> Result<(), Failure> {
    // A link stays a link: the file it leads to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = target.file_name().and_then(|n| n.to_str()).unwrap_or("file");
    let beside = target.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let written = fs::File::create(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| match fs::metadata(&target) {
            Ok(about) => fs::set_permissions(&beside, about.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| fs::rename(&beside, &target));
    written.map_err(|error| {
        // The half-written file is ours; if it cannot be removed either, the first error says more.
        let _ = fs::remove_file(&beside);
        unwritable(path, &error)
    })
}

/// Why a path cannot be written.
pub fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let shown = path.display();
    let exit = match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Exit::NotAllowed,
        ErrorKind::AlreadyExists => Exit::Conflict,
        _ => Exit::Unreachable,
    };
    Failure::new(exit, words!("写不了 {shown}：{error}", "cannot write {shown}: {error}"))
}
