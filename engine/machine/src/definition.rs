//! A checked process: immutable, content-hashed, every name resolved. `language` is its only maker.

use expr::value::{Type, Value};
use jiff::civil::Date;

use crate::action::RecordDecl;
use crate::chart::Chart;
use crate::ids::{Bilingual, ChartIx, Name, ParameterIx, RoleIx};
use crate::spoken::Choices;
use crate::table::DecisionTable;

/// A process as it is deployed: one main chart and the charts of its children.
#[derive(Clone, Debug)]
pub struct Definition {
    /// `financing_demand`
    pub process: Name,
    /// Counted by its authors; the hash is the identity.
    pub version: u32,
    /// SHA-256 of the canonical form, in hex. Two texts of the same content share it.
    pub hash: Name,
    /// For people.
    pub title: Bilingual,
    /// The clause or document it rests on.
    pub basis: Option<Name>,
    /// The office that answers for it.
    pub owner: Option<Name>,
    /// New cases use it from this day.
    pub effective: Option<Date>,
    /// The calendar that working days are counted by.
    pub calendar: Name,
    /// Who acts.
    pub roles: Vec<Role>,
    /// Every number a policy can change.
    pub parameters: Vec<Parameter>,
    /// Decision tables, which formulas call by name.
    pub tables: Vec<DecisionTable>,
    /// Why the rules may say no, in people's words.
    pub refusals: Vec<RefusalDecl>,
    /// Lines of history.
    pub records: Vec<RecordDecl>,
    /// Notices this process sends.
    pub notices: Vec<NoticeDecl>,
    /// The main chart first.
    pub charts: Vec<Chart>,
    /// The value other cases reach this one by, a field of the main chart.
    pub correlate: Option<crate::ids::FieldIx>,
    /// Who may open a case; empty means everyone with a role in the process.
    pub opened_by: Vec<RoleIx>,
    /// What people call the values of choices.
    pub choices: Choices,
}

/// Someone's part in the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// `bank_clerk`
    pub name: Name,
    /// For people.
    pub title: Bilingual,
}

/// A number, period, choice or text that a policy can change, with its values by date.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Name in formulas.
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// What it holds.
    pub ty: Type,
    /// Each valid from its day until the next one's; in order of days, never empty.
    pub values: Vec<Dated>,
    /// Where the value comes from.
    pub origin: Origin,
}

/// A value from a day on.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated {
    /// First day it holds.
    pub from: Date,
    /// The value.
    pub value: Value,
    /// The document that set it.
    pub basis: Option<Name>,
}

/// How a parameter's value is known (DOMAIN: seed, law, public, assumed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Printed in the office's own material.
    Seed,
    /// A statute.
    Law,
    /// Another public text.
    Public,
    /// Assumed: the office decides.
    Assumed,
}

/// A declared refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalDecl {
    /// `slots_full`
    pub code: Name,
    /// The sentence for people.
    pub words: Bilingual,
}

/// A declared notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeDecl {
    /// Template name.
    pub name: Name,
    /// For people: what it is about.
    pub title: Bilingual,
}

impl Parameter {
    /// The value on a day; before the first value's day the first value holds, so that a formula always
    /// has one (a lint reports definitions whose parameters start late).
    pub fn on(&self, day: Date) -> &Value {
        let known = self.values.iter().rev().find(|v| v.from <= day);
        &known.or(self.values.first()).expect("a parameter has at least one value: checked when built").value
    }
}

impl Definition {
    /// The chart of this index.
    pub fn chart(&self, chart: ChartIx) -> &Chart {
        &self.charts[chart.at()]
    }

    /// The main process.
    pub fn main(&self) -> &Chart {
        self.chart(ChartIx::MAIN)
    }

    /// The chart of this name among the children.
    pub fn find_child(&self, name: &str) -> Option<ChartIx> {
        let at = self.charts.iter().skip(1).position(|c| &*c.name == name)?;
        u16::try_from(at + 1).ok().map(ChartIx)
    }

    /// The role of this name.
    pub fn find_role(&self, name: &str) -> Option<RoleIx> {
        let at = self.roles.iter().position(|r| &*r.name == name)?;
        u16::try_from(at).ok().map(RoleIx)
    }

    /// The parameter of this name.
    pub fn find_parameter(&self, name: &str) -> Option<ParameterIx> {
        let at = self.parameters.iter().position(|p| &*p.name == name)?;
        u16::try_from(at).ok().map(ParameterIx)
    }

    /// The words of a refusal code: the definition's own, or the engine's.
    pub fn refusal_words(&self, code: &str) -> Option<&Bilingual> {
        self.refusals.iter().find(|r| &*r.code == code).map(|r| &r.words)
    }

    /// The same process with other values for some parameters from their first day on; before it its own hold.
    /// The hash says so.
    ///
    /// # Errors
    /// The names that are not parameters of this process.
    pub fn with_values(&self, values: &[(Name, Vec<Dated>)]) -> Result<Definition, Vec<Name>> {
        let mut changed = self.clone();
        let mut unknown = Vec::new();
        let mut said = Vec::new();
        for (name, dated) in values {
            let Some(parameter) = changed.parameters.iter_mut().find(|p| p.name == *name) else {
                unknown.push(name.clone());
                continue;
            };
            let Some(first) = dated.first().map(|one| one.from) else { continue };
            parameter.values.retain(|own| own.from < first);
            parameter.values.extend(dated.iter().cloned());
            said.extend(dated.iter().map(|one| format!("{name}@{}={}", one.from, one.value)));
        }
        if !unknown.is_empty() {
            return Err(unknown);
        }
        if !said.is_empty() {
            changed.hash = format!("{}+{}", self.hash, said.join(";")).into();
        }
        Ok(changed)
    }

    /// The same process with other values for some parameters, valid at all times: a city's profile, a
    /// what-if, a golden table's column. The hash says so.
    ///
    /// # Errors
    /// The names that are not parameters of this process.
    pub fn with_parameters(&self, values: &[(Name, Value)]) -> Result<Definition, Vec<Name>> {
        let mut changed = self.clone();
        let mut unknown = Vec::new();
        for (name, value) in values {
            match changed.parameters.iter_mut().find(|p| p.name == *name) {
                Some(p) => {
                    p.values = vec![Dated { from: p.values[0].from, value: value.clone(), basis: None }]
                }
                None => unknown.push(name.clone()),
            }
        }
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let said: Vec<String> = values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        changed.hash = format!("{}+{}", self.hash, said.join(";")).into();
        Ok(changed)
    }
}
