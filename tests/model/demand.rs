//! A financing demand in numbers: every case that can come about gets one, every step is taken once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use charter_tests::{calendar, compiled, root};
use expr::time::calendar::Calendar;
use expr::value::Value;
use jiff::{SignedDuration, Timestamp};
use machine::case::{Case, Run};
use machine::definition::Definition;
use machine::event::{Actor, Command, Event, Input, Target};
use machine::ids::{CaseId, Name};
use machine::step::{self, Opening, Verdict};

/// A case, by its number.
pub type CaseNo = u32;

/// What is asked of the demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A bank claims.
    Claim(u8),
    /// A bank turns the demand down: its decision, in time or late.
    Reject(u8),
    /// The clock is looked at.
    Tick,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Said {
    Yes,
    No,
}

/// The demand.
pub struct Demand {
    definition: Arc<Definition>,
    calendar: Calendar,
    /// The instants of the model, in order: two at which banks claim, the last moment before the first deadline,
    /// that deadline, the second deadline.
    pub instants: Vec<Timestamp>,
    cases: Mutex<Numbered>,
    steps: Mutex<BTreeMap<(CaseNo, What, u8), Step>>,
    /// The demand, published.
    pub published: CaseNo,
}

/// Cases by their number, and the number of each by all that it is.
type Numbered = (Vec<Arc<Case>>, BTreeMap<String, CaseNo>);

/// A step taken.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub after: CaseNo,
    pub said: Said,
    /// Something happened that has to be written.
    pub writes: bool,
}

impl Demand {
    pub fn new() -> Demand {
        let definition = compiled(&root().join(Path::new("workflows/financing-demand/workflow.yaml")));
        let start: Timestamp = "2026-03-02T01:00:00Z".parse().unwrap();
        let mut demand = Demand {
            definition,
            calendar: calendar(),
            instants: vec![start],
            cases: Mutex::default(),
            steps: Mutex::default(),
            published: 0,
        };
        let opening = Opening { id: CaseId("FD-1".into()), data: filed(), by: agent(), at: start };
        let opened = step::start(&demand.definition, &demand.calendar, &opening);
        let Ok(opened) = opened else { panic!("the demand does not open") };
        let publish = command(Target::Main, "publish", vec![], None, agent(), start);
        let stepped = step::step(&demand.definition, &demand.calendar, &opened.case, &publish);
        assert!(matches!(stepped.verdict, Verdict::Accepted));
        demand.published = demand.number(stepped.case);
        let claimed = demand.step(demand.published, What::Claim(0), 0);
        let due = demand.due(claimed.after, 0).unwrap();
        let hour = SignedDuration::from_hours(1);
        demand.instants.push(start + hour);
        demand.instants.push(due - SignedDuration::from_micros(1));
        demand.instants.push(due);
        let claimed = demand.step(demand.published, What::Claim(0), 1);
        demand.instants.push(demand.due(claimed.after, 0).unwrap());
        assert!(demand.instants.is_sorted(), "{:?}", demand.instants);
        demand
    }

    /// The case of a number.
    pub fn case(&self, number: CaseNo) -> Arc<Case> {
        self.cases.lock().unwrap().0[number as usize].clone()
    }

    fn number(&self, case: Case) -> CaseNo {
        let mut cases = self.cases.lock().unwrap();
        let (all, known) = &mut *cases;
        let next = CaseNo::try_from(all.len()).unwrap();
        *known.entry(format!("{case:?}")).or_insert_with(|| {
            all.push(Arc::new(case));
            next
        })
    }

    /// What `machine::step` makes of a command received at one of the instants.
    pub fn step(&self, before: CaseNo, what: What, at: u8) -> Step {
        if let Some(step) = self.steps.lock().unwrap().get(&(before, what, at)) {
            return *step;
        }
        let command = self.command(what, self.instants[usize::from(at)]);
        let stepped = step::step(&self.definition, &self.calendar, &self.case(before), &command);
        let said = match stepped.verdict {
            Verdict::Accepted => Said::Yes,
            Verdict::Refused(_) => Said::No,
            Verdict::Stopped(incident) => panic!("{incident:?}"),
        };
        let writes = !stepped.facts.is_empty();
        let step = Step { after: self.number(stepped.case), said, writes };
        self.steps.lock().unwrap().insert((before, what, at), step);
        step
    }

    fn command(&self, what: What, at: Timestamp) -> Command {
        match what {
            What::Tick => Command { input: Input::Tick, by: Actor::system("timer"), at },
            What::Claim(bank) => {
                let data = vec![("bank".into(), Value::text(name(bank)))];
                command(Target::Main, "claim", data, None, clerk(bank, "bank_clerk"), at)
            }
            What::Reject(bank) => {
                let to = Target::Child { kind: "claims".into(), key: Value::text(name(bank)) };
                let reason = Some(Name::from("too little credit left"));
                command(to, "reject", vec![], reason, clerk(bank, "bank_approver"), at)
            }
        }
    }

    /// The claims of a bank.
    pub fn claims(case: &Case, bank: u8) -> impl Iterator<Item = &Run> {
        let key = Value::text(name(bank));
        case.runs.iter().skip(1).map(|run| &**run).filter(move |run| run.key == key)
    }

    /// When a bank has to have decided.
    pub fn due(&self, number: CaseNo, bank: u8) -> Option<Timestamp> {
        let case = self.case(number);
        let run = Demand::claims(&case, bank).last()?;
        run.trail.due.iter().map(|(_, at)| *at).min()
    }
}

fn name(bank: u8) -> String {
    format!("bank{bank}")
}

fn agent() -> Actor {
    Actor::person("zhou", "91320599MA00000070", "ent_agent")
}

fn clerk(bank: u8, role: &str) -> Actor {
    Actor::person(&format!("clerk of {bank}"), &name(bank), role)
}

fn command(
    to: Target,
    name: &str,
    data: Vec<(Name, Value)>,
    reason: Option<Name>,
    by: Actor,
    at: Timestamp,
) -> Command {
    Command { input: Input::Event(Event { to, name: name.into(), data, reason }), by, at }
}

fn filed() -> Vec<(Name, Value)> {
    vec![
        ("enterprise".into(), Value::text("91320599MA00000070")),
        ("account_active".into(), Value::from(true)),
        ("collect_consent".into(), Value::from(true)),
        ("amount".into(), Value::number(5_000_000)),
        ("tenor".into(), Value::number(12)),
        ("purpose".into(), Value::text("working_capital")),
    ]
}
