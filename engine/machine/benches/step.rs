//! What a step costs: time and allocations. `cargo bench -p machine`.

#[path = "step/office.rs"]
mod office;

use divan::{AllocProfiler, Bencher, black_box};
use expr::time::calendar::Calendar;
use expr::value::Value;
use jiff::Timestamp;
use machine::case::Case;
use machine::definition::Definition;
use machine::event::{Actor, Command, Event, Input, Target};
use machine::ids::CaseId;
use machine::step::{Opening, Verdict, start, step};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_772_413_200 + seconds).expect("a time of this century")
}

/// A case of this process and its calendar.
fn open(definition: &Definition) -> (Calendar, Case) {
    let calendar = Calendar::weekends_only();
    let opening = Opening { id: CaseId("M-1".into()), data: vec![], by: Actor::system("bench"), at: at(0) };
    let opened = start(definition, &calendar, &opening).expect("it opens");
    (calendar, opened.case)
}

fn command(to: Target, name: &str, data: Vec<(&str, Value)>) -> Command {
    let data = data.into_iter().map(|(name, value)| (name.into(), value)).collect();
    let event = Event { to, name: name.into(), data, reason: None };
    Command { input: Input::Event(event), by: Actor::person("李", "一处", "clerk"), at: at(60) }
}

fn measure(
    bencher: Bencher<'_, '_>,
    definition: &Definition,
    case: &Case,
    calendar: &Calendar,
    command: &Command,
) {
    let once = step(definition, calendar, case, command);
    assert_eq!(once.verdict, Verdict::Accepted);
    bencher.bench_local(|| step(black_box(definition), calendar, black_box(case), black_box(command)));
}

/// Leaves a state with a task, a deadline and a guard.
#[divan::bench]
fn decides_a_review(bencher: Bencher<'_, '_>) {
    let definition = office::review();
    let (calendar, case) = open(&definition);
    measure(bencher, &definition, &case, &calendar, &command(Target::Main, "decide", vec![]));
}

/// Enters a state with a task and a deadline of five working days.
#[divan::bench]
fn opens_a_review(bencher: Bencher<'_, '_>) {
    let definition = office::review();
    let (calendar, case) = open(&definition);
    let decided = step(&definition, &calendar, &case, &command(Target::Main, "decide", vec![])).case;
    measure(bencher, &definition, &decided, &calendar, &command(Target::Main, "reopen", vec![]));
}

/// A command that no state answers: the refusal with what is possible instead.
#[divan::bench]
fn refuses(bencher: Bencher<'_, '_>) {
    let definition = office::review();
    let (calendar, case) = open(&definition);
    let command = command(Target::Main, "reopen", vec![]);
    bencher.bench_local(|| step(black_box(&definition), &calendar, black_box(&case), black_box(&command)));
}

#[divan::bench(args = [50, 100, 200, 400])]
fn leaves_a_chain_of_states(bencher: Bencher<'_, '_>, depth: u16) {
    let definition = office::deep(depth);
    let (calendar, case) = open(&definition);
    measure(bencher, &definition, &case, &calendar, &command(Target::Main, "leave", vec![]));
}

#[divan::bench(args = [50, 100, 200, 400])]
fn moves_every_region(bencher: Bencher<'_, '_>, regions: u16) {
    let definition = office::wide(regions);
    let (calendar, case) = open(&definition);
    measure(bencher, &definition, &case, &calendar, &command(Target::Main, "tick", vec![]));
}

/// One bank of three decides.
#[divan::bench]
fn decides_one_claim_of_three(bencher: Bencher<'_, '_>) {
    let definition = office::claims();
    let (calendar, mut case) = open(&definition);
    for bank in ["甲行", "乙行", "丙行"] {
        let claim = command(Target::Main, "claim", vec![("bank", Value::text(bank))]);
        case = step(&definition, &calendar, &case, &claim).case;
    }
    assert_eq!(case.runs.len(), 4);
    let to = Target::Child { kind: "claims".into(), key: Value::text("乙行") };
    measure(bencher, &definition, &case, &calendar, &command(to, "decide", vec![]));
}
