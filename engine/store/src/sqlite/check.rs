//! Whether a file is whole: after an unclean end what that end may have torn, on request everything.
//!
//! An unclean end cannot touch pages that lay still: the log is taken only as far as its own sums hold, and the file
//! was flushed before the log began anew. What may be torn is what was being written, so that is looked at: the
//! length of the file, the edges of every tree, and whether the last entries and their cases say the same of each
//! other. A small file is walked whole all the same. `charter doctor` and `charter audit verify` look at everything
//! (docs/decisions/0031-what-is-checked-after-an-unclean-end.md).

use std::path::Path;

use ports::fault::{Cause, Fault, Retry};
use rusqlite::{Connection, OpenFlags};

use super::fault::read_failed;

/// A file of no more bytes is walked whole: that takes less than a second.
const SMALL: i64 = 64 << 20;
/// How many of the last entries are held against their cases: more than two of the largest transactions.
const LAST: usize = 10_000;

/// What is to be told of a damaged file.
fn damaged(said: &str) -> Fault {
    let detail = format!("after an unclean end the database fails its check: {said}. Restore a backup");
    Fault::new(Cause::Damaged, Retry::Never, detail)
}

/// After an unclean end.
///
/// # Errors
/// [`Cause::Damaged`]
pub fn after_unclean_end(file: &Connection, path: &Path) -> Result<(), Fault> {
    let number = |text: &str| file.query_row(text, [], |row| row.get::<_, i64>(0)).map_err(read_failed);
    let bytes = number("PRAGMA page_count")? * number("PRAGMA page_size")?;
    if bytes <= SMALL {
        return match walk(file, 1)?.first() {
            None => Ok(()),
            Some(said) => Err(damaged(said)),
        };
    }
    // The log has been folded in before a page of the file counts as missing.
    file.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").map_err(read_failed)?;
    let long = std::fs::metadata(path).map_or(0, |file| file.len());
    // A reader elsewhere may keep the log from being folded in.
    let folded = std::fs::metadata(super::wal(path)).map_or(0, |log| log.len()) == 0;
    if folded && i64::try_from(long).unwrap_or(i64::MAX) < bytes {
        return Err(damaged(&format!("the file has {long} bytes of {bytes}")));
    }
    edges(file)?;
    last_entries(file)
}

/// The first and the last row of every tree: a tree whose root or edge is torn does not give them.
fn edges(file: &Connection) -> Result<(), Fault> {
    let trees = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut trees = file.prepare(trees).map_err(read_failed)?;
    let names = trees.query_map([], |row| row.get::<_, String>(0)).map_err(read_failed)?;
    for name in names {
        let name = name.map_err(read_failed)?;
        let key = file.query_row(
            "SELECT group_concat('\"' || name || '\"', ' DESC, ') FROM (SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk)",
            [&name],
            |row| row.get::<_, Option<String>>(0),
        );
        let Some(key) = key.map_err(read_failed)? else { continue };
        for text in [
            format!("SELECT * FROM \"{name}\" ORDER BY {} LIMIT 1", key.replace(" DESC", "")),
            format!("SELECT * FROM \"{name}\" ORDER BY {key} DESC LIMIT 1"),
        ] {
            let mut row = file.prepare(&text).map_err(read_failed)?;
            let mut rows = row.query([]).map_err(read_failed)?;
            rows.next().map_err(read_failed)?;
        }
    }
    Ok(())
}

/// The last entries against their cases: a case stands at its last entry, with that entry's chain.
fn last_entries(file: &Connection) -> Result<(), Fault> {
    let there = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'entries')";
    if !file.query_row(there, [], |row| row.get::<_, bool>(0)).map_err(read_failed)? {
        return Ok(());
    }
    let apart = format!(
        "SELECT e.case_id, e.entry
         FROM (SELECT case_id, entry, chain FROM entries ORDER BY rowid DESC LIMIT {LAST}) AS e
         LEFT JOIN cases AS c ON c.case_id = e.case_id
         WHERE c.version IS NULL OR c.version < e.entry OR (c.version = e.entry AND c.chain <> e.chain) LIMIT 1"
    );
    let found = file.query_row(&apart, [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)));
    match found {
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(()),
        Ok((case, entry)) => {
            Err(damaged(&format!("case {case} does not stand where its entry {entry} says")))
        }
        Err(error) => Err(read_failed(error)),
    }
}

/// Walks every page: what is wrong, at most so many things.
fn walk(file: &Connection, most: usize) -> Result<Vec<String>, Fault> {
    let mut said = file.prepare(&format!("PRAGMA integrity_check({most})")).map_err(read_failed)?;
    let said = said.query_map([], |row| row.get::<_, String>(0)).map_err(read_failed)?;
    let said: Vec<String> = said.collect::<Result<_, _>>().map_err(read_failed)?;
    Ok(if said == ["ok"] { vec![] } else { said })
}

/// Walks the whole file, beside whoever works on it: what is wrong with it.
///
/// # Errors
/// A fault when it cannot be read.
pub fn whole(path: &Path) -> Result<Vec<String>, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    walk(&Connection::open_with_flags(path, flags).map_err(read_failed)?, 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file larger than is walked whole, with one case whose row says `version`.
    fn file(folder: &Path, version: u32) -> std::path::PathBuf {
        let path = folder.join(format!("{version}.db"));
        let file = Connection::open(&path).unwrap();
        let text = include_str!("../../../../migrations/sqlite/0001_cases.sql");
        file.execute_batch(&format!("PRAGMA journal_mode = WAL; {text}")).unwrap();
        file.execute_batch(&format!(
            "INSERT INTO cases (case_id, part, version, process, definition, states, status, started_at, updated_at, chain, snapshot)
               VALUES ('C-1', 1, {version}, 'p', 'd', ' a ', 'running', 1, 1, zeroblob(32), x'00');
             INSERT INTO entries (case_id, entry, first_fact, written_at, body, chain)
               VALUES ('C-1', 1, 1, 1, zeroblob(70000000), zeroblob(32)), ('C-1', 2, 2, 2, x'00', zeroblob(32))"
        ))
        .unwrap();
        path
    }

    fn checked(path: &Path) -> Result<(), String> {
        let file = Connection::open(path).unwrap();
        after_unclean_end(&file, path).map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_whole_file_passes_and_a_torn_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), 2);
        assert_eq!(checked(&path), Ok(()));
        assert_eq!(whole(&path), Ok(vec![]));
        let behind = checked(&file(folder.path(), 1)).unwrap_err();
        assert!(behind.contains("case C-1 does not stand where its entry 2 says"), "{behind}");
        let long = std::fs::metadata(&path).unwrap().len();
        std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(long - 40_960).unwrap();
        assert!(checked(&path).is_err());
        assert_ne!(whole(&path), Ok(vec![]));
    }
}
