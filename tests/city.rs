//! The city against the engine: bad inputs and their codes, changes of rules, and a replay that is killed at any
//! moment and ends in the same state.
#![expect(clippy::unwrap_used, reason = "a test says what is missing by stopping")]

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};

use charter_tests::{calendar, compiled, read, root};
use city::bad::{Course, Trial};
use city::changes::CHANGES;
use city::claims::Fate;
use city::days::Moment;
use city::draw::Draw;
use city::{City, Scale, bad, script};
use expr::value::Value;
use machine::definition::Definition;
use machine::event::{Command, Input};
use machine::ids::CaseId;
use machine::step::{self, Opening, Verdict};
use machine::turn::Stop;
use ports::store::Store;
use replay::clock::VirtualClock;
use replay::drive::{self, Orders};
use replay::tally::{self, Tally};
use runtime::engine::{Bounds, Engine, Setting};
use runtime::loops;
use runtime::shelf::Shelf;

#[path = "city/dying.rs"]
mod dying;
#[path = "city/live.rs"]
mod live;
#[path = "city/totals.rs"]
mod totals;

use dying::Dying;

static CITY: LazyLock<City> = LazyLock::new(|| City::of(4, "0.5%".parse().unwrap(), &calendar()));

fn definition(process: &str) -> Arc<Definition> {
    compiled(&root().join(format!("workflows/{}/workflow.yaml", process.replace('_', "-"))))
}

