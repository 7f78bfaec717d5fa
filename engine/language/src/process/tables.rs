//! Decision tables: from the text to rows that formulas can ask, examined before anyone does.

mod columns;
mod findings;
mod rows;
mod units;

use expr::table::{Budget, Collect, Hit, Signature};
use expr::value::Type;
use jiff::civil::Date;
use machine::chart::HostCall;
use machine::definition::Parameter;
use machine::ids::{Name, TableIx};
use machine::table::DecisionTable;

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::tree::Node;
use crate::words;

use super::desk::{Desk, Sort};
use super::map::{TableSource, Thing};
use super::names;
use super::outline::{Declared, declared, narrow};
use super::parameters;
use super::pick;
use super::scope::FUNCTIONS;

use columns::Columns;

/// The work all tables of a document may take together; about two seconds.
const WORK_MAX: usize = 12_000_000;

/// The tables of a process, as formulas and the definition know them.
pub(crate) struct Tables {
    /// What the definition keeps; a table with an error in its rows has no version.
    pub decisions: Vec<DecisionTable>,
    calls: Vec<Call>,
}

/// A table as a function.
struct Call {
    name: Name,
    span: Span,
    takes: Vec<Type>,
    gives: Type,
}

impl Tables {
    /// Reads and examines every table.
    pub fn read(root: &Node, effective: Option<Date>, known: &[Parameter], desk: &mut Desk<'_>) -> Tables {
        let mut tables = Tables { decisions: Vec::new(), calls: Vec::new() };
        let mut work = Budget { work: WORK_MAX, ..Budget::default() };
        for declared in declared(root, "tables") {
            check_name(&declared, known, desk);
            desk.map.put(Thing::Table(TableIx(narrow(tables.calls.len()))), declared.span);
            let columns = Columns::read(&declared, desk);
            let signature = columns.signature(hit(declared.node));
            check_hit(&declared, &signature, desk);
            let reading = rows::Reading { declared: &declared, signature: &signature, effective, known };
            let versions = reading.versions(&mut work, desk);
            check_basis(&declared, desk);
            let gives = columns.gives(signature.hit, &versions);
            let (name, span) = (declared.name.clone(), declared.span);
            let title = pick::title(declared.node, &name);
            let (inputs, takes) = (columns.input_titles(), columns.takes());
            let origin = parameters::written_origin(declared.node);
            tables.calls.push(Call { name: name.clone(), span, takes, gives });
            tables.decisions.push(DecisionTable { name, title, inputs, versions, origin });
        }
        tables
    }

    /// Every table as a function of formulas: its name, what it takes and what it gives.
    pub fn functions(&self) -> impl Iterator<Item = (&str, &[Type], &Type)> {
        self.calls.iter().map(|call| (&*call.name, call.takes.as_slice(), &call.gives))
    }

    /// What the functions do, in the same order.
    pub fn host_calls(&self) -> impl Iterator<Item = HostCall> + '_ {
        (0..self.calls.len()).map(|at| HostCall::Table(TableIx(narrow(at))))
    }

    /// Reports tables that no formula asks, once all formulas are read.
    pub fn check_used(&self, desk: &mut Desk<'_>) {
        let unused: Vec<&Call> = self
            .calls
            .iter()
            .enumerate()
            .filter(|(at, _)| !desk.asked.contains(at))
            .map(|(_, it)| it)
            .collect();
        for Call { name, span, takes, .. } in unused {
            let shown = vec!["…"; takes.len()].join(", ");
            desk.say(
                Diagnostic::new(
                    codes::TABLE_UNUSED,
                    *span,
                    words!("没有公式用到表 `{name}`", "no formula asks the table `{name}`"),
                )
                .advise(words!(
                    "在公式里写 `{name}({shown})`，或删去这张表",
                    "write `{name}({shown})` in a formula, or remove the table"
                )),
            );
        }
    }
}

/// How rows that match together are settled.
fn hit(node: &Node) -> Hit {
    // An unknown word is reported by the shape.
    pick::text(node, "hit").and_then(|(text, _)| Hit::named(&text.replace('_', " "))).unwrap_or_default()
}

