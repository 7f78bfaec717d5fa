//! The inbox: open tasks, soonest due first.

use std::collections::BTreeMap;

use machine::ids::CaseId;
use ports::commit::{OpenTask, TaskChange};
use ports::fault::Fault;
use ports::query::{Page, TaskFilter, TaskLine, TaskPlace};

use super::commit::{int, text, text_or};
use super::prepare::{NO_DEADLINE, Prepared};
use super::rows::{Ask, Line, Rows, Write};
use super::{Tables, instant, micros};

const PUT: &str = "ON CONFLICT (case_id, task) DO UPDATE SET state = excluded.state, role = excluded.role,
  holder = excluded.holder, party = excluded.party, opened_at = excluded.opened_at, due_at = excluded.due_at";

/// The changes of the inbox.
pub fn writes<'u>(units: &[&'u Prepared]) -> [Write<'u>; 2] {
    let mut last: BTreeMap<(&'u str, u32), Option<&'u OpenTask>> = BTreeMap::new();
    for unit in units {
        for change in &unit.unit.tasks {
            match change {
                TaskChange::Put(task) => last.insert((&unit.unit.case.id.0, task.task), Some(task)),
                TaskChange::Close(task) => last.insert((&unit.unit.case.id.0, *task), None),
            };
        }
    }
    let closed: Vec<_> = last.iter().filter(|(_, task)| task.is_none()).map(|(key, _)| *key).collect();
    let closed = Rows::default()
        .with("case_id", text(&closed, |(case, _)| *case))
        .with("task", int(&closed, |(_, task)| i64::from(*task)));
    let open: Vec<_> = last.iter().filter_map(|((case, _), task)| Some((*case, (*task)?))).collect();
    let open = Rows::default()
        .with("case_id", text(&open, |(case, _)| *case))
        .with("task", int(&open, |(_, t)| i64::from(t.task)))
        .with("state", text(&open, |(_, t)| &*t.state))
        .with("role", text(&open, |(_, t)| &*t.role))
        .with("holder", text_or(&open, |(_, t)| t.holder.as_deref()))
        .with("party", text_or(&open, |(_, t)| t.party.as_deref()))
        .with("opened_at", int(&open, |(_, t)| micros(t.opened)))
        .with("due_at", int(&open, |(_, t)| t.due.map_or(NO_DEADLINE, micros)));
    [Write::take_off(closed, "tasks"), Write::add(open, "tasks", PUT)]
}

/// Open tasks.
pub async fn tasks<T: Tables>(
    tables: &T,
    filter: TaskFilter,
    page: Page<TaskPlace>,
) -> Result<Vec<TaskLine>, Fault> {
    let mut ask = Ask::of(
        "SELECT case_id, task, state, role, holder, party, opened_at, due_at FROM tasks WHERE task >= 1",
    );
    let wanted = [("role", &filter.role), ("holder", &filter.holder), ("party", &filter.party)];
    for (column, name) in wanted {
        if let Some(name) = name {
            ask.say(&format!(" AND {column} = ")).text(name);
        }
    }
    if let Some(case) = &filter.case {
        ask.say(" AND case_id = ").text(&case.0);
    }
    if let Some(after) = &page.after {
        ask.say(" AND (due_at, case_id, task) > (").int(after.due.map_or(NO_DEADLINE, micros));
        ask.say(", ").text(&after.case.0).say(", ").int(i64::from(after.task)).say(")");
    }
    ask.say(" ORDER BY due_at, case_id, task LIMIT ").int(i64::from(page.size()));
    tables.ask(ask).await?.into_iter().map(task_line).collect()
}

fn task_line(mut line: Line) -> Result<TaskLine, Fault> {
    let due = line.int(7)?;
    Ok(TaskLine {
        case: CaseId(line.name(0)?),
        open: OpenTask {
            task: line.count(1)?,
            state: line.name(2)?,
            role: line.name(3)?,
            holder: line.name_if(4)?,
            party: line.name_if(5)?,
            opened: line.at(6)?,
            due: (due != NO_DEADLINE).then(|| instant(due)).transpose()?,
        },
    })
}
