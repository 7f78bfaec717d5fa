//! What a settlement comes to: lines for payees, and every row that was left out or remarked, with its effect.

use std::collections::BTreeMap;

use expr::money::{Rounding, Yuan};
use expr::value::Value;
use language::rules::{FIGURES, LineKind, LineRule, Made, Step};
use machine::ids::Name;
use rust_decimal::Decimal;

use crate::{Run, Stopped};

/// More lines and exceptions than this are not kept.
const MOST: usize = 2_000_000;

/// One line: what one payee receives under one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// `R1_hedge.hedge/B001`
    pub id: String,
    /// The rule, by its place in the book.
    pub rule: usize,
    /// The kind of line, by its place in the rule.
    pub line: usize,
    /// What becomes of it.
    pub kind: LineKind,
    /// Who receives it.
    pub payee: String,
    /// The figures, in the order of [`FIGURES`].
    pub figures: Vec<Option<Decimal>>,
    /// The amount, whole fen.
    pub net: Yuan,
}

/// A row that was left out, or that counts and is listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Exception {
    /// The rule, by its place in the book.
    pub rule: usize,
    /// The list it was met in.
    pub list: usize,
    /// `over_household_limit`
    pub code: Name,
    /// Whether the row was left out.
    pub left_out: bool,
    /// Whose row it is, where the list says so.
    pub institution: Option<String>,
    /// Whom it is about.
    pub subject: Option<String>,
    /// What it would have brought, at most.
    pub effect: Yuan,
    /// The set and the line of its file.
    pub row: Option<(usize, u32)>,
}

/// What a settlement comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The lines, by rule, kind and payee.
    pub lines: Vec<Line>,
    /// The exceptions, by rule, list, code and subject.
    pub exceptions: Vec<Exception>,
}

/// Computes every rule.
///
/// # Errors
/// A rule that cannot be computed: then nothing is.
pub fn settle(run: &Run<'_>) -> Result<Outcome, Stopped> {
    let mut outcome = Outcome::default();
    for (rule, written) in run.book.rules.iter().enumerate() {
        for line in 0..written.lines.len() {
            lines(run, rule, line, &mut outcome.lines)?;
        }
    }
    for list in 0..run.book.lists.len() {
        exceptions(run, list, &mut outcome.exceptions)?;
    }
    name(run, &mut outcome.lines);
    Ok(outcome)
}

/// The lines of one kind.
fn lines(run: &Run<'_>, rule: usize, line: usize, into: &mut Vec<Line>) -> Result<(), Stopped> {
    let written = &run.book.rules[rule].lines[line];
    let mut found = Vec::new();
    run.each(written.from, &mut |row, _| {
        let made = one(run, rule, line, written, row).map_err(|error| error.at(&written.place))?;
        found.extend(made);
        if found.len() > MOST { Err(too_many()) } else { Ok(()) }
    })?;
    found.sort_by(|a, b| (&a.payee, a.net, &a.figures).cmp(&(&b.payee, b.net, &b.figures)));
    into.extend(found);
    Ok(())
}

fn too_many() -> Stopped {
    Stopped::new(
        format!("结算行或例外超过 {MOST} 行"),
        format!("there are more than {MOST} lines or exceptions"),
    )
}

fn one(
    run: &Run<'_>,
    rule: usize,
    line: usize,
    written: &LineRule,
    row: &[Value],
) -> Result<Option<Line>, Stopped> {
    let fixed = run.fixed(rule);
    if let Some(keep) = &written.keep
        && !fixed.holds(keep, row)?
    {
        return Ok(None);
    }
    let payee = fixed.eval(&written.payee, row)?.plain();
    let mut figures = Vec::with_capacity(FIGURES.len());
    for formula in &written.figures {
        figures.push(match formula {
            Some(formula) => fixed.number(formula, row)?,
            None => None,
        });
    }
    let net = figures.last().copied().flatten().unwrap_or_default();
    let net = Yuan::exact(net).map_err(|_| {
        Stopped::new(
            format!("{payee} 的金额 {net} 不是整分：结算行的 net 要先舍入"),
            format!("the amount {net} of {payee} is no whole number of fen: round it before the line"),
        )
    })?;
    Ok(Some(Line { id: String::new(), rule, line, kind: written.kind, payee, figures, net }))
}

