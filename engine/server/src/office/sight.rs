//! Who sees what of a case. The only place that decides it; lists, pages, histories and streams all ask here.
//!
//! - Whoever sees everything (supervisors, auditors) sees everything.
//! - A role that acts for a party of a run (`parties:` of the process) sees that run when the party is its own
//!   organisation: an enterprise its demand with all claims on it, a bank its own claim.
//! - A role that the process binds to no party there sees the main run while it is asked for: it has a run of its
//!   own in the case, a task waits for its role, or an event can be sent by it. So a bank sees a published demand,
//!   and nothing of the claims of others.
//! - Of what it sees, it does not see what names others: what other organisations of its kind did or were refused,
//!   and whatever mentions the key of a run that is hidden.

use expr::value::Value;
use machine::case::Run;
use machine::chart::{Chart, Protection};
use machine::event::Actor;
use machine::fact::{Addressee, Change, Fact, What};
use machine::ids::{ChartIx, FieldIx, Name, RoleIx, RunIx};

use super::held::Held;
use super::viewer::Viewer;

/// How deep a value is searched for names; deeper counts as naming somebody.
const DEPTH_MAX: usize = 32;

/// What one viewer sees of one case.
pub struct Sight<'h> {
    viewer: &'h Viewer,
    held: &'h Held,
    /// Which runs, by number; `None`: all.
    runs: Option<Vec<bool>>,
    /// Organisations of runs that are hidden.
    hidden: Vec<Name>,
    /// Acts for a party of the main run.
    of_main: bool,
}

impl<'h> Sight<'h> {
    /// What the viewer sees; `None` when nothing at all.
    pub fn of(viewer: &'h Viewer, held: &'h Held) -> Option<Sight<'h>> {
        if viewer.sees_all() {
            return Some(Sight { viewer, held, runs: None, hidden: vec![], of_main: true });
        }
        let roles: Vec<RoleIx> =
            viewer.roles.iter().filter_map(|role| held.definition.find_role(role)).collect();
        let sees = |run: &Run| roles.iter().any(|role| sees_run(viewer, held, run, *role));
        let mut runs: Vec<bool> = held.case().runs.iter().map(|run| sees(run)).collect();
        let of_main = runs[0];
        let asked = roles.iter().any(|role| is_asked_for(held, *role));
        runs[0] = of_main || asked || runs.iter().any(|seen| *seen);
        let hidden = held.case().runs.iter().zip(&runs).filter(|(_, seen)| !**seen);
        let hidden = hidden.flat_map(|(run, _)| held.parties(run)).filter(|p| !viewer.is_of(p)).collect();
        runs[0].then_some(Sight { viewer, held, runs: Some(runs), hidden, of_main })
    }

    /// Whether a run is seen.
    pub fn run(&self, run: RunIx) -> bool {
        self.runs.as_ref().is_none_or(|runs| runs.get(run.at()).copied().unwrap_or(false))
    }

    /// Whether everything is seen.
    pub fn is_whole(&self) -> bool {
        self.runs.is_none()
    }

    /// The runs that are seen.
    pub fn runs(&self) -> impl Iterator<Item = (RunIx, &'h Run)> + '_ {
        self.held.case().each_run().filter(|(ix, _)| self.run(*ix))
    }

    /// Whether a line of history is seen.
    pub fn fact(&self, fact: &Fact) -> bool {
        if self.is_whole() {
            return true;
        }
        self.run(fact.run) && self.may_see_act(&fact.what) && !self.names_hidden(&fact.what)
    }

    /// Whether the value of a field is shown. Credit data is shown to the parties of its run only, whoever else
    /// sees everything.
    pub fn field(&self, run: &Run, field: FieldIx) -> bool {
        if self.held.chart(run).fields[field.at()].protection != Protection::Credit {
            return true;
        }
        let parties = self.held.parties(run);
        self.viewer.organisation.as_ref().is_some_and(|own| parties.contains(own))
    }

    /// Whether what a guard read may be shown: lists of runs would show those of others.
    pub fn input(&self, value: &Value) -> bool {
        self.is_whole() || !(matches!(value, Value::List(_) | Value::Context(_)) || self.mentions(value, 0))
    }

    fn may_see_act(&self, what: &What) -> bool {
        let (by, refused) = match what {
            What::Refused { by, .. } => (by, true),
            What::Opened { by, .. } | What::Received { by, .. } | What::TaskChanged { by, .. } => (by, false),
            What::TimerChanged { how: Change::ByAuthority { by, .. }, .. } => (by, false),
            _ => return true,
        };
        let own = by.id == self.viewer.person
            || by.organisation.as_ref().is_some_and(|organisation| self.viewer.is_of(organisation));
        own || (!refused && (self.of_main || !self.is_rival(by)))
    }

    /// Somebody of another organisation in a role that acts for a party of some children.
    fn is_rival(&self, by: &Actor) -> bool {
        if by.is_system() || by.organisation.is_none() {
            return false;
        }
        let Some(role) = self.held.definition.find_role(&by.role) else { return false };
        let (main, children) = (self.held.definition.main(), &self.held.definition.charts[1..]);
        let binds = |chart: &Chart| chart.parties.iter().any(|party| party.role == role);
        !binds(main) && children.iter().any(binds)
    }

    fn names_hidden(&self, what: &What) -> bool {
        if self.hidden.is_empty() {
            return false;
        }
        let mentions = |value: &Value| self.mentions(value, 0);
        match what {
            What::Received { data, .. } | What::Recorded { data, .. } => mentions(data),
            What::Set { value, .. } => mentions(value),
            What::Notified { to, data, .. } => {
                let party =
                    |to: &Addressee| matches!(to, Addressee::Party(name) if self.hidden.contains(name));
                to.iter().any(party) || mentions(data)
            }
            What::Called { request, .. } => mentions(request),
            What::Sent { key, data, .. } => mentions(key) || mentions(data),
            _ => false,
        }
    }

    fn mentions(&self, value: &Value, depth: usize) -> bool {
        match value {
            Value::Text(text) => self.hidden.iter().any(|name| name == text),
            Value::List(_) | Value::Context(_) if depth >= DEPTH_MAX => true,
            Value::List(items) => items.iter().any(|item| self.mentions(item, depth + 1)),
            Value::Context(entries) => entries.values().any(|item| self.mentions(item, depth + 1)),
            _ => false,
        }
    }
}

/// Whether a role sees a run because of whose it is.
fn sees_run(viewer: &Viewer, held: &Held, run: &Run, role: RoleIx) -> bool {
    match held.party_of(run, role) {
        Some(of) => held.party(run, of).is_some_and(|party| viewer.is_of(&party)),
        // A run of children that belong to somebody is for that party; one that belongs to nobody goes with the case.
        None => run.chart != ChartIx::MAIN && held.chart(run).parties.is_empty() && is_asked_for(held, role),
    }
}

/// Whether the main run asks for a role that it binds to no party: a task waits for it, or an event of a state may
/// be sent by it.
fn is_asked_for(held: &Held, role: RoleIx) -> bool {
    let main = held.case().main();
    if held.party_of(main, role).is_some() {
        return false;
    }
    let chart = held.definition.main();
    let takes = |state: &machine::chart::State| {
        let task = state.task.as_ref().is_some_and(|task| task.role == role);
        task || state.transitions.iter().any(|t| {
            let transition = &chart.transitions[t.at()];
            let declared = transition.event.map(|event| &chart.events[event.at()].by);
            transition.by.contains(&role)
                || declared.is_some_and(|by| transition.by.is_empty() && by.contains(&role))
        })
    };
    main.active.iter().any(|state| takes(chart.state(*state)))
}
