//! What could be done now, and by whom: the answer to every refusal.

use expr::time::calendar::Calendar;
use jiff::Timestamp;

use crate::case::Case;
use crate::chart::{Go, Guard, Transition, Variable};
use crate::definition::Definition;
use crate::event::Actor;
use crate::ids::{Name, RoleIx, RunIx};
use crate::refusal::Possible;
use crate::turn::Turn;

/// Every event that some run would take now. A guard that depends on what comes with the event counts as
/// possible; one that does not is asked.
pub fn possible(definition: &Definition, calendar: &Calendar, case: &Case, at: Timestamp) -> Vec<Possible> {
    let by = Actor::system("possible");
    let mut turn = Turn::new(definition, calendar, case.clone(), &by, at);
    let mut found: Vec<Possible> = Vec::new();
    let runs: Vec<RunIx> = case.each_run().filter(|(_, r)| r.ended.is_none()).map(|(i, _)| i).collect();
    for run in runs {
        turn.possible_in(run, &mut found);
    }
    found
}

impl Turn<'_> {
    fn possible_in(&mut self, run: RunIx, found: &mut Vec<Possible>) {
        let chart = self.chart(run);
        for state in self.run(run).active.clone() {
            for t in &chart.state(state).transitions {
                let transition = &chart.transitions[t.at()];
                let Some(event) = transition.event else { continue };
                let decl = chart.event(event);
                let known = found.iter().any(|p| p.run == run && p.event == decl.name);
                // What only the case itself sends is nobody's to do.
                if known || decl.told || !self.could_be_taken(run, transition) {
                    continue;
                }
                let by = if transition.by.is_empty() { &decl.by } else { &transition.by };
                found.push(Possible { run, event: decl.name.clone(), by: self.role_names(by) });
            }
        }
    }

    fn role_names(&self, roles: &[RoleIx]) -> Vec<Name> {
        roles.iter().map(|r| self.definition.roles[r.at()].name.clone()).collect()
    }

    fn could_be_taken(&mut self, run: RunIx, transition: &Transition) -> bool {
        if matches!(transition.go, Go::Refuse { .. }) {
            return false;
        }
        match &transition.guard {
            None => true,
            Some(guard) if self.reads_event(run, guard) => true,
            Some(guard) => self.holds(run, guard, None, None).unwrap_or(false),
        }
    }

    fn reads_event(&self, run: RunIx, guard: &Guard) -> bool {
        let variables = &self.chart(run).variables;
        match guard {
            Guard::In(_) => false,
            Guard::Not(inner) => self.reads_event(run, inner),
            Guard::All(all) | Guard::Either(all) => all.iter().any(|g| self.reads_event(run, g)),
            Guard::Formula(formula) => formula.reads().iter().any(|r| match &variables[r.slot.0 as usize] {
                Variable::Event => true,
                Variable::Condition(c) => {
                    let condition = &self.chart(run).conditions[c.at()];
                    condition.formula.reads().iter().any(|r| variables[r.slot.0 as usize] == Variable::Event)
                }
                _ => false,
            }),
        }
    }
}
