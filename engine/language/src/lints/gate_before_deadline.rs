//! A gate that may open while a deadline with the same start is still running.

use expr::time::calendar::Calendar;
use expr::time::deadline::{Due, due};
use jiff::civil::Date;
use machine::chart::{Chart, Clock, ClockKind};
use machine::ids::{ChartIx, ClockIx};
use petgraph::visit::Dfs;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::Graph;
use crate::graph::reckon;
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;

/// The worst day of a year: when it begins, when the deadline ends, when the gate opens.
struct Window {
    begins: Date,
    deadline: Due,
    gate: Due,
}

/// Reports pairs in which the deadline of an earlier state is due at or after the gate.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, graph) in subject.charts() {
        for (gate_at, gate) in numbered(&chart.clocks).filter(|(_, it)| it.kind == ClockKind::Gate) {
            for (at, deadline) in numbered(&chart.clocks).filter(|(_, it)| it.kind == ClockKind::Deadline) {
                if is_settled(gate, deadline)
                    || is_within(chart, gate, deadline)
                    || !follows(graph, deadline, gate)
                {
                    continue;
                }
                if let Some(window) = worst(subject, chart, deadline, gate) {
                    let clocks = (ClockIx(at), ClockIx(gate_at));
                    report.push(found(subject, (ix, chart), clocks, &window));
                }
            }
        }
    }
}

/// Whether the gate's floor names the deadline.
fn is_settled(gate: &Clock, deadline: &Clock) -> bool {
    let names = format!("due(\"{}\")", deadline.name);
    gate.floor.as_ref().is_some_and(|floor| floor.text().replace(' ', "").contains(&names))
}

/// Whether one of them runs inside the state of the other: such a gate is meant to open before the deadline.
fn is_within(chart: &Chart, gate: &Clock, deadline: &Clock) -> bool {
    let (one, other) = (gate.owner, deadline.owner);
    one == other || chart.is_descendant(one, other) || chart.is_descendant(other, one)
}

/// Whether the gate's state can come after, or with, the deadline's.
fn follows(graph: &Graph<'_>, deadline: &Clock, gate: &Clock) -> bool {
    let starts = graph.steps.node_indices().filter(|node| graph.steps[*node].has(deadline.owner));
    starts.into_iter().any(|start| {
        let mut walk = Dfs::new(&graph.steps, start);
        std::iter::from_fn(|| walk.next(&graph.steps)).any(|node| graph.steps[node].has(gate.owner))
    })
}

fn worst(subject: &Subject<'_>, chart: &Chart, deadline: &Clock, gate: &Clock) -> Option<Window> {
    let definition = subject.definition;
    let (long, short) =
        (reckon::period(definition, chart, deadline)?, reckon::period(definition, chart, gate)?);
    let same = reckon::anchor(definition, chart, deadline)? == reckon::anchor(definition, chart, gate)?;
    let both = reckon::in_force(definition, chart, deadline) && reckon::in_force(definition, chart, gate);
    if !same || !both {
        return None;
    }
    let bare = Calendar::weekends_only();
    let calendar = subject.calendar.unwrap_or(&bare);
    let days = reckon::year(calendar, reckon::first_year(definition));
    let windows = days.into_iter().filter_map(|(begins, morning)| {
        let deadline = due(morning, &long, calendar).ok()?;
        let gate = due(morning, &short, calendar).ok()?;
        (deadline.at >= gate.at).then_some(Window { begins, deadline, gate })
    });
    windows.max_by_key(|it| (it.deadline.at.duration_since(it.gate.at), std::cmp::Reverse(it.begins)))
}

fn found(
    subject: &Subject<'_>,
    (ix, chart): (ChartIx, &Chart),
    (deadline, gate): (ClockIx, ClockIx),
    window: &Window,
) -> Diagnostic {
    let (late, opens) = (&chart.clocks[deadline.at()].name, &chart.clocks[gate.at()].name);
    let (begins, until, from) = (window.begins, window.deadline.last_day, window.gate.last_day);
    let message = words!(
        "期限 `{late}` 可能在门槛 `{opens}` 打开时还没到期",
        "the deadline `{late}` may still be running when the gate `{opens}` opens"
    );
    Diagnostic::new(codes::GATE_BEFORE_DEADLINE, subject.span(Thing::Clock(ix, gate)), message)
        .also(subject.span(Thing::Clock(ix, deadline)), words!("这个期限", "this deadline"))
        .advise(words!(
            "给 `{opens}` 写 `floor: due(\"{late}\")`，让它不早于这个期限",
            "write `floor: due(\"{late}\")` for `{opens}`: it then never opens before the deadline"
        ))
        .step(words!("{begins} 起算", "both count from {begins}"), None)
        .step(words!("门槛等到 {from} 24:00", "the gate waits until the end of {from}"), None)
        .step(words!("期限到 {until} 24:00", "the deadline runs until the end of {until}"), None)
}
