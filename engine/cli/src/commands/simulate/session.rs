//! One trial run: the case, what was done so far, and the way back.

use std::collections::BTreeMap;

use diagram::Overlay;
use expr::value::Value;
use jiff::Timestamp;
use machine::event::{Actor, Target};
use machine::ids::Name;
use machine::reason::Reason;
use machine::refusal::{Possible, Refusal};
use machine::step::Verdict;
use simulate::told;
use simulate::world::{Outcome, World};

/// A run in the making.
pub struct Session {
    /// The case now.
    pub world: World,
    /// How it was opened.
    pub opening: Opening,
    /// What was done since.
    pub acts: Vec<Act>,
    /// Why the last step came out as it did.
    pub reasons: Vec<Reason>,
    /// The last refusal.
    pub refusal: Option<Refusal>,
    /// Who last acted in each role.
    pub actors: BTreeMap<Name, Actor>,
    past: Vec<World>,
}

/// How the case was opened, as written in a story.
pub struct Opening {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// With what, as typed.
    pub with: Vec<(String, String)>,
}

/// One thing done.
pub enum Act {
    /// Time passed until then.
    Pass(Timestamp),
    /// Somebody sent an event.
    Send(Sent),
}

/// An event as it was sent.
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// `claim`, `claims.工行.approve`
    pub path: String,
    /// Who.
    pub by: Actor,
    /// With what, as typed.
    pub with: Vec<(String, String)>,
    /// Why.
    pub reason: Option<String>,
    /// The refusal's code, when it was refused.
    pub refused: Option<String>,
}

/// An event about to be sent.
pub struct Sending {
    /// To which run.
    pub to: Target,
    /// Its name.
    pub event: Name,
    /// As a path.
    pub path: String,
    /// Who.
    pub by: Actor,
    /// With what, as typed.
    pub with: Vec<(String, String)>,
    /// With what.
    pub data: Vec<(Name, Value)>,
    /// Why.
    pub reason: Option<String>,
}

impl Session {
    /// A run that begins with a case just opened.
    pub fn new(world: World, opening: Opening) -> Session {
        let actors = BTreeMap::from([(opening.by.role.clone(), opening.by.clone())]);
        Session { world, opening, acts: vec![], reasons: vec![], refusal: None, actors, past: vec![] }
    }

    /// Lets time pass.
    pub fn pass(&mut self, until: Timestamp) -> Outcome {
        self.past.push(self.world.clone());
        let came = self.world.pass_to(until);
        self.acts.push(Act::Pass(until));
        self.remember(&came);
        came
    }

    /// Sends an event.
    pub fn send(&mut self, sending: Sending) -> Outcome {
        self.past.push(self.world.clone());
        let at = self.world.now;
        let Sending { to, event, path, by, with, data, reason } = sending;
        self.actors.insert(by.role.clone(), by.clone());
        let why = reason.as_deref().map(Name::from);
        let came = self.world.send(to, &event, data, why, by.clone(), at);
        let refused = match &came.verdict {
            Verdict::Refused(refusal) => Some(refusal.code.to_string()),
            Verdict::Accepted | Verdict::Stopped(_) => None,
        };
        self.acts.push(Act::Send(Sent { at, path, by, with, reason, refused }));
        self.remember(&came);
        came
    }

    fn remember(&mut self, came: &Outcome) {
        self.reasons = came.reasons.clone();
        self.refusal = match &came.verdict {
            Verdict::Refused(refusal) => Some(refusal.clone()),
            Verdict::Accepted | Verdict::Stopped(_) => None,
        };
    }

    /// Takes the last step back; says whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(world) = self.past.pop() else { return false };
        self.world = world;
        self.acts.pop();
        self.reasons.clear();
        self.refusal = None;
        true
    }

    /// What could be sent now.
    pub fn possible(&self) -> Vec<Possible> {
        let world = &self.world;
        machine::possible::possible(&world.definition, &world.calendar, &world.case, world.now)
    }

    /// The path of something possible: `claims.工行.approve`.
    pub fn path(&self, possible: &Possible) -> String {
        let run = told::run_name(&self.world.definition, self.world.case.run(possible.run));
        if run.is_empty() { possible.event.to_string() } else { format!("{run}.{}", possible.event) }
    }

    /// Who would send it: whoever acted in that role last, else the party the run belongs to.
    pub fn likely_actor(&self, possible: &Possible) -> Actor {
        let role = self.task_role(possible).or_else(|| possible.by.first().cloned());
        let role = role.unwrap_or_else(|| self.opening.by.role.clone());
        let key = &self.world.case.run(possible.run).key;
        let known = self.actors.get(&role);
        let organisation = match key.as_text() {
            Some(key) if !self.acts_for_case(&role) => Some(key.to_owned()),
            _ => None,
        };
        match (known, organisation) {
            (Some(actor), None) => actor.clone(),
            (Some(actor), Some(key)) if actor.organisation.as_deref() == Some(&*key) => actor.clone(),
            (_, Some(key)) => Actor::person(&format!("{role}@{key}"), &key, &role),
            (None, None) => Actor { id: role.clone(), organisation: None, role, on_behalf_of: None },
        }
    }

    /// The role of an open task of that run, if it may send the event.
    fn task_role(&self, possible: &Possible) -> Option<Name> {
        let run = self.world.case.run(possible.run);
        let chart = self.world.definition.chart(run.chart);
        let decls = run.tasks.iter().filter_map(|task| chart.state(task.state).task.as_ref());
        let mut roles = decls.map(|decl| self.world.definition.roles[decl.role.at()].name.clone());
        roles.find(|role| possible.by.contains(role))
    }

    /// Whether a role belongs to a party of the whole case, not of one child.
    fn acts_for_case(&self, role: &str) -> bool {
        self.opening.by.role.as_ref() == role
    }

    /// Marks for the picture: where the case is and has been.
    pub fn overlay(&self) -> Overlay {
        let mut overlay = Overlay::default();
        for (_, run) in self.world.case.each_run() {
            let chart = self.world.definition.chart(run.chart);
            let prefix = if chart.child.is_some() { format!("{}/", chart.name) } else { String::new() };
            let id = |s: &machine::ids::StateIx| format!("{prefix}{}", chart.state(*s).name);
            let root = machine::ids::StateIx::ROOT;
            overlay.current.extend(run.active.iter().filter(|s| **s != root).map(id));
            overlay
                .visited
                .extend(run.trail.entered.each().map(|(s, _)| s).filter(|s| *s != root).map(|s| id(&s)));
        }
        let current = overlay.current.clone();
        overlay.visited.retain(|state| !current.contains(state));
        overlay
    }
}
