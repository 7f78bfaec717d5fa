//! Where everything of a definition stands in its text, and what the text says that the machine need not know.

use std::collections::BTreeMap;

use expr::formula::UnaryTests;
use jiff::civil::Date;
use machine::ids::{
    ChartIx, ClockIx, ConditionIx, EventIx, FieldIx, Name, ParameterIx, RoleIx, StateIx, TableIx,
    TransitionIx,
};

use crate::span::Span;

/// Something of a definition that has a place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// The header: the value of `process`.
    Process,
    /// A role.
    Role(RoleIx),
    /// A parameter.
    Parameter(ParameterIx),
    /// A decision table's name.
    Table(TableIx),
    /// A refusal, by its place in the definition's list.
    Refusal(u16),
    /// A record, likewise.
    Record(u16),
    /// A notice, likewise.
    Notice(u16),
    /// A chart: its key under `children`, or the process.
    Chart(ChartIx),
    /// A state's name.
    State(ChartIx, StateIx),
    /// A branch out of a state.
    Transition(ChartIx, TransitionIx),
    /// A clock's name.
    Clock(ChartIx, ClockIx),
    /// A data field's name.
    Field(ChartIx, FieldIx),
    /// An event's name.
    Event(ChartIx, EventIx),
    /// A named condition.
    Condition(ChartIx, ConditionIx),
}

/// A formula of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaPlace {
    /// What it belongs to: the transition, clock, state or condition.
    pub of: Thing,
    /// Where it is written, quotes included.
    pub span: Span,
    /// Its text.
    pub text: Name,
}

/// Why a state has no task or no deadline, in the author's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Silences {
    /// The words of `no_task`.
    pub no_task: Option<Name>,
    /// The words of `no_deadline`.
    pub no_deadline: Option<Name>,
}

/// What a schedule does when its time comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheduled {
    /// A case starts.
    Start,
    /// An event is sent to the cases under way.
    Send(Name),
}

/// What becomes of times missed while the program was down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missed {
    /// They run once on return.
    #[default]
    Once,
    /// Each of them runs.
    Each,
    /// They are left out.
    Skip,
}

/// Something that happens by the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Its name.
    pub name: Name,
    /// When, as a cron expression.
    pub cron: Name,
    /// The zone the expression is read in.
    pub zone: Name,
    /// Only on days on which offices work.
    pub working_days: bool,
    /// What happens.
    pub does: Scheduled,
    /// What becomes of missed times.
    pub missed: Missed,
    /// Where its name is written.
    pub span: Span,
}

/// One version of a decision table as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSource {
    /// Its name: the function that formulas call.
    pub name: Name,
    /// Where the name is written.
    pub span: Span,
    /// First day its rows hold.
    pub from: Date,
    /// Where the table's text is written.
    pub body: Span,
    /// The Markdown.
    pub text: Name,
    /// How rows that hold together are settled.
    pub hit: Name,
}

/// Places by thing, and what only readers of the text need.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    places: BTreeMap<Thing, Span>,
    /// Every formula, in the order it was read.
    pub formulas: Vec<FormulaPlace>,
    /// What is said of states without task or deadline.
    pub silences: BTreeMap<(ChartIx, StateIx), Silences>,
    /// What happens by the calendar.
    pub schedules: Vec<Schedule>,
    /// Decision tables, version by version.
    pub tables: Vec<TableSource>,
    /// The bounds of parameters that have some.
    pub ranges: BTreeMap<Name, UnaryTests>,
}

impl SourceMap {
    /// Where a thing is written.
    pub fn span(&self, thing: Thing) -> Option<Span> {
        self.places.get(&thing).copied()
    }

    /// Everything that has a place, in the order of [`Thing`].
    pub fn things(&self) -> impl Iterator<Item = (Thing, Span)> + '_ {
        self.places.iter().map(|(thing, span)| (*thing, *span))
    }

    /// The innermost thing at a byte: what an editor's cursor is on.
    pub fn at(&self, span: Span) -> Option<Thing> {
        let over = self.places.iter().filter(|(_, place)| place.overlaps(span));
        over.min_by_key(|(_, place)| place.len()).map(|(thing, _)| *thing)
    }

    pub(crate) fn put(&mut self, thing: Thing, span: Span) {
        self.places.insert(thing, span);
    }
}
