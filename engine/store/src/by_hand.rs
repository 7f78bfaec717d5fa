//! What the database itself does with the rows and bytes of transitions, written in batches by somebody who knows
//! nothing but the tables: the limit that the engine's speed is set beside.
//!
//! No driver stands in the way: the database counts out the numbers of the cases itself and every value of a column
//! is the same, so this is more than any program can reach that has something to say. The settings of the
//! connection, the numbers of the cases (one stretch for each client) and the rows of a step are the engine's.

use std::path::Path;
use std::time::{Duration, Instant};

use ports::fault::{Cause, Fault, Retry};

use crate::Address;
use crate::postgres::by_hand as postgres;
use crate::sqlite::by_hand as sqlite;

/// What is written.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Tells the numbers of this run from those of others.
    pub run: String,
    /// Cases in one transaction, each of a stretch of its own.
    pub clients: usize,
    /// Cases of each stretch, one after the other.
    pub cases: usize,
    /// Transitions of a case, the opening among them.
    pub steps: usize,
    /// Of them those that answer a command; the others are the clock's.
    pub commands: usize,
    /// Of them those that leave a task, which the next of these takes away.
    pub tasks: usize,
    /// Bytes of a snapshot at the first step and at the last; it grows evenly in between.
    pub snapshot: (usize, usize),
    /// Bytes of an entry.
    pub entry: usize,
    /// Bytes of an answer.
    pub answer: usize,
}

impl Shape {
    /// How many transitions that is.
    pub fn transitions(&self) -> usize {
        self.clients * self.cases * self.steps
    }

    /// Whether a step is one of so many, spread evenly over all.
    fn spread(&self, many: usize, step: usize) -> bool {
        step * many / self.steps > (step - 1) * many / self.steps
    }

    /// The task that stands open after a step.
    fn task(&self, step: usize) -> Option<usize> {
        (1..=step).rev().find(|step| self.spread(self.tasks, *step))
    }

    /// Bytes of a snapshot after a step.
    fn snapshot_at(&self, step: usize) -> usize {
        let (first, last) = self.snapshot;
        first + last.saturating_sub(first) * (step - 1) / self.steps.saturating_sub(1).max(1)
    }
}

/// Writes it, and says how long that took. Tables that are up to date must stand there.
///
/// # Errors
/// A fault.
pub async fn write(address: &Address, shape: &Shape) -> Result<Duration, Fault> {
    let began = Instant::now();
    match address {
        Address::Memory => {
            let detail = "memory has no tables to write by hand";
            return Err(Fault::new(Cause::Unsuitable, Retry::Never, detail));
        }
        Address::Sqlite(path) => sqlite(Path::new(path), &statements(shape, NUMBERS), shape)?,
        Address::Postgres(url) => postgres(url, &statements(shape, SERIES), shape).await?,
    }
    Ok(began.elapsed())
}

/// The statements of one step: text, and the values' order.
#[derive(Debug)]
pub struct Step {
    /// Each with the places `{case}` (the stretch's case) and `{step}` to be filled in.
    pub statements: Vec<String>,
}

const NUMBERS: &str = "WITH RECURSIVE n(v) AS (VALUES(1) UNION ALL SELECT v + 1 FROM n WHERE v < {last})";
const SERIES: &str = "WITH n(v) AS (SELECT generate_series(1, {last}))";

fn statements(shape: &Shape, numbers: &str) -> Vec<Step> {
    (1..=shape.steps).map(|step| one_step(shape, numbers, step)).collect()
}

fn one_step(shape: &Shape, numbers: &str, step: usize) -> Step {
    let id = format!("'{}-' || v || '-{{case}}'", shape.run);
    let n = numbers.replace("{last}", &shape.clients.to_string());
    let mut statements = vec![match step {
        1 => format!(
            "INSERT INTO cases (case_id, part, version, process, definition, states, status, next_due, started_at, updated_at, chain, snapshot)
             {n} SELECT {id}, v % 256, 1, 'bench', 'hash', ' a ', 'running', {{now}}, 1, 1, {{hash}}, {{snapshot}} FROM n"
        ),
        _ => format!(
            "{n} UPDATE cases SET version = {step}, states = ' b ', next_due = {{due}}, status = {{status}}, updated_at = {step}, chain = {{hash}}, snapshot = {{snapshot}}
             WHERE case_id IN (SELECT {id} FROM n) AND version = {step} - 1"
        ),
    }];
    statements.push(format!(
        "INSERT INTO entries (case_id, entry, first_fact, written_at, body, chain) {n} SELECT {id}, {step}, {step}, 1, {{entry}}, {{hash}} FROM n"
    ));
    if shape.spread(shape.commands, step) {
        statements.push(format!(
            "INSERT INTO commands (command, case_id, asked, answer, answered_at) {n} SELECT {id} || '/{step}', {id}, {{hash}}, {{answer}}, 1 FROM n"
        ));
    }
    let last = step == shape.steps;
    let (before, after) = (shape.task(step - 1), shape.task(step));
    if let Some(task) = before.filter(|_| before != after || last) {
        statements
            .push(format!("{n} DELETE FROM tasks WHERE case_id IN (SELECT {id} FROM n) AND task = {task}"));
    }
    if let Some(task) = after.filter(|_| before != after && !last) {
        statements.push(format!(
            "INSERT INTO tasks (case_id, task, state, role, opened_at, due_at) {n} SELECT {id}, {task}, 'a', 'clerk', 1, {{now}} FROM n"
        ));
    }
    let filled = |text: String| {
        text.replace("{due}", if last { "NULL" } else { "{now}" })
            .replace("{status}", if last { "'ended'" } else { "'running'" })
            .replace("{snapshot}", &format!("{{bytes:{}}}", shape.snapshot_at(step)))
    };
    Step { statements: statements.into_iter().map(filled).collect() }
}

/// A statement for one case of every stretch; bytes are written out by the dialect.
pub(crate) fn filled(text: &str, shape: &Shape, case: usize, bytes: impl Fn(usize) -> String) -> String {
    let mut text = text
        .replace("{case}", &case.to_string())
        .replace("{now}", &(1_000_000 + case).to_string())
        .replace("{hash}", &bytes(32))
        .replace("{entry}", &bytes(shape.entry))
        .replace("{answer}", &bytes(shape.answer));
    if let Some((before, after)) = text.split_once("{bytes:")
        && let Some((length, after)) = after.split_once('}')
    {
        let length = length.parse().unwrap_or_default();
        text = format!("{before}{}{after}", bytes(length));
    }
    text
}