/// A table is called like a function, so it must not take the name of one, nor of a parameter.
fn check_name(declared: &Declared<'_>, known: &[Parameter], desk: &mut Desk<'_>) {
    let name = &*declared.name;
    names::check_word(Sort::Table, name, declared.span, desk);
    let built_in = expr::formula::functions().iter().any(|it| it.name == name || it.alias_zh == name)
        || FUNCTIONS.iter().any(|(function, _)| *function == name);
    let parameter = known.iter().position(|parameter| *parameter.name == *name);
    let other = parameter.map(|at| Thing::Parameter(machine::ids::ParameterIx(narrow(at))));
    if built_in {
        let found = Diagnostic::new(
            codes::NAME_TAKEN,
            declared.span,
            words!("`{name}` 是公式自带的函数", "`{name}` is a function that formulas have already"),
        );
        desk.say(found.label(words!("请换一个名字", "choose another name")));
    } else if let Some(span) = other.and_then(|thing| desk.map.span(thing)) {
        let found = Diagnostic::new(
            codes::NAME_TAKEN,
            declared.span,
            words!("已有参数叫 `{name}`", "there is a parameter `{name}` already"),
        );
        desk.say(found.also(span, words!("参数在这里", "the parameter")));
    }
}

/// Reports a table whose columns do not suit how its rows are settled.
fn check_hit(declared: &Declared<'_>, signature: &Signature, desk: &mut Desk<'_>) {
    let place = declared.node.get("hit").map_or(declared.span, |node| node.span);
    let name = signature.hit.name();
    let outputs = &signature.outputs;
    let numeric = |at: usize| matches!(outputs[at].domain, expr::table::Domain::Number { .. });
    let choice = |at: usize| matches!(outputs[at].domain, expr::table::Domain::Choice(_));
    let wrong = match signature.hit {
        _ if outputs.is_empty() || signature.inputs.is_empty() => {
            words!("一张表至少要有一个输入列和一个结果列", "a table has at least one input and one output")
        }
        Hit::Priority if !choice(0) => words!(
            "`{name}` 按第一个结果列的选项次序取，该列须是 choice",
            "`{name}` goes by the order of the first output's choices: it has to be a choice"
        ),
        Hit::Collect(Collect::Sum | Collect::Min | Collect::Max) if outputs.len() != 1 || !numeric(0) => {
            words!(
                "`{name}` 要恰好一个结果列，并且是数字",
                "`{name}` needs exactly one output, and it has to be a number"
            )
        }
        _ => return,
    };
    desk.say(Diagnostic::new(codes::TABLE_SIGNATURE, place, wrong));
}

/// Rows are numbers of a policy: someone has to be able to say where they come from.
fn check_basis(declared: &Declared<'_>, desk: &mut Desk<'_>) {
    let node = declared.node;
    let dated = pick::entries(node, "rows_from");
    let each = !dated.is_empty() && dated.iter().all(|(_, rows)| rows.get("basis").is_some());
    if node.get("basis").is_none() && node.get("origin").is_none() && !each {
        let name = &declared.name;
        desk.say(
            Diagnostic::new(
                codes::TABLE_NO_BASIS,
                declared.span,
                words!("表 `{name}` 没有写依据", "the table `{name}` does not say what it rests on"),
            )
            .advise(words!(
                "写 `basis: 第几条`，或 `origin: assumed`（暂定）",
                "write `basis: ...`, or `origin: assumed` until somebody decides"
            )),
        );
    }
}

/// Keeps a table's texts for readers of the source.
fn keep(declared: &Declared<'_>, hit: Hit, from: Date, rows: &Node, desk: &mut Desk<'_>) {
    desk.map.tables.push(TableSource {
        name: declared.name.clone(),
        span: declared.span,
        from,
        body: rows.span,
        text: rows.as_text().unwrap_or_default().into(),
        hit: hit.name().into(),
    });
}
