//! Every page of the process, name, formula and time codes: its wrong examples give the code, its right
//! ones do not.

use language::codes::{ALL, Code};
use language::{Sources, calendar, compile, pages, profile};

const DEMAND: &[u8] = include_bytes!("../../../workflows/financing-demand/workflow.yaml");

fn of_process(code: &Code) -> bool {
    ["CH02", "CH03", "CH04", "CH06"].iter().any(|family| code.id().starts_with(family))
        && code.id() > "CH0206"
}

/// What is found in an example: a process, or a calendar or profile by its first word.
fn found(bytes: &[u8]) -> Vec<Code> {
    let mut sources = Sources::new();
    let report = match bytes {
        [b'y', b'e', b'a', b'r', b':', ..] => {
            calendar::read_years(&mut sources, "cn", &[("year.yaml", bytes)]).1
        }
        [b'p', b'r', b'o', b'f', b'i', b'l', b'e', ..] => {
            let demand = compile(&mut sources, "workflow.yaml", DEMAND);
            let process = demand.definition.expect("it compiles");
            let reading = language::read(&mut sources, "profile.yaml", bytes);
            let tree = reading.tree.expect("the example is YAML");
            let base = profile::Base { definition: &process, map: &demand.map };
            profile::read_profile(&sources, &tree, &[base]).1
        }
        _ => compile(&mut sources, "example.yaml", bytes).report,
    };
    report.iter().map(|found| found.code).collect()
}

#[test]
fn the_examples_of_every_process_page_behave() {
    let codes: Vec<Code> = ALL.iter().copied().filter(of_process).collect();
    let faults = pages::faults(&codes, |_, bytes| found(bytes));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
