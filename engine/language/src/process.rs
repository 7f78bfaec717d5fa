//! A process document: YAML text to a checked [`Definition`], or everything that is wrong with it.
//!
//! The text becomes a tree ([`crate::read`]), the tree is held against the shape of a process
//! ([`crate::shape`]), names are gathered, then every chart is lowered to the machine's form. All findings
//! are collected; a definition exists only when none is an error.

mod actions;
pub(crate) mod canonical;
mod children;
mod choices;
mod clocks;
mod conditions;
pub(crate) mod desk;
pub(crate) mod fields;
mod fit;
pub(crate) mod formulas;
mod header;
pub(crate) mod literal;
mod lowering;
mod map;
pub(crate) mod names;
pub(crate) mod outline;
pub(crate) mod parameters;
pub(crate) mod pick;
mod scope;
mod states;
pub(crate) mod tables;
mod tasks;
mod transitions;
mod whole;

use std::sync::Arc;

use expr::value::Type;
use machine::chart::{Chart, ChildRules};
use machine::definition::Definition;
use machine::ids::{ChartIx, FieldIx};

use crate::diagnostic::Report;
use crate::keys;
use crate::read;
use crate::shape;
use crate::source::Sources;
use crate::span::Span;
use crate::tree::{Node, Tree};

pub(crate) use desk::{Desk, Sort};
use fields::Data;
use header::Common;
use lowering::Lowering;
use outline::{CHILDREN_MAX, Outline, declared, narrow};
pub(crate) use parameters::values as dated_values;
use scope::{AtHand, FUNCTIONS, Place};
use tables::Tables;
use whole::{ChartNames, Whole};

pub use formulas::{code as formula_code, eval_code};
pub use header::LANGUAGE;
pub use map::{FormulaPlace, Missed, Schedule, Scheduled, Silences, SourceMap, TableSource, Thing};

/// What compiling a text gave.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The process, unless something in the text is an error.
    pub definition: Option<Arc<Definition>>,
    /// Everything found.
    pub report: Report,
    /// Where everything stands.
    pub map: SourceMap,
}

/// Compiles the bytes of a file, which becomes one of the sources under `name`.
pub fn compile(sources: &mut Sources, name: &str, bytes: &[u8]) -> Compiled {
    let reading = read(sources, name, bytes);
    let mut compiled = match &reading.tree {
        Some(tree) => compile_tree(sources, tree),
        None => Compiled { definition: None, report: Report::new(), map: SourceMap::default() },
    };
    compiled.report.append(reading.report);
    if compiled.report.has_errors() {
        compiled.definition = None;
    }
    compiled
}

/// Compiles a tree whose text is among the sources.
pub fn compile_tree(sources: &Sources, tree: &Tree) -> Compiled {
    let mut desk = Desk::new(sources);
    desk.report.append(keys::check_tree(tree, &shape::PROCESS));
    let definition = definition(&tree.root, &mut desk);
    let definition = definition.filter(|_| !desk.report.has_errors()).map(Arc::new);
    Compiled { definition, report: desk.report, map: desk.map }
}

/// The day a document takes effect.
pub(crate) fn header_effective(root: &Node) -> Option<jiff::civil::Date> {
    header::effective(root)
}

fn definition(root: &Node, desk: &mut Desk<'_>) -> Option<Definition> {
    root.as_map()?;
    outline::check_sizes(root, desk);
    header::check_language(root, desk);
    let effective = header::effective(root);
    let version = header::version(root, desk);
    let mut whole = gather(root, effective, desk);
    header::schedules(root, &whole.charts[0].outline, desk);
    ranges(&mut whole, desk);
    let correlate = correlate(root, &whole, desk);
    let charts = charts(&whole, desk);
    if !desk.report.has_errors() {
        whole.tables.check_used(desk);
    }
    let process = pick::name(root, "process")?;
    let opened_by = whole.common.roles_at(root, "opened_by", desk);
    Some(Definition {
        title: pick::title(root, &process),
        process,
        version,
        hash: canonical::hash(root).into(),
        basis: pick::name(root, "basis"),
        owner: pick::name(root, "owner"),
        effective,
        calendar: pick::name(root, "calendar").unwrap_or_else(|| "cn".into()),
        roles: whole.common.roles,
        parameters: whole.parameters,
        tables: whole.tables.decisions,
        refusals: whole.common.refusals,
        records: whole.common.records,
        notices: whole.common.notices,
        charts,
        correlate,
        opened_by,
        choices: choices::read(root),
    })
}

