//! Why an amount is what it is: from the line down to the rows of the files, with formula, parameters and clause.

use std::collections::BTreeMap;

use expr::formula::Formula;
use expr::lang::Lang;
use expr::value::Value;
use language::rules::{Computed, FIGURES, Form, Made, Rows, Step, Total, YEAR_VARIABLES};
use rust_decimal::Decimal;

use crate::gather::pick;
use crate::outcome::base_of;
use crate::write::one;
use crate::{Line, Run, Stopped};

/// Rows of a file that are shown; the rest is counted.
pub const ROWS_SHOWN: usize = 20;
/// Steps further back are not told.
const DEPTH_MAX: usize = 24;

/// One thing that is explained.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reason {
    /// What it is, in Chinese.
    pub zh: String,
    /// What it is, in English.
    pub en: String,
    /// What it comes to.
    pub value: String,
    /// How it is computed.
    pub how: String,
    /// The file and line of the rule.
    pub place: String,
    /// The clause.
    pub basis: Option<String>,
    /// The parameters it reads: name, value, clause.
    pub parameters: Vec<(String, String, String)>,
    /// A total divided: by what, rows, what they come to.
    pub parts: Vec<(String, usize, Decimal)>,
    /// Rows of a file: file, line, what it says.
    pub rows: Vec<(String, u32, String)>,
    /// How many rows there are.
    pub count: usize,
    /// What it is made of.
    pub of: Vec<Reason>,
}

struct Explainer<'r, 'b> {
    run: &'r Run<'b>,
    rows_shown: usize,
}

/// Explains a line. `rows_shown` rows of every total are listed.
///
/// # Errors
/// A rule that cannot be computed; a line that is not there any more.
pub fn explain(run: &Run<'_>, line: &Line, rows_shown: usize) -> Result<Reason, Stopped> {
    let rule = &run.book.rules[line.rule];
    let of = &rule.lines[line.line];
    let fixed = run.fixed(line.rule);
    let mut found = None;
    run.each(of.from, &mut |row, _| {
        let mut figures = Vec::new();
        for formula in &of.figures {
            figures.push(match formula {
                Some(formula) => fixed.number(formula, row)?,
                None => None,
            });
        }
        let stays = match &of.keep {
            Some(keep) => fixed.holds(keep, row)?,
            None => true,
        };
        if stays && fixed.eval(&of.payee, row)?.plain() == line.payee && figures == line.figures {
            found = Some(row.clone());
        }
        Ok(())
    })?;
    let row = found.ok_or_else(|| Stopped::new("这一行已经没有了", "this line is not there any more"))?;
    let explainer = Explainer { run, rows_shown };
    let net = of.figures[FIGURES.len() - 1].as_ref();
    let mut reason = Reason {
        zh: of.title.zh.to_string(),
        en: of.title.en.to_string(),
        value: line.net.to_string(),
        how: net.map(|it| it.text().to_owned()).unwrap_or_default(),
        place: of.place.to_string(),
        basis: rule.basis.as_deref().map(str::to_owned),
        ..Reason::default()
    };
    if let Some(net) = net {
        reason.parameters = explainer.parameters(line.rule, net);
        reason.of = explainer.columns(of.from, net, &row, DEPTH_MAX)?;
    }
    Ok(reason)
}

impl Explainer<'_, '_> {
    /// The parameters a formula reads.
    fn parameters(&self, rule: usize, formula: &Formula) -> Vec<(String, String, String)> {
        let fixed = &self.run.fixed(rule).values;
        let mut all = BTreeMap::new();
        for read in formula.reads() {
            let slot = read.slot.0 as usize;
            let Some(at) = slot.checked_sub(YEAR_VARIABLES.len()) else { continue };
            let Some(parameter) = self.run.book.rules[rule].parameters.get(at) else { continue };
            let basis =
                parameter.values.iter().rev().find_map(|dated| dated.basis.as_deref()).unwrap_or_default();
            all.insert(parameter.name.to_string(), (fixed[slot].plain(), basis.to_owned()));
        }
        all.into_iter().map(|(name, (value, basis))| (name, value, basis)).collect()
    }

    /// The columns a formula reads of a row, explained.
    fn columns(
        &self,
        list: usize,
        formula: &Formula,
        row: &[Value],
        depth: usize,
    ) -> Result<Vec<Reason>, Stopped> {
        let first = self.run.fixed_of(list).values.len();
        let mut slots: Vec<usize> =
            formula.reads().iter().filter_map(|read| (read.slot.0 as usize).checked_sub(first)).collect();
        slots.sort_unstable();
        slots.dedup();
        let mut all = Vec::new();
        for at in slots {
            all.push(self.column(list, at, row, depth)?);
        }
        Ok(all)
    }

