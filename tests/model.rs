//! Every way in which claims, crashes, takeovers, repeated commands and the clock can meet: the very `step` that
//! decides in the engine, inside a model of the runtime round it, searched to the end.
//!
//! The model is the runtime's promise in small: a node decides on what it remembers of the case and writes only
//! while it holds the lease and the case stands where it thought; a key that was answered gets that answer; a
//! reply is given after the commit, or never.
#![expect(clippy::unwrap_used, reason = "a test: what is missing fails it")]

#[path = "model/demand.rs"]
mod demand;
#[path = "model/office.rs"]
mod office;

use stateright::{Checker, Model};

use office::{Office, Runtime};

/// Searches every state; every property holds, and everything that can happen does.
fn searched(what: &str, office: Office) {
    let checker = office.checker().threads(2).spawn_bfs().join();
    eprintln!("{what}: {} states, {} of them different", checker.state_count(), checker.unique_state_count());
    checker.assert_properties();
}

#[test]
fn four_banks_claim_while_nodes_die_and_doze() {
    searched("claims", Office::new(Runtime { banks: 4, late: false, crashes: 1, sleeps: 1, hours: 1 }));
}

#[test]
fn the_deadline_meets_a_late_bank_while_nodes_die_and_doze() {
    searched("deadline", Office::new(Runtime { banks: 1, late: true, crashes: 1, sleeps: 1, hours: 5 }));
}

#[test]
fn four_banks_claim_and_their_deadlines_come() {
    searched("all", Office::new(Runtime { banks: 4, late: true, crashes: 0, sleeps: 0, hours: 4 }));
}

#[test]
#[ignore = "minutes: the same with more that can happen at once"]
fn two_banks_claim_and_decide_while_nodes_die_and_doze() {
    searched("two banks", Office::new(Runtime { banks: 2, late: true, crashes: 1, sleeps: 1, hours: 5 }));
}

#[test]
#[ignore = "minutes: the same with more that can happen at once"]
fn four_banks_claim_and_decide_while_a_node_dies() {
    searched("four banks", Office::new(Runtime { banks: 4, late: true, crashes: 1, sleeps: 0, hours: 4 }));
}

/// A model that never finds anything shows nothing: without its guards it finds the breach.
#[test]
fn without_the_lease_and_the_version_the_search_finds_what_they_prevent() {
    let runtime = Runtime { banks: 1, late: true, crashes: 0, sleeps: 1, hours: 5 };
    let mut careless = Office::new(runtime);
    careless.guarded = false;
    let checker = careless.checker().threads(2).spawn_bfs().join();
    assert!(!checker.discoveries().is_empty());
    let found: Vec<&str> = checker.discoveries().into_keys().collect();
    assert!(found.contains(&"what was answered stands"), "{found:?}");
}
