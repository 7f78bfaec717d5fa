//! A book: its header, then its rules in order, each reading what stands before it.

use std::collections::BTreeSet;
use std::sync::Arc;

use expr::formula::{Formula, Mode, Scope, compile_as};
use expr::value::Type;
use machine::definition::Parameter;
use machine::ids::{Bilingual, Name};

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::keys;
use crate::process::desk::unknown;
use crate::process::formulas::report_formula;
use crate::process::outline::declared;
use crate::process::parameters;
use crate::process::tables::Tables;
use crate::process::{Desk, Sort, canonical, names, pick};
use crate::read;
use crate::shape;
use crate::source::Sources;
use crate::span::Span;
use crate::tree::{Node, Tree};
use crate::words;

use super::{Book, Column, CompiledBook, List, Rule, YEAR_VARIABLES, examine, lines, sets, steps};

/// `rounded(amount, mode)`: to the fen by the mode of a parameter. The first function of every rule.
pub const ROUNDED: &str = "rounded";

/// Numbers that say nothing of a policy: none, one, a pair, the months of a year.
const PLAIN_NUMBERS: [i64; 4] = [0, 1, 2, 12];

/// A rule while it is read.
pub(super) struct Maker<'m, 's> {
    pub desk: &'m mut Desk<'s>,
    /// Every list so far.
    pub lists: &'m mut Vec<List>,
    /// The rules before this one.
    pub before: &'m [Rule],
    /// The name of the file.
    pub file: &'m str,
    fixed: Vec<(Name, Type)>,
    tables: Tables,
    read: BTreeSet<usize>,
}

pub(super) fn compile(sources: &mut Sources, header: (&str, &[u8]), rules: &[(&str, &[u8])]) -> CompiledBook {
    let mut report = crate::diagnostic::Report::new();
    let reading = read(sources, header.0, header.1);
    report.append(reading.report);
    let mut trees: Vec<(String, Tree)> = Vec::new();
    for (name, bytes) in rules {
        let reading = read(sources, name, bytes);
        report.append(reading.report);
        trees.extend(reading.tree.map(|tree| ((*name).to_owned(), tree)));
    }
    let Some(head) = reading.tree else { return CompiledBook { book: None, report } };
    let mut desk = Desk::new(sources);
    desk.report.append(report);
    let book = book(&head, header.0, &trees, &mut desk);
    let book = book.filter(|_| !desk.report.has_errors()).map(Arc::new);
    CompiledBook { book, report: desk.report }
}

fn book(head: &Tree, name: &str, trees: &[(String, Tree)], desk: &mut Desk<'_>) -> Option<Book> {
    desk.report.append(keys::check_tree(head, &shape::BOOK));
    for (_, tree) in trees {
        desk.report.append(keys::check_tree(tree, &shape::RULE));
    }
    let root = &head.root;
    let effective = crate::process::header_effective(root);
    let shared = parameters::read(root, effective, desk);
    let shared_places: Vec<Name> = places(root, name, desk);
    let mut lists = Vec::new();
    sets::read(root, name, &mut lists, desk);
    let sets = lists.len();
    let mut rules: Vec<Rule> = Vec::new();
    let mut shared_read = BTreeSet::new();
    for (tree, file) in ordered(root, trees, desk) {
        let own = parameters::read(&tree.root, effective, desk);
        let mut parameters = shared.clone();
        parameters.extend(own);
        let mut places_of = shared_places.clone();
        places_of.extend(places(&tree.root, file, desk));
        let basis = pick::name(&tree.root, "basis");
        parameters::inherit_basis(&mut parameters, basis.as_ref());
        let (rule, read) = rule(&tree.root, file, parameters, places_of, &rules, &mut lists, desk);
        shared_read.extend(read.iter().copied().filter(|at| *at < shared.len()));
        unread(&tree.root, shared.len(), &read, desk);
        rules.push(rule);
    }
    unread(root, 0, &shared_read, desk);
    let roots = std::iter::once(head).chain(trees.iter().map(|(_, tree)| tree)).map(|tree| &tree.root);
    Some(Book {
        title: pick::title(root, "settlement"),
        name: pick::name(root, "settlement")?,
        version: pick::text(root, "version").and_then(|(text, _)| text.parse().ok()).unwrap_or(1),
        basis: pick::name(root, "basis"),
        hash: canonical::hash_in_order(roots).into(),
        reconcile: sets::reconcile(root, &lists, desk),
        rules,
        lists,
        sets,
    })
}

