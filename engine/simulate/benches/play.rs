//! How many events a second a process takes in virtual time: the bar is 100,000 on one core.
//!
//! `cargo bench -p simulate`. The script is three banks on one demand, a fourth refused, one chosen, paid, rated.

use std::sync::Arc;

use expr::time::calendar::Calendar;
use language::{Sources, read};
use machine::definition::Definition;
use simulate::script::{self, Script};

const PROCESS: &str = include_str!("../../../workflows/financing-demand/workflow.yaml");
const SCRIPT: &str = include_str!("three-banks.json");

fn main() {
    divan::main();
}

fn stage() -> (Arc<Definition>, Script, Calendar) {
    let calendar = Calendar::weekends_only();
    let compiled = language::compile(&mut Sources::new(), "workflow.yaml", PROCESS.as_bytes());
    let tree = read(&mut Sources::new(), "script.json", SCRIPT.as_bytes()).tree.expect("the script reads");
    let script = script::read(&tree, calendar.zone()).0.expect("the script is one");
    (compiled.definition.expect("the process compiles"), script, calendar)
}

/// One case from its opening to its rating; items are events.
#[divan::bench]
fn three_banks(bencher: divan::Bencher<'_, '_>) {
    let (definition, script, calendar) = stage();
    let events = script.events.len() + 1;
    bencher.counter(divan::counter::ItemsCount::new(events)).bench_local(|| {
        let mut accepted = 0u32;
        let played = script::play(&script, &definition, &calendar, |_, _, _| accepted += 1);
        (played.is_ok(), accepted)
    });
}

/// The same with every fact written as JSON.
#[divan::bench]
fn three_banks_as_json(bencher: divan::Bencher<'_, '_>) {
    let (definition, script, calendar) = stage();
    let events = script.events.len() + 1;
    bencher.counter(divan::counter::ItemsCount::new(events)).bench_local(|| {
        let (world, _) = script::play(&script, &definition, &calendar, |_, _, _| ()).expect("the case opens");
        let zone = world.calendar.zone();
        let writer = simulate::json::Writer { definition: &world.definition, case: &world.case, zone };
        world.facts.iter().map(|fact| writer.fact(fact).to_string().len()).sum::<usize>()
    });
}
