//! What a story expects, held against the case: each answer says what was found instead.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use language::span::Span;
use language::tree::{Kind, Node};
use language::words::Words;
use machine::case::Run;
use machine::chart::Chart;
use machine::fact::Fact;
use machine::ids::ChartIx;
use machine::possible::possible;

use crate::told;
use crate::values::{instant, plain, read_node};
use crate::world::World;

/// Holds one line of an expectation against the case and the facts since the last one: what is so instead, each
/// where it was told.
pub fn hold(world: &World, news: &[Fact], line: &Line<'_>, zone: &TimeZone) -> Vec<(Span, Words)> {
    match line.key {
        "due" => each(line, |name, node| due(world, name, node, zone)),
        "data" => each(line, |name, node| data(world, name, node, zone)),
        _ => whole(world, news, line.key, line.node)
            .err()
            .map(|words| (line.span(), words))
            .into_iter()
            .collect(),
    }
}

/// One line of an expectation as it is written.
#[derive(Clone, Copy)]
pub struct Line<'t> {
    /// What is looked at.
    pub key: &'t str,
    /// Where that is written.
    pub key_span: Span,
    /// What is expected of it.
    pub node: &'t Node,
}

impl Line<'_> {
    /// Where people look for it: an empty value stands nowhere.
    fn span(&self) -> Span {
        if self.node.span.is_empty() { self.key_span } else { self.node.span }
    }
}

/// A line that says one thing.
fn whole(world: &World, news: &[Fact], key: &str, node: &Node) -> Result<(), Words> {
    match key {
        "state" => in_state(world.definition.main(), world.case.main(), key, node),
        "notified" => same(node, told::notices(news)),
        "recorded" => same(node, told::recorded(news).iter().map(ToString::to_string).collect()),
        "sent" => same(node, told::messages(news)),
        "possible" => same_set(node, possible_now(world)),
        "tasks" => same_set(node, open_tasks(world)),
        child => match find_child(world, child) {
            Some((chart, run)) => in_state(chart, run, child, node),
            None if node.as_text() == Some("none") && kind_of(world, child).is_some() => Ok(()),
            None => Err(Words::new(format!("没有 {child}"), format!("there is no {child}"))),
        },
    }
}

/// The chart of the child that a path begins with, and the rest of the path.
fn kind_of<'p>(world: &World, path: &'p str) -> Option<(ChartIx, &'p str)> {
    let (kind, rest) = path.split_once('.')?;
    Some((world.definition.find_child(kind)?, rest))
}

fn find_child<'w>(world: &'w World, path: &str) -> Option<(&'w Chart, &'w Run)> {
    let (chart, key) = kind_of(world, path)?;
    let runs = world.case.each_run().filter(|(_, r)| r.chart == chart && told::plain(&r.key) == key);
    runs.last().map(|(_, run)| (world.definition.chart(chart), run))
}

fn in_state(chart: &Chart, run: &Run, name: &str, node: &Node) -> Result<(), Words> {
    let active: Vec<&str> = run.active.iter().map(|s| &*chart.state(*s).name).collect();
    let outcome = run.ended.as_ref().map(|e| &*e.outcome);
    let is = |wanted: &str| active.contains(&wanted) || outcome == Some(wanted);
    if texts(node).iter().all(|wanted| is(wanted)) {
        return Ok(());
    }
    let found = told::states(chart, run).join(", ");
    let wanted = texts(node).join(", ");
    Err(Words::new(
        format!("{name} 应在 {wanted}，实际在 {found}"),
        format!("{name} should be in {wanted}, but is in {found}"),
    ))
}

fn due(world: &World, name: &str, node: &Node, zone: &TimeZone) -> Result<(), Words> {
    let clocks = told::clocks(world);
    let found = clocks.iter().find(|(n, _)| n == name).map(|(_, at)| *at);
    let wanted = node.as_text().unwrap_or_default();
    if found.is_none() && !is_clock(world, name) {
        return Err(Words::new(format!("没有时限 {name}"), format!("there is no clock {name}")));
    }
    let holds = match (wanted, found) {
        ("none", None) | ("paused", Some(None)) => true,
        (text, Some(Some(at))) => instant(text, zone).is_ok_and(|wanted| wanted == at),
        _ => false,
    };
    if holds {
        return Ok(());
    }
    let found = match found {
        None => "none".to_owned(),
        Some(None) => "paused".to_owned(),
        Some(Some(at)) => told::wall(at, zone),
    };
    Err(Words::new(
        format!("时限 {name} 应为 {wanted}，实际为 {found}"),
        format!("{name} should be due {wanted}, but is due {found}"),
    ))
}

/// Whether a run could have a clock of that name, or an event on its way that is called so.
fn is_clock(world: &World, name: &str) -> bool {
    let (chart, name) = match kind_of(world, name) {
        Some((chart, rest)) => (chart, rest.rsplit_once('.').map_or(rest, |(_, name)| name)),
        None => (ChartIx::MAIN, name),
    };
    let chart = world.definition.chart(chart);
    chart.find_clock(name).is_some() || chart.find_event(name).is_some()
}