/// The rules in the order of the header; reports those that are missing there or here.
fn ordered<'t>(root: &'t Node, trees: &'t [(String, Tree)], desk: &mut Desk<'_>) -> Vec<(&'t Tree, &'t str)> {
    let named = |tree: &Tree| pick::text(&tree.root, "rule").map(|(name, span)| (name.to_owned(), span));
    let known: Vec<(String, Span)> = trees.iter().filter_map(|(_, tree)| named(tree)).collect();
    let mut found = Vec::new();
    let mut taken = BTreeSet::new();
    for node in pick::many(root, "rules") {
        let Some(text) = node.as_text() else { continue };
        match trees.iter().find(|(_, tree)| named(tree).is_some_and(|(name, _)| name == text)) {
            Some((file, tree)) if taken.insert(text.to_owned()) => found.push((tree, file.as_str())),
            Some(_) => desk.say(names::twice(Sort::Rule, text, node.span, None)),
            None => {
                let names = known.iter().map(|(name, _)| name.as_str());
                desk.say(unknown(Sort::Rule, text, node.span, names));
            }
        }
    }
    for (name, span) in known.iter().filter(|(name, _)| !taken.contains(name)) {
        desk.say(
            Diagnostic::new(
                codes::RULE_NOT_LISTED,
                *span,
                words!(
                    "规则 `{name}` 不在结算的 `rules` 里",
                    "the rule `{name}` is not among the `rules` of the settlement"
                ),
            )
            .advise(words!(
                "在 settlement.yaml 的 `rules` 里按计算次序写上",
                "add it to `rules` in settlement.yaml, in the order of computing"
            )),
        );
    }
    found
}

fn rule(
    root: &Node,
    file: &str,
    parameters: Vec<Parameter>,
    places: Vec<Name>,
    before: &[Rule],
    lists: &mut Vec<List>,
    desk: &mut Desk<'_>,
) -> (Rule, BTreeSet<usize>) {
    let tables = Tables::read(root, None, &parameters, desk);
    let mut fixed: Vec<(Name, Type)> = YEAR_VARIABLES
        .iter()
        .zip([Type::Integer, Type::Date, Type::Date])
        .map(|(n, t)| ((*n).into(), t))
        .collect();
    fixed.extend(parameters.iter().map(|it| (it.name.clone(), it.ty.clone())));
    let name = pick::name(root, "rule").unwrap_or_else(|| "rule".into());
    let mut maker = Maker { desk, lists, before, file, fixed, tables, read: BTreeSet::new() };
    let first = maker.lists.len();
    steps::read(root, &mut maker);
    let lines = lines::read(root, &mut maker);
    let Maker { tables, read, .. } = maker;
    tables.check_used(desk);
    examine::unused_steps(first, before.len(), &lines, lists, desk);
    let rule = Rule {
        title: pick::title(root, &name),
        basis: pick::name(root, "basis"),
        file: file.into(),
        parameters,
        places,
        tables: tables.decisions,
        lines,
        name,
    };
    (rule, read)
}

/// Where the parameters of a document are written.
fn places(root: &Node, file: &str, desk: &Desk<'_>) -> Vec<Name> {
    declared(root, "parameters").iter().map(|it| place(file, it.span, desk)).collect()
}

/// `R1-hedge.yaml:41`
pub(super) fn place(file: &str, span: Span, desk: &Desk<'_>) -> Name {
    let short = file.rsplit('/').next().unwrap_or(file);
    format!("{short}:{}", desk.sources.line_of(span.file, span.start())).into()
}

/// Reports parameters that no formula reads.
fn unread(root: &Node, first: usize, read: &BTreeSet<usize>, desk: &mut Desk<'_>) {
    for (at, it) in declared(root, "parameters").iter().enumerate() {
        if !read.contains(&(first + at)) {
            let name = &it.name;
            desk.say(Diagnostic::new(
                codes::UNUSED_NAME,
                it.span,
                words!("没有公式读参数 `{name}`", "no formula reads the parameter `{name}`"),
            ));
        }
    }
}

impl Maker<'_, '_> {
    /// Where a thing of this file is written, for people.
    pub fn place(&self, span: Span) -> Name {
        place(self.file, span, self.desk)
    }

    /// The formula under a key, over columns; none when it is not written or wrong.
    pub fn formula(&mut self, node: &Node, key: &str, wanted: &Type, columns: &[Column]) -> Option<Formula> {
        let written = node.get(key)?;
        self.compile(written, wanted, columns)
    }

    /// The same, with a formula that stands when nothing is written.
    pub fn formula_or(
        &mut self,
        node: &Node,
        key: &str,
        otherwise: &str,
        wanted: &Type,
        columns: &[Column],
    ) -> Option<Formula> {
        match node.get(key) {
            Some(written) => self.compile(written, wanted, columns),
            None => compile_as(otherwise, wanted, &self.scope(columns), Mode::Policy).ok(),
        }
    }

