//! The pages of scripts and the command line: each wrong example gives its code, each right one does not.

use language::codes::{self, Code};
use language::pages;

use super::desk::Desk;

/// The codes the program names when it is given an example.
fn given(desk: &Desk, code: Code, bytes: &[u8]) -> Vec<Code> {
    desk.put("example", bytes);
    let line = match code.id() {
        "CH0905" => "eval 1 --context example",
        "CH0906" => "diagram leave_request --overlay example",
        "CH0907" => "check example",
        _ => "simulate leave_request --script example",
    };
    let ran = desk.run(line);
    let named = |code: &&Code| ran.err.contains(code.id()) || ran.out.contains(code.id());
    codes::ALL.iter().filter(named).copied().collect()
}

#[test]
fn the_pages_of_scripts_and_the_command_line_behave() {
    let desk = Desk::new("pages");
    assert_eq!(desk.run("new leave_request").code, 0);
    let all: Vec<Code> = codes::ALL.iter().copied().filter(|code| code.id().starts_with("CH09")).collect();
    let faults = pages::faults(&all, |code, bytes| given(&desk, code, bytes));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
