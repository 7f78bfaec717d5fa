//! Random histories of a process: people, banks, authority and time do what they like.

use expr::time::calendar::Calendar;
use expr::value::Value;
use jiff::{SignedDuration, Timestamp};
use machine::case::{Case, Purpose};
use machine::chart::{EventDecl, Verb};
use machine::definition::Definition;
use machine::event::{Actor, Command, Event, Input, Target, TimerAct};
use machine::ids::{Name, RunIx};
use machine::possible::possible;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// The enterprise of the demand.
pub const ENTERPRISE: &str = "91320599MA00000070";
const BANKS: [&str; 5] = ["工行", "农行", "中行", "建行", "苏行"];
const PEOPLE: [&str; 3] = ["周敏", "陈刚", "吴霞"];
const VERBS: [Verb; 7] = [
    Verb::Claim,
    Verb::Release,
    Verb::Transfer,
    Verb::Delegate,
    Verb::AddSigner,
    Verb::RemoveSigner,
    Verb::Urge,
];

/// Events after which little can happen: chosen seldom, or no history would go deep.
const ENDERS: [&str; 10] = [
    "abandon",
    "withdraw",
    "annul",
    "reject",
    "decline",
    "withdraw_offer",
    "give_up",
    "no_result",
    "open_offline",
    "withdraw_claim",
];

/// One thing somebody does, before it is known what the case looks like then.
#[derive(Clone, Debug)]
pub struct Move {
    when: When,
    deed: Deed,
    bank: Index,
    person: Index,
    /// The role the event is for, or any.
    role: Option<Index>,
    amount: i64,
}

#[derive(Clone, Copy, Debug)]
enum When {
    /// So many minutes after the last command; before it when negative.
    Minutes(i64),
    /// So many seconds from when the next timer is due.
    FromDue(i64),
}

#[derive(Clone, Debug)]
enum Deed {
    /// Something that is possible now.
    Possible(Index),
    /// A bank claims, which is what the places are for.
    Claim,
    /// Any event of any chart.
    Event(Index),
    Task(u32, Index),
    Timer(u32, TimerAct),
    Tick,
    Calendar,
}

/// Up to so many moves.
pub fn moves(most: usize) -> impl Strategy<Value = Vec<Move>> {
    vec(one_move(), 1..most)
}

fn one_move() -> impl Strategy<Value = Move> {
    let when = prop_oneof![
        6 => (0i64..600).prop_map(When::Minutes),
        2 => (0i64..14_400).prop_map(When::Minutes),
        1 => (-600i64..0).prop_map(When::Minutes),
        3 => prop_oneof![Just(-1i64), Just(0), Just(1)].prop_map(When::FromDue),
    ];
    let act = prop_oneof![
        Just(TimerAct::Suspend),
        Just(TimerAct::Resume),
        (0u32..4).prop_map(TimerAct::Extend),
        (0i64..60)
            .prop_map(|day| TimerAct::Move(Timestamp::from_second(1_772_400_000 + day * 86_400).unwrap())),
    ];
    let deed = prop_oneof![
        12 => any::<Index>().prop_map(Deed::Possible),
        4 => Just(Deed::Claim),
        3 => any::<Index>().prop_map(Deed::Event),
        2 => (1u32..8, any::<Index>()).prop_map(|(task, verb)| Deed::Task(task, verb)),
        2 => (1u32..12, act).prop_map(|(timer, act)| Deed::Timer(timer, act)),
        1 => Just(Deed::Tick),
        1 => Just(Deed::Calendar),
    ];
    let role = prop_oneof![9 => Just(None), 1 => any::<Index>().prop_map(Some)];
    (when, deed, any::<Index>(), any::<Index>(), role, 1i64..400)
        .prop_map(|(when, deed, bank, person, role, amount)| Move { when, deed, bank, person, role, amount })
}

impl Move {
    /// What this move is in a case that looks like this.
    pub fn command(
        &self,
        definition: &Definition,
        calendar: &Calendar,
        case: &Case,
        now: Timestamp,
    ) -> Command {
        let at = match self.when {
            When::Minutes(minutes) => now + SignedDuration::from_mins(minutes),
            When::FromDue(seconds) => case.next_due().unwrap_or(now) + SignedDuration::from_secs(seconds),
        };
        let (input, roles) = self.input(definition, calendar, case, at);
        let bank = match &input {
            Input::Event(Event { to: Target::Child { key, .. }, .. }) if self.amount % 9 != 0 => {
                key.as_text()
            }
            _ => None,
        };
        let by = self.actor(definition, &roles, bank.unwrap_or(BANKS[self.bank.index(BANKS.len())]));
        Command { input, by, at }
    }

