//! Bringing tables up to date: forward only, one program at a time, listed before it is done.

use jiff::Timestamp;
use ports::commit::Hash;
use ports::fault::{Cause, Fault, Retry};

use crate::chain;
use crate::tables::{Ask, Cell, Session, Tables};

/// One change of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// From 1, the same under every dialect.
    pub number: i64,
    /// What it is about, as in the file's name.
    pub name: &'static str,
    /// The statements, with prose.
    pub text: &'static str,
}

impl Migration {
    fn hash(&self) -> Hash {
        chain::leaf(self.text.as_bytes())
    }
}

/// What would be done, in order.
///
/// # Errors
/// A fault; also when the tables are newer than this program, or an old migration was edited.
pub async fn pending<T: Tables>(tables: &T) -> Result<Vec<Migration>, Fault> {
    if tables.ask(Ask::of(tables.words().has_migrations)).await?.is_empty() {
        return Ok(tables.words().migrations.to_vec());
    }
    let applied = tables.ask(Ask::of("SELECT number, hash FROM migrations ORDER BY number")).await?;
    let known = tables.words().migrations;
    for (at, mut line) in applied.iter().cloned().enumerate() {
        let (number, hash) = (line.int(0)?, line.hash(1)?);
        let Some(migration) = known.get(at).filter(|m| m.number == number) else {
            let newest = known.last().map_or(0, |m| m.number);
            let detail = format!(
                "the tables are at migration {number}, this program knows them up to {newest}: install the newer program"
            );
            return Err(Fault::new(Cause::NewSchema, Retry::Never, detail));
        };
        if migration.hash() != hash {
            let detail = format!(
                "migration {number} ({}) was applied with another text than this program has: restore the program or the database it belongs to",
                migration.name
            );
            return Err(Fault::new(Cause::Damaged, Retry::Never, detail));
        }
    }
    Ok(known[applied.len()..].to_vec())
}

/// Refuses tables that are not up to date.
///
/// # Errors
/// [`Cause::OldSchema`] with the command to run; else as [`pending`].
pub async fn check<T: Tables>(tables: &T) -> Result<(), Fault> {
    let pending = pending(tables).await?;
    if pending.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = pending.iter().map(|m| format!("{:04} {}", m.number, m.name)).collect();
    let detail = format!(
        "the tables lack {}: run `charter migrate` (`charter migrate --dry-run` shows what it does)",
        names.join(", ")
    );
    Err(Fault::new(Cause::OldSchema, Retry::Never, detail))
}

/// Brings the tables up to date; answers what was done. All of it or nothing.
///
/// # Errors
/// As [`pending`].
pub async fn migrate<T: Tables>(tables: &T, now: Timestamp) -> Result<Vec<Migration>, Fault> {
    let mut session = tables.begin().await?;
    let words = tables.words();
    if !words.one_migrates.is_empty() {
        session.run(Ask::of(words.one_migrates)).await?;
    }
    // Asked after the lock was had: another program may have just done it.
    let pending = pending(tables).await?;
    if pending.is_empty() {
        return Ok(pending);
    }
    if session.run(Ask::of(words.has_migrations)).await?.is_empty() {
        session.script(words.create_migrations).await?;
    }
    for migration in &pending {
        session.script(migration.text).await?;
        let mut ask = Ask::of("INSERT INTO migrations (number, name, hash, applied_at) VALUES (");
        ask.int(migration.number).say(", ").text(migration.name).say(", ");
        ask.value(Cell::Bytes(migration.hash().to_vec())).say(", ").int(crate::tables::micros(now)).say(")");
        session.run(ask).await?;
    }
    session.commit().await.map_err(|error| match error {
        ports::fault::CommitError::Fault(fault) | ports::fault::CommitError::Unknown(fault) => fault,
    })?;
    Ok(pending)
}
