//! Profiles: the processes one city runs, and the parameter values it runs them with.

use expr::formula::NoInputs;
use expr::value::Type;
use jiff::civil::Date;
use machine::definition::{Dated, Definition, Parameter};
use machine::ids::{Bilingual, Name};

use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::keys;
use crate::process::{Desk, Sort, SourceMap, dated_values, literal, pick};
use crate::shape;
use crate::source::Sources;
use crate::tree::{Kind, Node, Tree};
use crate::words;

/// What a city runs, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// `beijing`
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// The document it rests on.
    pub basis: Option<Name>,
    /// The day from which values hold that name none of their own.
    pub since: Date,
    /// The processes, in the order written.
    pub processes: Vec<Laid>,
}

/// One process of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Laid {
    /// Its name.
    pub process: Name,
    /// The values that differ, for [`Definition::with_values`]; the rest is as the process says.
    pub values: Vec<(Name, Vec<Dated>)>,
}

/// A process that a profile may be laid over.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    /// The process.
    pub definition: &'a Definition,
    /// Where everything of it stands: the ranges of its parameters.
    pub map: &'a SourceMap,
}

/// The processes a profile names, before anything of it is held against them.
pub fn processes_of(root: &Node) -> impl Iterator<Item = &str> {
    pick::entries(root, "processes").iter().map(|(key, _)| &*key.text)
}

/// Reads a profile for the processes given. Unknown processes and parameters and values of the wrong type or
/// out of range are reported; the profile is there when nothing is an error.
pub fn read_profile(sources: &Sources, tree: &Tree, bases: &[Base<'_>]) -> (Option<Profile>, Report) {
    let mut desk = Desk::new(sources);
    desk.report.append(keys::check_tree(tree, &shape::PROFILE));
    let root = &tree.root;
    let since = root.get("since").and_then(|node| literal::date(node.span, node.as_text()?, &mut desk));
    let since = since.unwrap_or(Date::MIN);
    let basis = pick::name(root, "basis");
    let mut processes = Vec::new();
    for (key, node) in pick::entries(root, "processes") {
        let known = bases.iter().map(|base| &*base.definition.process);
        let Some(at) = known.clone().position(|name| name == key.text) else {
            let near = crate::suggest::nearest(&key.text, known);
            desk.say(no_such_process(&key.text, near, key.span));
            continue;
        };
        let values = overrides(node, bases[at], since, basis.as_ref(), &mut desk);
        processes.push(Laid { process: bases[at].definition.process.clone(), values });
    }
    let name: Name = pick::name(root, "profile").unwrap_or_else(|| "profile".into());
    let profile = Profile { title: pick::title(root, &name), basis, since, name, processes };
    (Some(profile).filter(|_| !desk.report.has_errors()), desk.report)
}

fn no_such_process(written: &str, near: Option<&str>, span: crate::span::Span) -> Diagnostic {
    let found = Diagnostic::new(
        codes::OTHER_PROCESS,
        span,
        words!("没有流程 `{written}`", "there is no process `{written}`"),
    );
    match near {
        Some(near) => found.advise(words!("是不是 `{near}`？", "did you mean `{near}`?")),
        None => found,
    }
}

fn overrides(
    node: &Node,
    base: Base<'_>,
    since: Date,
    basis: Option<&Name>,
    desk: &mut Desk<'_>,
) -> Vec<(Name, Vec<Dated>)> {
    let parameters = &base.definition.parameters;
    let mut all = Vec::new();
    for (key, node) in node.as_map().unwrap_or_default() {
        let known = parameters.iter().map(|parameter| &*parameter.name);
        let Some(at) = desk.find(Sort::Parameter, &key.text, key.span, known) else { continue };
        let values = values(node, &parameters[at].ty, since, basis, desk);
        in_range(&parameters[at], base.map, &values, desk);
        let values: Vec<Dated> = values.into_iter().map(|(dated, _)| dated).collect();
        if !values.is_empty() {
            all.push((parameters[at].name.clone(), values));
        }
    }
    all
}

/// One value, a value with its basis, or values by date as in a process.
fn values(
    node: &Node,
    ty: &Type,
    since: Date,
    basis: Option<&Name>,
    desk: &mut Desk<'_>,
) -> Vec<(Dated, crate::span::Span)> {
    let own = pick::name(node, "basis");
    let basis = own.as_ref().or(basis);
    if node.get("values").is_some() {
        return dated_values(node, ty, basis, desk);
    }
    let written = match &node.kind {
        Kind::Map(_) => node.get("value").unwrap_or(node),
        _ => node,
    };
    let value = literal::value(written, ty, desk);
    value
        .map(|value| (Dated { from: since, value, basis: basis.cloned() }, written.span))
        .into_iter()
        .collect()
}

fn in_range(
    parameter: &Parameter,
    map: &SourceMap,
    values: &[(Dated, crate::span::Span)],
    desk: &mut Desk<'_>,
) {
    let Some(range) = map.ranges.get(&parameter.name) else { return };
    for (dated, span) in values {
        if matches!(range.matches(&dated.value, &NoInputs), Ok(false)) {
            let bounds = range.text();
            desk.say(Diagnostic::new(
                codes::OUT_OF_RANGE,
                *span,
                words!("值超出允许范围 `{bounds}`", "the value is outside `{bounds}`"),
            ));
        }
    }
}
