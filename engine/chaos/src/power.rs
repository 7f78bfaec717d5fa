//! A power cut, as far as it can be played without pulling a plug: what the system had in its hands is lost.
//!
//! `strace` writes down which bytes of which file were written and which files were flushed. When the program has been
//! killed, every write that no flush followed is dropped (zeros), torn in the middle of a sector, or left, by chance:
//! a disk promises nothing about their order. A place that was flushed once and then written again is left as it is,
//! because what stood there before is not known here. Names of files and their lengths are taken as kept.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::dice::Dice;

/// The words that make `strace` write down what is needed.
pub const WATCH: [&str; 5] = ["-y", "-s", "0", "-e", "trace=pwrite64,fsync,fdatasync"];

/// A disk writes a sector whole or not at all.
const SECTOR: u64 = 512;

/// A stretch of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Where it begins.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
}

/// A file as the tracer saw it.
#[derive(Debug, Default)]
struct Seen {
    flushed: Vec<Stretch>,
    waiting: Vec<Stretch>,
}

/// What was written and never flushed, by file, as the tracer tells it.
pub fn unflushed(told: &str) -> BTreeMap<PathBuf, Vec<Stretch>> {
    let mut files: BTreeMap<PathBuf, Seen> = BTreeMap::new();
    // A flush under way, by who waits for it: which file, and how much had been written when it began.
    let mut flushing: BTreeMap<&str, (PathBuf, usize)> = BTreeMap::new();
    for line in told.lines() {
        let Some((who, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if call.starts_with("<...") {
            if let Some((path, count)) = flushing.remove(who)
                && call.ends_with("= 0")
                && let Some(file) = files.get_mut(&path)
            {
                let done: Vec<Stretch> = file.waiting.drain(..count.min(file.waiting.len())).collect();
                file.flushed.extend(done);
            }
            continue;
        }
        let Some(path) = path_of(call) else { continue };
        let file = files.entry(path.clone()).or_default();
        match call.split('(').next() {
            Some("pwrite64") => file.waiting.extend(stretch(call)),
            Some("fsync" | "fdatasync") if call.ends_with("= 0") => {
                let done = std::mem::take(&mut file.waiting);
                file.flushed.extend(done);
            }
            Some("fsync" | "fdatasync") if call.contains("<unfinished") => {
                flushing.insert(who, (path, file.waiting.len()));
            }
            _ => {}
        }
    }
    let lost = |file: Seen| {
        let meets = |a: &Stretch, b: &Stretch| a.from < b.to && b.from < a.to;
        let known = |one: &Stretch| file.flushed.iter().any(|flushed| meets(one, flushed));
        file.waiting.iter().filter(|one| !known(one)).copied().collect()
    };
    files.into_iter().map(|(path, file)| (path, lost(file))).collect()
}

/// `pwrite64(9</data/chaos.db-wal>, ""..., 4096, 32) = 4096`: the name between the angles.
fn path_of(call: &str) -> Option<PathBuf> {
    let from = call.find('<')? + 1;
    let to = from + call[from..].find('>')?;
    call[from..to].starts_with('/').then(|| PathBuf::from(&call[from..to]))
}

/// Length and place are the last two arguments, also of a call that never came back.
fn stretch(call: &str) -> Option<Stretch> {
    let end = call.rfind(')').or_else(|| call.find(" <unfinished"))?;
    let mut numbers = call[..end].rsplit(", ");
    let from: u64 = numbers.next()?.trim().parse().ok()?;
    let long: u64 = numbers.next()?.trim().parse().ok()?;
    Some(Stretch { from, to: from + long })
}

/// Drops, tears or leaves stretches of a file; how many were not left.
///
/// # Errors
/// The file cannot be written.
pub fn tear(path: &Path, lost: &[Stretch], dice: &mut Dice) -> std::io::Result<u64> {
    let file = OpenOptions::new().write(true).open(path)?;
    let long = file.metadata()?.len();
    let mut torn = 0;
    for one in lost {
        let from = match dice.roll(3) {
            0 => one.from,
            1 => one.from + (one.to - one.from) / 2 / SECTOR * SECTOR,
            _ => continue,
        };
        let to = one.to.min(long);
        if from >= to {
            continue;
        }
        let zeros = vec![0; usize::try_from(to - from).unwrap_or_default()];
        file.write_all_at(&zeros, from)?;
        torn += 1;
    }
    file.sync_all()?;
    Ok(torn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_flush_followed_is_known() {
        let told = "\
7 pwrite64(9</d/a-wal>, \"\"..., 32, 0) = 32
7 pwrite64(9</d/a-wal>, \"\"..., 4096, 32) = 4096
7 fdatasync(9</d/a-wal> <unfinished ...>
8 pwrite64(4</d/b>, \"\"..., 100, 500) = 100
7 <... fdatasync resumed>) = 0
7 pwrite64(9</d/a-wal>, \"\"..., 4096, 4128) = 4096
7 pwrite64(9</d/a-wal>, \"\"..., 32, 0) = 32
7 fdatasync(9</d/a-wal>) = -1 EIO (Input/output error)
7 pwrite64(9</d/a-wal>, \"\"..., 50, 8224 <unfinished ...>
8 fsync(4</d/b>) = 0
";
        let lost = unflushed(told);
        let a = [Stretch { from: 4128, to: 8224 }, Stretch { from: 8224, to: 8274 }];
        assert_eq!(lost[Path::new("/d/a-wal")], a, "the first bytes were flushed once: they are left");
        assert_eq!(lost[Path::new("/d/b")], []);
    }

    #[test]
    fn torn_stretches_stay_within_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, vec![1; 2_000]).unwrap();
        let lost = [Stretch { from: 0, to: 1_024 }, Stretch { from: 1_500, to: 4_000 }];
        let mut kinds = std::collections::BTreeSet::new();
        for seed in 0..20 {
            std::fs::write(&path, vec![1; 2_000]).unwrap();
            kinds.insert(tear(&path, &lost, &mut Dice(seed)).unwrap());
            assert_eq!(std::fs::metadata(&path).unwrap().len(), 2_000);
        }
        assert!(kinds.len() > 1, "{kinds:?}");
    }
}