    /// One column of a row.
    fn column(&self, list: usize, at: usize, row: &[Value], depth: usize) -> Result<Reason, Stopped> {
        let here = &self.run.book.lists[list];
        let column = &here.columns[at];
        let mut reason = Reason {
            zh: column.title.zh.to_string(),
            en: column.title.en.to_string(),
            value: row.get(at).map(shown).unwrap_or_default(),
            place: here.place.to_string(),
            ..Reason::default()
        };
        let (Made::Step(step), Some(depth)) = (&here.made, depth.checked_sub(1)) else { return Ok(reason) };
        let width = match &step.group {
            Some(keys) => keys.len(),
            None => self.run.book.lists[step.from].columns.len(),
        };
        match at.checked_sub(width).and_then(|at| step.columns.get(at)) {
            Some(computed) => self.computed(list, step, computed, row, depth, &mut reason)?,
            None if at < width && step.group.is_none() => {
                let width = self.run.book.lists[step.from].columns.len();
                return self.column(step.from, at, &row[..width.min(row.len())], depth);
            }
            // What a ranking adds.
            None => reason.how = step.rank.as_ref().map(|rank| rank.by.text().to_owned()).unwrap_or_default(),
        }
        Ok(reason)
    }

    fn computed(
        &self,
        list: usize,
        step: &Step,
        computed: &Computed,
        row: &[Value],
        depth: usize,
        reason: &mut Reason,
    ) -> Result<(), Stopped> {
        let here = &self.run.book.lists[list];
        reason.place = computed.place.to_string();
        let basis = computed.basis.as_ref().or(here.basis.as_ref());
        reason.basis = basis.map(|it| it.to_string());
        let rule = here.rule.unwrap_or(0);
        let take = |formula: &Formula, reason: &mut Reason| -> Result<(), Stopped> {
            reason.parameters.extend(self.parameters(rule, formula));
            reason.of.extend(self.columns(list, formula, row, depth)?);
            Ok(())
        };
        match &computed.form {
            Form::Formula(formula) => {
                reason.how = formula.text().to_owned();
                take(formula, reason)
            }
            Form::Tiers(tiers) => {
                reason.how = format!("tiers: {}", tiers.of.text());
                take(&tiers.of, reason)?;
                take(&tiers.mode, reason)?;
                tiers.scale.iter().try_for_each(|(from, _, rate)| {
                    take(from, reason)?;
                    take(rate, reason)
                })
            }
            Form::Split(split) => {
                reason.how = format!("split: {}", split.amount.text());
                take(&split.amount, reason)
            }
            Form::Carry(carry) => {
                reason.how = format!("carry: grant {} / call {}", carry.grant.text(), carry.call.text());
                [&carry.grant, &carry.call, &carry.years, &carry.payout_cap]
                    .into_iter()
                    .try_for_each(|formula| take(formula, reason))
            }
            Form::Reasons(reasons) => reasons.iter().try_for_each(|coded| take(&coded.when, reason)),
            Form::Total(total) => self.total(list, step, total, row, depth, reason),
        }
    }