/// All names and types, before any formula is read.
fn gather<'t>(root: &'t Node, effective: Option<jiff::civil::Date>, desk: &mut Desk<'_>) -> Whole<'t> {
    let common = Common::of(root, desk);
    let parameters = parameters::read(root, effective, desk);
    let tables = Tables::read(root, effective, &parameters, desk);
    let (told, sent) = whole::told(root);
    let process = pick::text(root, "process");
    let (name, span) = process.unwrap_or(("process", root.span.first()));
    names::check_ascii(desk::Sort::Process, name, span, desk);
    desk.map.put(Thing::Process, span);
    let mut charts = vec![chart_names(ChartIx::MAIN, name, span, root, &common, desk)];
    let children = declared(root, "children");
    if let Some(one_more) = children.get(CHILDREN_MAX) {
        desk.say(outline::too_many(one_more.span, CHILDREN_MAX));
    }
    for (at, child) in children.iter().take(CHILDREN_MAX).enumerate() {
        names::check_ascii(desk::Sort::Child, &child.name, child.span, desk);
        charts.push(chart_names(ChartIx(narrow(at + 1)), &child.name, child.span, child.node, &common, desk));
    }
    Whole { common, parameters, tables, charts, told, sent }
}

fn chart_names<'t>(
    ix: ChartIx,
    name: &str,
    span: Span,
    node: &'t Node,
    common: &Common,
    desk: &mut Desk<'_>,
) -> ChartNames<'t> {
    desk.map.put(Thing::Chart(ix), span);
    let outline = Outline::of(ix, name, span, node, desk);
    let data = Data::of(&outline, common, desk);
    let key = match node.get("key") {
        Some(key) => fields::key_type(key, desk),
        None => Type::Text,
    };
    let seen = match ix {
        ChartIx::MAIN => scope::case_type(&outline, &data),
        _ => scope::child_type(&outline, &data, &key),
    };
    ChartNames { outline, data, key, seen }
}

/// The bounds of fields and forms, which may read parameters and other fields.
fn ranges(whole: &mut Whole<'_>, desk: &mut Desk<'_>) {
    for at in 0..whole.charts.len() {
        let mut fields = Vec::new();
        let mut forms = Vec::new();
        let mut lowering = Lowering::new(desk, whole, at);
        let place = Place { known: vec![], event: AtHand::Some };
        for (declared, field) in lowering.outline().fields.iter().zip(&lowering.names().data.fields) {
            fields.push(lowering.range(declared.node, &literal::plain(&field.ty), &place));
        }
        for (declared, event) in lowering.outline().events.iter().zip(&lowering.names().data.events) {
            for (line, form) in pick::entries(declared.node, "form").iter().zip(&event.form) {
                let own = lowering.range(&line.1, &literal::plain(&form.ty), &place);
                forms.push(own.or_else(|| form.field.and_then(|field| fields[field.at()].clone())));
            }
        }
        let data = &mut whole.charts[at].data;
        data.fields.iter_mut().zip(fields).for_each(|(field, range)| field.range = range);
        let lines = data.events.iter_mut().flat_map(|event| event.form.iter_mut());
        lines.zip(forms).for_each(|(line, range)| line.range = range);
    }
}

fn correlate(root: &Node, whole: &Whole<'_>, desk: &mut Desk<'_>) -> Option<FieldIx> {
    let (text, span) = pick::text(root, "correlate")?;
    whole.main().outline.field(text, span, desk)
}

fn charts(whole: &Whole<'_>, desk: &mut Desk<'_>) -> Vec<Chart> {
    let mut rules: Vec<Option<ChildRules>> = vec![None];
    let mut main = Lowering::new(desk, whole, 0);
    rules.extend((1..whole.charts.len()).map(|kind| main.child_rules(kind)));
    rules.into_iter().enumerate().map(|(at, child)| chart(whole, at, child, desk)).collect()
}

fn chart(whole: &Whole<'_>, at: usize, child: Option<ChildRules>, desk: &mut Desk<'_>) -> Chart {
    let mut lowering = Lowering::new(desk, whole, at);
    lowering.check_taken();
    let conditions = lowering.conditions();
    let states = lowering.states();
    let clocks = lowering.clocks();
    let parties = lowering.parties();
    let names = lowering.names();
    Chart {
        name: names.outline.name.clone(),
        title: pick::title(names.outline.node, &names.outline.name),
        states,
        transitions: lowering.take_transitions(),
        fields: names.data.fields.clone(),
        clocks,
        events: names.data.events.clone(),
        conditions,
        variables: lowering.scopes.variables(),
        functions: FUNCTIONS.iter().map(|(_, call)| *call).chain(whole.tables.host_calls()).collect(),
        child,
        parties,
    }
}
