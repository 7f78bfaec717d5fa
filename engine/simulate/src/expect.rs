//! What a story expects, held against the case: each answer says what was found instead.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use language::tree::{Kind, Node};
use language::words::Words;
use machine::case::Run;
use machine::chart::Chart;
use machine::fact::Fact;
use machine::possible::possible;

use crate::told;
use crate::values::{instant, plain, read_node};
use crate::world::World;

/// Holds one line of an expectation against the case and the facts since the last one.
///
/// # Errors
/// What is so instead.
pub fn hold(world: &World, news: &[Fact], key: &str, node: &Node, zone: &TimeZone) -> Result<(), Words> {
    match key {
        "state" => in_state(world.definition.main(), world.case.main(), key, node),
        "due" => each(node, |name, node| due(world, name, node, zone)),
        "data" => each(node, |name, node| data(world, name, node, zone)),
        "notified" => same(node, told::notices(news)),
        "recorded" => same(node, told::recorded(news).iter().map(ToString::to_string).collect()),
        "sent" => same(node, told::messages(news)),
        "possible" => same_set(node, possible_now(world)),
        "tasks" => same_set(node, open_tasks(world)),
        child => match find_child(world, child) {
            Some((chart, run)) => in_state(chart, run, child, node),
            None if node.as_text() == Some("none") => Ok(()),
            None => Err(Words::new(format!("没有 {child}"), format!("there is no {child}"))),
        },
    }
}

fn find_child<'w>(world: &'w World, path: &str) -> Option<(&'w Chart, &'w Run)> {
    let (kind, key) = path.split_once('.')?;
    let chart = world.definition.find_child(kind)?;
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

fn each(node: &Node, mut check: impl FnMut(&str, &Node) -> Result<(), Words>) -> Result<(), Words> {
    let entries = node.as_map().unwrap_or_default();
    entries.iter().try_for_each(|(key, node)| check(&key.text, node))
}

fn texts(node: &Node) -> Vec<&str> {
    match &node.kind {
        Kind::Seq(items) => items.iter().filter_map(Node::as_text).collect(),
        _ => node.as_text().into_iter().collect(),
    }
}