    /// A formula written at a node.
    pub fn compile(&mut self, written: &Node, wanted: &Type, columns: &[Column]) -> Option<Formula> {
        let text = written.as_text()?;
        match compile_as(text, wanted, &self.scope(columns), Mode::Policy) {
            Ok(formula) => {
                self.take(written, &formula);
                Some(formula)
            }
            Err(errors) => {
                errors.iter().for_each(|error| report_formula(written, error, self.desk));
                None
            }
        }
    }

    /// Remembers what a formula reads and asks, and reports numbers of policy in it.
    fn take(&mut self, written: &Node, formula: &Formula) {
        let first = YEAR_VARIABLES.len();
        let slots = formula.reads().iter().map(|read| read.slot.0 as usize);
        self.read.extend(slots.filter(|at| (first..self.fixed.len()).contains(at)).map(|at| at - first));
        self.desk.asked.extend(formula.calls().iter().filter_map(|call| (call.0 as usize).checked_sub(1)));
        for literal in formula.literals() {
            let Some(number) = literal.value.as_number() else { continue };
            if PLAIN_NUMBERS.iter().any(|plain| number == rust_decimal::Decimal::from(*plain)) {
                continue;
            }
            let span = written.locate(self.desk.sources, literal.span.clone());
            self.desk.say(
                Diagnostic::new(
                    codes::LITERAL_THRESHOLD,
                    span,
                    words!(
                        "公式里直接写了政策数字 {number}",
                        "a number of policy, {number}, is written into a formula"
                    ),
                )
                .advise(words!(
                    "写成 `parameters` 里有日期、有依据的参数",
                    "make it a parameter with a date and a basis"
                )),
            );
        }
    }

    fn scope(&self, columns: &[Column]) -> Scope {
        let mut scope = Scope::new();
        for (name, ty) in &self.fixed {
            scope.variable(name, ty.clone());
        }
        for column in columns {
            scope.variable(&column.name, column.ty.clone());
        }
        scope.function(ROUNDED, &[Type::Money, Type::Text], Type::Money);
        for (name, takes, gives) in self.tables.functions() {
            scope.function(name, takes, gives.clone());
        }
        scope
    }

    /// The list of a name: a step of this rule, a step of a rule before (`R2_team.awarded`), an input set.
    pub fn list(&mut self, written: &str, span: Span) -> Option<usize> {
        let own = Some(self.before.len());
        let full = |list: &List| match list.rule {
            Some(rule) if rule < self.before.len() => format!("{}.{}", self.before[rule].name, list.name),
            _ => list.name.to_string(),
        };
        let names: Vec<(String, bool)> = self.lists.iter().map(|it| (full(it), it.rule == own)).collect();
        let found = names.iter().rposition(|(name, own)| name == written && *own);
        let found = found.or_else(|| names.iter().position(|(name, _)| name == written));
        if found.is_none() {
            let known = names.iter().map(|(name, _)| name.as_str());
            self.desk.say(unknown(Sort::List, written, span, known));
        }
        found
    }

    /// The column of a name in a list of columns.
    pub fn column(&mut self, written: &str, span: Span, columns: &[Column]) -> Option<usize> {
        self.desk.find(Sort::ListColumn, written, span, columns.iter().map(|it| &*it.name))
    }

    /// The columns of the names under a key.
    pub fn columns(&mut self, node: &Node, key: &str, columns: &[Column]) -> Option<Vec<usize>> {
        let written = node.get(key)?;
        let nodes = written.as_seq().unwrap_or(std::slice::from_ref(written));
        nodes.iter().map(|it| self.column(it.as_text()?, it.span, columns)).collect()
    }

    /// Whether a name may be given to a column here; reports why not.
    pub fn check_new(&mut self, name: &str, span: Span, columns: &[Column]) {
        names::check_word(Sort::ListColumn, name, span, self.desk);
        let taken = columns.iter().any(|column| *column.name == *name)
            || self.fixed.iter().any(|(fixed, _)| **fixed == *name);
        if taken {
            let found = Diagnostic::new(
                codes::NAME_TAKEN,
                span,
                words!("`{name}` 已是一列或一个参数", "`{name}` is a column or a parameter already"),
            );
            self.desk.say(found.label(words!("请换一个名字", "choose another name")));
        }
    }

    /// A new column.
    pub fn new_column(name: &str, title: Bilingual, ty: Type) -> Column {
        Column { name: name.into(), title, ty }
    }
}

/// Null is allowed.
pub(super) fn anything() -> Type {
    Type::Nullable(Box::new(Type::Any))
}