    fn input(
        &self,
        definition: &Definition,
        calendar: &Calendar,
        case: &Case,
        at: Timestamp,
    ) -> (Input, Vec<Name>) {
        match &self.deed {
            Deed::Possible(which) => {
                let mut open = possible(definition, calendar, case, at.max(case.at));
                if self.amount % 10 != 0 {
                    open.retain(|p| !ENDERS.contains(&&*p.event));
                }
                if open.is_empty() {
                    return (Input::Tick, vec![]);
                }
                let one = which.get(&open);
                let chart = definition.chart(case.run(one.run).chart);
                let to = target(definition, case, one.run);
                (self.event(chart.find_event(&one.event).unwrap(), to), one.by.clone())
            }
            Deed::Claim => match definition.main().find_event("claim") {
                Some(decl) => (self.event(decl, Target::Main), vec!["bank_clerk".into()]),
                None => (Input::Tick, vec![]),
            },
            Deed::Event(which) => {
                let all = definition.charts.iter().flat_map(|c| c.events.iter().map(move |e| (c, e)));
                let all: Vec<_> = all.collect();
                let (chart, decl) = which.get(&all);
                let to = match chart.child {
                    Some(_) => {
                        Target::Child { kind: chart.name.clone(), key: Value::text(*self.bank.get(&BANKS)) }
                    }
                    None => Target::Main,
                };
                let by = decl.by.iter().map(|r| definition.roles[r.at()].name.clone());
                (self.event(decl, to), by.collect())
            }
            Deed::Task(task, verb) => {
                let roles = roles_of_task(definition, case, *task);
                let person = Some(self.actor(definition, &roles, BANKS[self.bank.index(BANKS.len())]));
                let verb = *verb.get(&VERBS);
                (Input::Task { task: *task, verb, person, reason: None }, roles)
            }
            Deed::Timer(timer, act) => {
                let reason = "上级决定".into();
                let roles = roles_of_timer(definition, case, *timer);
                (Input::Timer { timer: *timer, act: *act, reason }, roles)
            }
            Deed::Tick => (Input::Tick, vec![]),
            Deed::Calendar => (Input::Calendar, vec![]),
        }
    }

    fn event(&self, decl: &EventDecl, to: Target) -> Input {
        // Nobody writes their own name, or what other cases know.
        let asked = decl.form.iter().filter(|field| !field.own && field.from.is_none());
        let data = asked.map(|field| (field.name.clone(), self.value(&field.name))).collect();
        let reason = decl.reason.then(|| "情况变化".into());
        Input::Event(Event { to, name: decl.name.clone(), data, reason })
    }

    fn value(&self, field: &str) -> Value {
        match field {
            "bank" => Value::text(*self.bank.get(&BANKS)),
            "offer_amount" | "disbursed_amount" => Value::number(self.amount * 10_000),
            "stars" => Value::number(self.amount % 7),
            "offer_rate" => Value::Null,
            _ => Value::text("如附件"),
        }
    }

    fn actor(&self, definition: &Definition, roles: &[Name], bank: &str) -> Actor {
        let role = match (&self.role, roles) {
            (Some(any), _) => definition.roles[any.index(definition.roles.len())].name.clone(),
            (None, [first, ..]) => first.clone(),
            (None, []) => return Actor::system("office"),
        };
        let organisation = match &*role {
            "ent_agent" => ENTERPRISE,
            "bank_clerk" | "bank_approver" => bank,
            _ => "市金融局",
        };
        Actor::person(PEOPLE[self.person.index(PEOPLE.len())], organisation, &role)
    }
}

fn target(definition: &Definition, case: &Case, run: RunIx) -> Target {
    if run == RunIx::MAIN {
        return Target::Main;
    }
    let child = case.run(run);
    Target::Child { kind: definition.chart(child.chart).name.clone(), key: child.key.clone() }
}

/// Who may take a task, or any role when it is not open.
fn roles_of_task(definition: &Definition, case: &Case, task: u32) -> Vec<Name> {
    let decls = case.runs.iter().filter_map(|run| {
        let state = run.task(task)?.state;
        definition.chart(run.chart).state(state).task.as_ref()
    });
    let roles: Vec<Name> = decls.map(|decl| definition.roles[decl.role.at()].name.clone()).collect();
    if roles.is_empty() { vec![definition.roles[0].name.clone()] } else { roles }
}

/// Who has authority over a timer, or any role when nobody has.
fn roles_of_timer(definition: &Definition, case: &Case, timer: u32) -> Vec<Name> {
    let clocks = case.runs.iter().filter_map(|run| match run.timer(timer)?.purpose {
        Purpose::Clock(ix) => Some(&definition.chart(run.chart).clocks[ix.at()]),
        Purpose::Delayed { .. } => None,
    });
    let roles = clocks.flat_map(|c| &c.authority).map(|r| definition.roles[r.at()].name.clone());
    let roles: Vec<Name> = roles.collect();
    if roles.is_empty() { vec![definition.roles[0].name.clone()] } else { roles }
}
