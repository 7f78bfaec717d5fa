//! Findings of the static analysis: one file per finding, each over the same subject.
//!
//! A lint looks at a whole definition and its graphs and says what it finds; it never changes anything. An
//! error is something no case can do right, a warning something that is probably not meant, advice a better
//! way. Where guards decide, a finding says "possible" and shows the way, or is silent.

mod across_regions;
mod author_order;
mod child_end_unheard;
mod child_never_started;
mod dead_end;
mod deadline_in_holiday;
mod endless_loop;
mod field_never_filled;
mod four_eyes;
mod gate_before_deadline;
mod idle_clock;
mod idle_history;
mod literal_threshold;
mod missing_title;
mod never_happens;
mod never_true;
mod no_end;
mod parameter_without_basis;
mod regions_clash;
mod reminder_too_late;
mod reminders_unordered;
mod same_instant;
mod shadowed;
mod speaks_for_others;
mod stale_read;
mod task_without_deadline;
mod too_many_configurations;
mod trap;
mod unanswered_event;
mod ungated_credit;
mod unknown_placeholder;
mod unreachable_state;
mod unused_form_field;
mod unused_name;
mod wait_without_end;

use expr::formula::Formula;
use expr::time::calendar::Calendar;
use machine::chart::Chart;
use machine::definition::Definition;
use machine::ids::{ChartIx, StateIx};

use crate::diagnostic::Report;
use crate::graph::explore::explore;
use crate::graph::guards::Patience;
use crate::graph::{Graph, STEPS_MAX, uses};
use crate::process::{SourceMap, Thing};
use crate::source::Sources;
use crate::span::Span;

/// Every lint, in the order of the codes.
const ALL: &[fn(&Subject<'_>, &mut Report)] = &[
    unreachable_state::look,
    dead_end::look,
    trap::look,
    no_end::look,
    shadowed::look,
    never_happens::look,
    never_true::look,
    regions_clash::look,
    endless_loop::look,
    task_without_deadline::look,
    idle_clock::look,
    wait_without_end::look,
    ungated_credit::look,
    literal_threshold::look,
    four_eyes::look,
    same_instant::look,
    gate_before_deadline::look,
    reminder_too_late::look,
    reminders_unordered::look,
    deadline_in_holiday::look,
    unused_name::look,
    field_never_filled::look,
    unanswered_event::look,
    unused_form_field::look,
    unknown_placeholder::look,
    across_regions::look,
    child_never_started::look,
    child_end_unheard::look,
    idle_history::look,
    author_order::look,
    missing_title::look,
    parameter_without_basis::look,
    too_many_configurations::look,
    speaks_for_others::look,
    stale_read::look,
];

/// What the lints look at.
pub(crate) struct Subject<'a> {
    pub definition: &'a Definition,
    pub map: &'a SourceMap,
    pub sources: &'a Sources,
    pub calendar: Option<&'a Calendar>,
    /// By chart.
    pub graphs: Vec<Graph<'a>>,
    /// What is left of the trying of guards.
    pub patience: Patience,
}

impl<'a> Subject<'a> {
    /// A definition with the graphs of its charts.
    pub fn new(
        definition: &'a Definition,
        map: &'a SourceMap,
        sources: &'a Sources,
        calendar: Option<&'a Calendar>,
    ) -> Subject<'a> {
        let mut steps = STEPS_MAX;
        let graphs = uses::charts(definition).map(|(ix, _)| explore(definition, ix, &mut steps)).collect();
        Subject { definition, map, sources, calendar, graphs, patience: Patience::default() }
    }

    /// The charts with their graphs.
    pub fn charts(&self) -> impl Iterator<Item = (ChartIx, &'a Chart, &Graph<'a>)> {
        uses::charts(self.definition).zip(&self.graphs).map(|((ix, chart), graph)| (ix, chart, graph))
    }

    /// Where a thing is written; the header when it is written nowhere.
    pub fn span(&self, thing: Thing) -> Span {
        let written = self.map.span(thing).or_else(|| self.map.span(Thing::Process));
        written.unwrap_or_else(|| self.map.things().next().map(|(_, span)| span).unwrap_or_default())
    }

    /// Where a state's name is written.
    pub fn state(&self, chart: ChartIx, state: StateIx) -> Span {
        self.span(Thing::State(chart, state))
    }

    /// Where a formula is written.
    pub fn formula(&self, of: Thing, formula: &Formula) -> Span {
        let mut places = self.map.formulas.iter();
        let place = places.find(|place| place.of == of && *place.text == *formula.text());
        place.map_or_else(|| self.span(of), |place| place.span)
    }

    /// Where a part of a formula is written.
    pub fn part(&self, of: Thing, formula: &Formula, range: std::ops::Range<usize>) -> Span {
        let whole = self.formula(of, formula);
        let written = self.sources.text(whole.file).get(whole.range()).unwrap_or_default();
        match written.find(formula.text()) {
            Some(at) => whole.part(at + range.start..at + range.end),
            None => whole,
        }
    }
}

/// Runs every lint.
pub(crate) fn look(subject: &Subject<'_>) -> Report {
    let mut report = Report::new();
    ALL.iter().for_each(|lint| lint(subject, &mut report));
    report
}