#[test]
fn two_thousand_bad_inputs_are_each_refused_with_their_own_code() {
    let calendar = calendar();
    let mut definitions: BTreeMap<&str, Arc<Definition>> = BTreeMap::new();
    let (mut wrong, all) = (Vec::new(), bad::inputs(&CITY));
    for input in &all {
        let found = match &input.trial {
            Trial::Code(code) => expr::uscc::check(code).code().to_owned(),
            Trial::Case(course) => {
                let definition =
                    definitions.entry(course.process).or_insert_with(|| definition(course.process));
                refusal(definition, &calendar, course)
            }
        };
        if found != input.expected {
            wrong.push(format!("{} {} instead of {}: {}", input.id, found, input.expected, input.input));
        }
    }
    assert_eq!(all.len(), bad::COUNT);
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

/// The code the last command of a course is refused with; what came before has to be accepted.
fn refusal(definition: &Definition, calendar: &expr::time::calendar::Calendar, course: &Course) -> String {
    let opening = Opening {
        id: CaseId("X".into()),
        data: course.data.clone(),
        by: course.by.clone(),
        at: course.at.timestamp(),
    };
    let mut case = match step::start(definition, calendar, &opening) {
        Ok(started) => started.case,
        Err(Stop::Refused(refusal)) if course.steps.is_empty() => return refusal.code.to_string(),
        Err(stop) => return format!("not opened: {stop:?}"),
    };
    for (number, (at, by, event)) in course.steps.iter().enumerate() {
        let command = Command { input: Input::Event(event.clone()), by: by.clone(), at: at.timestamp() };
        let stepped = step::step(definition, calendar, &case, &command);
        match stepped.verdict {
            Verdict::Accepted => case = stepped.case,
            Verdict::Refused(refusal) if number + 1 == course.steps.len() => return refusal.code.to_string(),
            other => return format!("step {number}: {other:?}"),
        }
    }
    "accepted".to_owned()
}

#[test]
fn every_change_of_a_rule_changes_a_line_that_is_there() {
    for change in CHANGES {
        let process = change.process.replace('_', "-");
        let text = read(&format!("workflows/{process}/workflow.yaml"));
        let of = text.find(&format!("  {}:\n", change.parameter)).unwrap_or_else(|| panic!("{}", change.id));
        let changed = format!("{}{}", &text[..of], text[of..].replacen(change.before, change.after, 1));
        assert_ne!(changed, text, "{}: {} is not there", change.id, change.before);
        let compiled = language::compile(&mut language::Sources::new(), change.id, changed.as_bytes());
        let (old, new) = (definition(change.process), compiled.definition.unwrap());
        assert_ne!(old.hash, new.hash, "{}", change.id);
        let value = |definition: &Definition, day: &str| -> Value {
            let at = definition.find_parameter(change.parameter).unwrap();
            definition.parameters[at.at()].on(day.parse().unwrap()).clone()
        };
        // Cases opened before go by the old value, those after by the new one.
        assert_eq!(value(&old, change.from), value(&new, "2020-06-30"), "{}", change.id);
        assert_ne!(value(&old, change.from), value(&new, change.from), "{}", change.id);
    }
}

/// Drives the city into a store until the process dies or the end is reached; `None` when it died.
fn run(store: Arc<dyn Store>, city: &City, to: Moment, dies: Option<Arc<Dying>>) -> Option<Tally> {
    run_script(store, city, &script::script(city), to, dies)
}

fn run_script(
    store: Arc<dyn Store>,
    city: &City,
    script: &[script::Entry],
    to: Moment,
    dies: Option<Arc<Dying>>,
) -> Option<Tally> {
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let done = threads.block_on(async {
        let clock = VirtualClock::at(Moment(0).timestamp());
        let shelf = Shelf::default();
        shelf.put_calendar(calendar());
        let steady = clock.clone();
        let setting = Setting {
            store,
            clock: clock.clone(),
            steady: Arc::new(move || steady.steady()),
            shelf: Arc::new(shelf),
            bounds: Bounds {
                horizon: jiff::SignedDuration::from_hours(24 * 60),
                breaker: false,
                ..Bounds::default()
            },
            shared: false,
        };
        let (engine, lanes) = Engine::new(setting);
        for (number, lane) in lanes.into_iter().enumerate() {
            tokio::spawn(loops::lane(engine.clone(), number, lane));
        }
        let texts = [
            ("registration", read("workflows/registration/workflow.yaml")),
            ("financing_demand", read("workflows/financing-demand/workflow.yaml")),
        ];
        let processes: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let orders = Orders { processes: &processes, to, stop: Arc::new(AtomicBool::new(false)) };
        let driven = drive::drive(&engine, &clock, city, script, &orders, |_| {});
        match dies {
            None => {
                driven.await.unwrap();
            }
            Some(dying) => tokio::select! {
                driven = driven => { driven.unwrap(); }
                () = dying.died.notified() => return None,
            },
        }
        Some(tally::tally(&**engine.store(), engine.shelf()).await.unwrap())
    });
    // A process that dies takes whatever was under way with it.
    threads.shutdown_background();
    done
}

fn memory() -> Arc<dyn Store> {
    Arc::new(store::memory::Memory::new(VirtualClock::at(Moment(0).timestamp())))
}

#[test]
fn a_replay_killed_at_any_moment_ends_in_the_same_state() {
    let to = Moment::of("2016-12-31".parse().unwrap());
    let whole = run(memory(), &CITY, to, None).unwrap();
    assert!(whole.cases > 20 && whole.entries > 300, "{whole:?}");
    for seed in 0..4 {
        let mut draw = Draw::of(seed, "deaths", 0);
        let (kept, mut deaths) = (memory(), 0);
        let end = loop {
            let dying = Arc::new(Dying::new(kept.clone(), draw.between(3, 90) as usize, draw.chance(500)));
            if deaths == 12 {
                break run(kept.clone(), &CITY, to, None).unwrap();
            }
            match run(dying.clone(), &CITY, to, Some(dying)) {
                Some(end) => break end,
                None => deaths += 1,
            }
        };
        assert!(deaths > 0, "it never died");
        assert_eq!(end, whole, "after {deaths} deaths, seed {seed}");
    }
}

#[test]
fn a_replay_may_stop_anywhere_and_be_continued_to_a_later_day() {
    let (half, end) = (Moment::of("2016-06-17".parse().unwrap()), Moment::of("2016-12-31".parse().unwrap()));
    let kept = memory();
    run(kept.clone(), &CITY, half, None).unwrap();
    let continued = run(kept, &CITY, end, None).unwrap();
    let whole = run(memory(), &CITY, end, None).unwrap();
    assert_eq!(continued.months, whole.months);
    assert_eq!((continued.claims, continued.granted), (whole.claims, whole.granted));
}

#[test]
fn a_replayed_city_has_the_statistics_of_its_data() {
    let city = City::of(9, Scale::DEMO, &calendar());
    let tally = run(memory(), &city, Moment::of("2020-07-01".parse().unwrap()), None).unwrap();
    let off: Vec<String> = replay::report::statistics(&city, &tally)
        .into_iter()
        .filter(|figure| !figure.agrees())
        .map(|figure| format!("{}: {} printed, {} found", figure.what.1, figure.printed, figure.found))
        .collect();
    assert!(off.is_empty(), "{}", off.join("\n"));
    assert_eq!(tally.loans, city.loans.len() as u64);
    assert!(tally.places_most <= 3, "a fourth bank: {}", tally.places_most);
    // What was planned for July is not replayed.
    let end = Moment::of("2020-07-01".parse().unwrap());
    let outcome = |name: &str| tally.claims.get(name).copied().unwrap_or(0);
    let rejected = city.claims.iter().filter(|c| matches!(c.fate, Fate::Rejected(at) if at < end)).count();
    assert_eq!(outcome("rejected"), rejected as u64);
    let timed_out = |by: Moment| {
        city.claims.iter().filter(|c| c.fate == Fate::TimedOut && c.over_by() < by).count() as u64
    };
    assert!(outcome("auto_cancelled") >= timed_out(end), "what nobody decides, the clock cancels");
    assert!(outcome("auto_cancelled") <= timed_out(Moment(u32::MAX)), "and nothing else");
}