    /// A total: the rows it is over, divided where the rule says so.
    fn total(
        &self,
        list: usize,
        step: &Step,
        total: &Total,
        row: &[Value],
        depth: usize,
        reason: &mut Reason,
    ) -> Result<(), Stopped> {
        let fixed = self.run.fixed_of(list);
        let value = total.value.as_ref().map(|it| it.text().to_owned()).unwrap_or_default();
        let kept = total.keep.as_ref().map(|it| format!(" where {}", it.text())).unwrap_or_default();
        reason.how = format!("{} {value}{kept}", format!("{:?}", total.gather).to_lowercase());
        if let Some(value) = &total.value {
            reason.parameters = self.parameters(self.run.book.lists[list].rule.unwrap_or(0), value);
        }
        let (source, theirs, ours): (usize, Vec<usize>, Vec<usize>) = match &total.rows {
            Rows::Group => {
                let keys = step.group.clone().unwrap_or_default();
                (step.from, keys.clone(), (0..keys.len()).collect())
            }
            Rows::Own { per, .. } => (step.from, per.clone(), per.clone()),
            Rows::Other { list, on } => (
                *list,
                on.iter().map(|(their, _)| *their).collect(),
                on.iter().map(|(_, our)| *our).collect(),
            ),
        };
        let own = matches!(total.rows, Rows::Own { .. });
        let width = self.run.book.lists[source].columns.len();
        if own && theirs.iter().any(|at| *at >= width) {
            return Ok(());
        }
        let wanted = pick(row, ours.into_iter());
        let base = base_of(self.run, source);
        let mut parts: BTreeMap<String, (usize, Decimal)> = BTreeMap::new();
        let mut alone: Option<Vec<Value>> = None;
        self.run.each(source, &mut |found, at| {
            if pick(found, theirs.iter().copied()) != wanted {
                return Ok(());
            }
            // A total within its own list may read columns that its rows do not have yet.
            let kept = match &total.keep {
                Some(keep) if !own => fixed.holds(keep, found)?,
                _ => true,
            };
            if !kept {
                return Ok(());
            }
            let amount = match &total.value {
                Some(value) if !own => fixed.eval(value, found)?.as_number(),
                _ => None,
            };
            reason.count += 1;
            alone = if reason.count == 1 { Some(found.clone()) } else { None };
            let by: Vec<String> = total.shown_by.iter().filter_map(|at| found.get(*at)).map(shown).collect();
            if !by.is_empty() {
                let part = parts.entry(by.join(" ")).or_default();
                part.0 += 1;
                part.1 += amount.unwrap_or_default();
            }
            if let (Some(set), true) = (base, reason.rows.len() < self.rows_shown) {
                let line = self.run.data.lists.get(&set).map_or(0, |rows| rows.line(at));
                let name = format!("{}.csv", self.run.book.lists[set].name);
                let told = amount.map(|it| it.normalize().to_string()).unwrap_or_default();
                reason.rows.push((name, line, told));
            }
            Ok(())
        })?;
        reason.parts = parts.into_iter().map(|(by, (count, sum))| (by, count, sum)).collect();
        if let (Some(only), Some(value), None) = (alone, &total.value, base) {
            reason.of = self.columns_of(list, source, value, &only, depth)?;
        }
        Ok(())
    }

    /// The columns a value of another list reads of its one row.
    fn columns_of(
        &self,
        list: usize,
        source: usize,
        value: &Formula,
        row: &[Value],
        depth: usize,
    ) -> Result<Vec<Reason>, Stopped> {
        let first = self.run.fixed_of(list).values.len();
        let slots = value.reads().iter().filter_map(|read| (read.slot.0 as usize).checked_sub(first));
        slots.filter(|at| *at < row.len()).map(|at| self.column(source, at, row, depth)).collect()
    }
}

/// A value for people: amounts with separators.
fn shown(value: &Value) -> String {
    match value {
        Value::Number(number) => match expr::money::Yuan::exact(*number) {
            Ok(yuan) if number.abs() >= Decimal::ONE_THOUSAND => yuan.to_string(),
            _ => number.normalize().to_string(),
        },
        other => other.plain(),
    }
}

impl Reason {
    /// As indented text.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = String::new();
        self.write(lang, 0, &mut out);
        out
    }

    fn write(&self, lang: Lang, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth);
        let title = lang.pick(&self.zh, &self.en);
        let how = if self.how.is_empty() { String::new() } else { format!(" = {}", self.how) };
        let basis = self.basis.as_ref().map(|it| format!(" · {it}")).unwrap_or_default();
        out.push_str(&format!("{indent}{title}{how} = {}   [{}{basis}]\n", self.value, self.place));
        for (name, value, basis) in &self.parameters {
            out.push_str(&format!("{indent}    {name} = {value}  {basis}\n"));
        }
        for (by, count, sum) in &self.parts {
            let rows = one(lang, format!("{count} 行"), format!("{count} rows"));
            out.push_str(&format!("{indent}    {by}: {rows}, {}\n", sum.normalize()));
        }
        if self.count > 0 {
            let rows = one(lang, format!("共 {} 行", self.count), format!("{} rows", self.count));
            out.push_str(&format!("{indent}    {rows}\n"));
        }
        for (file, line, told) in &self.rows {
            out.push_str(&format!("{indent}      {file}:{line}  {told}\n"));
        }
        if self.count > self.rows.len() && !self.rows.is_empty() {
            let more = self.count - self.rows.len();
            out.push_str(&one(
                lang,
                format!("{indent}      …还有 {more} 行\n"),
                format!("{indent}      ... {more} more\n"),
            ));
        }
        self.of.iter().for_each(|reason| reason.write(lang, depth + 1, out));
    }
}