fn data(world: &World, name: &str, node: &Node, zone: &TimeZone) -> Result<(), Words> {
    let found = match name.rsplit_once('.') {
        Some((child, field)) => find_child(world, child).map(|(chart, run)| (chart, run, field)),
        None => Some((world.definition.main(), world.case.main(), name)),
    };
    let place = found.and_then(|(chart, run, field)| chart.find_field(field).map(|f| (chart, run, f)));
    let Some((chart, run, field)) = place else {
        return Err(Words::new(format!("没有数据项 {name}"), format!("there is no field {name}")));
    };
    let wanted = read_node(node, &plain(&chart.fields[field.at()].ty), zone)?;
    let value = &run.data[field.at()];
    if *value == wanted {
        return Ok(());
    }
    Err(Words::new(
        format!("{name} 应为 {wanted}，实际为 {value}"),
        format!("{name} should be {wanted}, but is {value}"),
    ))
}

fn possible_now(world: &World) -> BTreeSet<String> {
    let all = possible(&world.definition, &world.calendar, &world.case, world.now);
    let name = |p: &machine::refusal::Possible| {
        let run = told::run_name(&world.definition, world.case.run(p.run));
        if run.is_empty() { p.event.to_string() } else { format!("{run}.{}", p.event) }
    };
    all.iter().map(name).collect()
}

fn open_tasks(world: &World) -> BTreeSet<String> {
    let mut roles = BTreeSet::new();
    for (_, run) in world.case.each_run() {
        let chart = world.definition.chart(run.chart);
        for task in &run.tasks {
            if let Some(decl) = &chart.state(task.state).task {
                roles.insert(world.definition.roles[decl.role.at()].name.to_string());
            }
        }
    }
    roles
}

fn same(node: &Node, found: Vec<String>) -> Result<(), Words> {
    let wanted = texts(node);
    if wanted == found { Ok(()) } else { Err(differs(&wanted.join(", "), &found.join(", "))) }
}

fn same_set(node: &Node, found: BTreeSet<String>) -> Result<(), Words> {
    let wanted: BTreeSet<String> = texts(node).into_iter().map(str::to_owned).collect();
    let list = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
    if wanted == found { Ok(()) } else { Err(differs(&list(&wanted), &list(&found))) }
}

fn differs(wanted: &str, found: &str) -> Words {
    Words::new(
        format!("应为 [{wanted}]，实际为 [{found}]"),
        format!("should be [{wanted}], but is [{found}]"),
    )
}

/// A line of several: everything that is not so, each at its own place.
fn each(line: &Line<'_>, check: impl Fn(&str, &Node) -> Result<(), Words>) -> Vec<(Span, Words)> {
    let entries = line.node.as_map().unwrap_or_default().iter();
    let lines = entries.map(|(key, node)| Line { key: &key.text, key_span: key.span, node });
    lines.filter_map(|line| check(line.key, line.node).err().map(|words| (line.span(), words))).collect()
}

fn texts(node: &Node) -> Vec<&str> {
    match &node.kind {
        Kind::Seq(items) => items.iter().filter_map(Node::as_text).collect(),
        _ => node.as_text().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use expr::time::calendar::Calendar;
    use language::{Sources, read};

    use crate::{play, story};

    const PROCESS: &str = "\
process: permit
language: 1
title: { zh: 许可, en: Permit }
effective: 2026-01-01
roles: { clerk: { zh: 经办, en: Clerk } }
data:
  amount: { type: money, title: { zh: 金额, en: Amount } }
  years: { type: integer, title: { zh: 年限, en: Years } }
initial: open
states:
  open:
    title: { zh: 办理, en: Open }
    no_task: 示例
    deadlines:
      reply: { title: { zh: 答复, en: Reply }, within: 5自然日, overdue: closed }
      report: { title: { zh: 报告, en: Report }, within: 9自然日, overdue: closed }
  closed: { type: final, title: { zh: 办结, en: Closed } }
";

    const STORY: &str = "\
story: { zh: 处处不同, en: Otherwise everywhere }
open: { at: 2026-03-02 09:00, by: clerk, with: { amount: 5万, years: 3 } }
steps:
  - expect:
      state: closed
      due:
        reply: 2026-03-08 00:00
        report: 2026-03-10 00:00
        never: none
      data:
        amount: 6万
        years: 3
        months: 36
      claims.B1: none
";

    #[test]
    fn everything_that_is_otherwise_is_told_at_its_own_line() {
        let mut sources = Sources::new();
        let compiled = language::compile(&mut sources, "permit.yaml", PROCESS.as_bytes());
        let definition = compiled.definition.unwrap_or_else(|| panic!("{:?}", compiled.report));
        let calendar = Calendar::weekends_only();
        let tree = read(&mut sources, "story.yaml", STORY.as_bytes()).tree.expect("the story is YAML");
        let (told, report) = story::read(&tree, calendar.zone());
        assert!(!report.has_errors(), "{report:?}");
        let played = play::play(&told.expect("a story without errors is there"), &definition, &calendar);
        let found = played.report.iter().map(|found| {
            let span = found.primary.span;
            format!("{}: {}", sources.line_of(span.file, span.start()), found.message.en)
        });
        let wanted = [
            "5: state should be in closed, but is in open",
            "8: report should be due 2026-03-10 00:00, but is due 2026-03-12 00:00",
            "9: there is no clock never",
            "11: amount should be 60000, but is 50000",
            "13: there is no field months",
            "14: there is no claims.B1",
        ];
        assert_eq!(found.collect::<Vec<_>>(), wanted);
    }
}