/// Gives every line its name; several of one payee are counted.
fn name(run: &Run<'_>, lines: &mut [Line]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines {
        let rule = &run.book.rules[line.rule];
        let plain = format!("{}.{}/{}", rule.name, rule.lines[line.line].name, line.payee);
        let count = seen.entry(plain.clone()).or_default();
        *count += 1;
        line.id = if *count == 1 { plain } else { format!("{plain}#{count}") };
    }
}

/// The exceptions of one list.
pub fn exceptions(run: &Run<'_>, list: usize, into: &mut Vec<Exception>) -> Result<(), Stopped> {
    let here = &run.book.lists[list];
    let Made::Step(step) = &here.made else { return Ok(()) };
    let Some(rule) = here.rule else { return Ok(()) };
    if step.exclude.is_empty() && step.remark.is_empty() {
        return Ok(());
    }
    let institution = here.column("institution");
    let base = base_of(run, list);
    let mut found: Vec<Exception> = Vec::new();
    run.computed(list, &mut |made, row, at| {
        // Rows that were given for a step have been judged by whoever gave them.
        let Some(step) = made else { return Ok(()) };
        let mut say = |code: &Name, left_out: bool| -> Result<(), Stopped> {
            found.push(Exception {
                rule,
                list,
                code: code.clone(),
                left_out,
                institution: institution.map(|at| row[at].plain()),
                subject: subject(run, list, step, row)?,
                effect: effect(run, list, step, row)?,
                row: base.and_then(|set| Some((set, run.data.lists.get(&set)?.line(at)))),
            });
            Ok(())
        };
        let fixed = run.fixed(rule);
        for coded in &step.exclude {
            if fixed.holds(&coded.when, row)? {
                return say(&coded.code, true);
            }
        }
        for coded in &step.remark {
            if fixed.holds(&coded.when, row)? {
                say(&coded.code, false)?;
            }
        }
        if found.len() > MOST { Err(too_many()) } else { Ok(()) }
    })?;
    let key = |it: &Exception| (it.code.clone(), it.institution.clone(), it.subject.clone(), it.effect);
    found.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.row.cmp(&b.row)));
    into.extend(found);
    Ok(())
}

fn subject(run: &Run<'_>, list: usize, step: &Step, row: &[Value]) -> Result<Option<String>, Stopped> {
    if let Some(formula) = &step.subject {
        let value = run.fixed_of(list).eval(formula, row)?;
        return Ok(Some(value).filter(|value| !value.is_null()).map(|value| value.plain()));
    }
    Ok(run.book.lists[list].column("household").map(|at| row[at].plain()))
}

/// Effects are told to the fen.
fn effect(run: &Run<'_>, list: usize, step: &Step, row: &[Value]) -> Result<Yuan, Stopped> {
    let Some(formula) = &step.effect else { return Ok(Yuan::ZERO) };
    let effect = run.fixed_of(list).number(formula, row)?.unwrap_or_default();
    Yuan::rounded(effect, Rounding::HalfUp)
        .map_err(|error| Stopped::new(error.text(expr::lang::Lang::Zh), error.to_string()))
}

/// The input set whose rows reach a list one by one; none behind a group or a ranking.
pub fn base_of(run: &Run<'_>, list: usize) -> Option<usize> {
    let mut at = list;
    loop {
        match &run.book.lists[at].made {
            Made::Input(_) => return Some(at),
            Made::Step(step) if step.group.is_some() || step.rank.is_some() => return None,
            Made::Step(step) => at = step.from,
        }
    }
}

impl Outcome {
    /// The sum of the lines of a kind.
    ///
    /// # Errors
    /// A sum that cannot be written.
    pub fn sum(&self, kind: LineKind) -> Result<Yuan, Stopped> {
        Yuan::sum(self.lines.iter().filter(|line| line.kind == kind).map(|line| line.net))
            .map_err(|_| crate::stopped::too_large())
    }
}
