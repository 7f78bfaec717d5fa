//! Children of a case: who may start one, which place it takes.

use expr::formula::Formula;
use expr::value::Value;

use crate::chart::{Again, Cap, Chart, ChildRules};
use crate::fact::What;
use crate::ids::{ChartIx, FieldIx, Name, RunIx};
use crate::incident::Incident;
use crate::refusal::{Code, Refusal};
use crate::turn::{Occurrence, Stop, Turn};

impl Turn<'_> {
    /// Starts a child if its rules allow: one active child a key, coming again, the cap.
    ///
    /// # Errors
    /// The refusal codes of the child's rules.
    pub fn start_child(
        &mut self,
        run: RunIx,
        kind: ChartIx,
        key: &Formula,
        data: &[(FieldIx, Formula)],
        on: Option<&Occurrence>,
    ) -> Result<(), Stop> {
        let chart = self.definition.chart(kind);
        let key = self.value(run, key, on)?;
        let slot = match &chart.child {
            Some(rules) => self.may_start(run, kind, rules, &key, on)?,
            None => None,
        };
        let mut values = defaults(chart);
        for (field, formula) in data {
            values[field.at()] = self.value(run, formula, on)?;
        }
        let child = RunIx(u16::try_from(self.case.runs.len()).map_err(|_| Refusal::of(Code::TooMany, &[]))?);
        self.emit(child, What::Started { chart: kind, key, slot, data: values });
        self.begin(child);
        Ok(())
    }

    fn may_start(
        &mut self,
        run: RunIx,
        kind: ChartIx,
        rules: &ChildRules,
        key: &Value,
        on: Option<&Occurrence>,
    ) -> Result<Option<u16>, Stop> {
        let same_key = |t: &Self| t.case.runs.iter().filter(|r| r.chart == kind && r.key == *key).count();
        let latest = self.case.find_child(kind, key);
        if latest.is_some_and(|r| self.run(r).ended.is_none()) {
            return Err(Refusal::named(&rules.already).into());
        }
        if let (Some(again), Some(latest)) = (&rules.again, latest) {
            let before = same_key(self);
            self.may_come_again(run, again, latest, before, on)?;
        }
        match &rules.cap {
            Some(cap) => self.free_slot(run, kind, cap, on).map(Some),
            None => Ok(None),
        }
    }

    fn may_come_again(
        &self,
        run: RunIx,
        again: &Again,
        latest: RunIx,
        before: usize,
        on: Option<&Occurrence>,
    ) -> Result<(), Stop> {
        if before > self.count(run, &again.limit, on)? {
            return Err(Refusal::named(&again.refusal).into());
        }
        let Some(cooldown) = &again.cooldown else { return Ok(()) };
        // A wait of nothing is no wait; a period of no days would last until the end of the day.
        if self.value(run, cooldown, on)?.as_period().is_some_and(|p| p.n == 0) {
            return Ok(());
        }
        let ended = self.run(latest).ended.as_ref().map_or(self.at, |e| e.at);
        if self.after(run, ended, cooldown, on)? > self.at {
            return Err(Refusal::named(&again.refusal).into());
        }
        Ok(())
    }

    /// The smallest free place under the cap.
    fn free_slot(&self, run: RunIx, kind: ChartIx, cap: &Cap, on: Option<&Occurrence>) -> Result<u16, Stop> {
        let limit = self.count(run, &cap.limit, on)?;
        let scope = self.value(run, &cap.scope, on)?;
        let of_kind = self.case.runs.iter().filter(|r| r.chart == kind);
        let taken: Vec<u16> = match scope.as_text() {
            Some("concurrent") => of_kind.filter(|r| r.ended.is_none()).filter_map(|r| r.slot).collect(),
            // Every child that ever took a place counts, also one that gave it back.
            Some("lifetime") => (1..).take(of_kind.count()).collect(),
            _ => {
                let wanted = ("concurrent 或 lifetime", "concurrent or lifetime");
                return Err(Incident::wrong_kind(run, cap.scope.text(), wanted, &scope).into());
            }
        };
        let free = (1..=u16::MAX).find(|s| !taken.contains(s)).unwrap_or(u16::MAX);
        if usize::from(free) > limit || taken.len() >= limit {
            return Err(Refusal::named(&cap.refusal).into());
        }
        Ok(free)
    }

    /// A whole number, zero or more.
    fn count(&self, run: RunIx, formula: &Formula, on: Option<&Occurrence>) -> Result<usize, Stop> {
        let value = self.value(run, formula, on)?;
        whole(&value).and_then(|n| usize::try_from(n).ok()).ok_or_else(|| {
            let wanted = ("不小于零的整数", "a whole number, zero or more");
            Incident::wrong_kind(run, formula.text(), wanted, &value).into()
        })
    }
}

/// A whole number.
pub fn whole(value: &Value) -> Option<i64> {
    let number = value.as_number().filter(|n| n.fract().is_zero())?;
    i64::try_from(number).ok()
}

/// The data of a new run before anything is known.
pub fn defaults(chart: &Chart) -> Vec<Value> {
    chart.fields.iter().map(|f| f.default.clone().unwrap_or(Value::Null)).collect()
}

/// The data of a new run from values by name; names that are not fields are returned.
///
/// # Errors
/// The unknown names.
pub fn start_data(chart: &Chart, given: &[(Name, Value)]) -> Result<Vec<Value>, Vec<Name>> {
    let mut values = defaults(chart);
    let mut unknown = Vec::new();
    for (name, value) in given {
        match chart.find_field(name) {
            Some(field) => values[field.at()] = value.clone(),
            None => unknown.push(name.clone()),
        }
    }
    if unknown.is_empty() { Ok(values) } else { Err(unknown) }
}
