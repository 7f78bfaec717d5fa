//! The cap under fire: banks fight over demands through two programs that know nothing of each other.

use chaos::load::Kind;
use chaos::storm::Seen;

use crate::ground::{Ground, LONG};
use crate::server;

/// Claims of one program.
const CLAIMS: u64 = 750;

fn fight(ground: &Ground, database: &str, nodes: usize) {
    let mut crowd = ground.crowd(database);
    let mut working: Vec<_> =
        (0..nodes).map(|number| crowd.start(number, Kind::Claims(CLAIMS)).unwrap()).collect();
    for program in &mut working {
        let ended = program.end_within(LONG);
        assert!(ended.is_some_and(|status| status.success()), "{}", program.said());
    }
    let mut last = crowd.start(nodes, Kind::Quiet).unwrap();
    assert!(last.end_within(LONG).is_some_and(|status| status.success()), "{}", last.said());
    let verdict = ground.verdict(database, &Seen::default());
    assert!(verdict.claims >= 3 * CLAIMS / 50 * nodes as u64 / 2, "{} claims", verdict.claims);
}

#[test]
fn two_programs_over_postgresql_let_no_fourth_bank_in() {
    let Some(server) = server::start() else { return };
    // Without leases: every demand is written by both at once, and only the tables stand between them.
    fight(&Ground::new(), &server.url(), 2);
}

#[test]
fn a_crowd_over_sqlite_lets_no_fourth_bank_in() {
    let ground = Ground::new();
    let database = ground.file();
    fight(&ground, &database, 1);
}
