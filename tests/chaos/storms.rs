//! Storms over both databases: nothing answered is lost, nothing happens twice, others take over.

use std::time::Duration;

use chaos::dice::Dice;
use chaos::proxy::{Proxy, target};
use chaos::storm::{Blow, Storm};

use crate::ground::{Ground, said};
use crate::server::Server;

fn storm(ground: &Ground, database: &str, blows: &[Blow]) -> Storm {
    Storm {
        crowd: ground.crowd(database),
        nodes: 1,
        blows: blows.to_vec(),
        restart: None,
        proxy: None,
        straight: database.to_owned(),
        // Each blow once.
        long: Duration::ZERO,
        pause: Duration::ZERO,
        dice: Dice(5),
    }
}

#[test]
fn a_program_over_sqlite_is_killed_and_told_to_end_and_nothing_is_lost() {
    let ground = Ground::new();
    let database = ground.file();
    let seen = storm(&ground, &database, &[Blow::Kill, Blow::Kill, Blow::Drain, Blow::Kill]).rage().unwrap();
    eprintln!("{}", said(&seen.lines()));
    assert!(seen.breaches.is_empty());
    let verdict = ground.verdict(&database, seen.count());
    assert!(verdict.claims > 0 && verdict.fired > 0);
}

#[test]
fn two_nodes_over_postgresql_outlive_death_frost_and_cut_lines() {
    let Some(server) = Server::start() else { return };
    let ground = Ground::new();
    let straight = server.url();
    let proxy = Proxy::before(&target(&straight).unwrap(), 5, 5).unwrap();
    let database = proxy.address(&straight).unwrap();
    let blows = [Blow::TakeOver, Blow::Cut, Blow::Freeze, Blow::Kill, Blow::Drain];
    let storm = Storm {
        nodes: 2,
        proxy: Some(proxy),
        straight: straight.clone(),
        ..storm(&ground, &database, &blows)
    };
    let seen = storm.rage().unwrap();
    eprintln!("{}", said(&seen.lines()));
    assert!(seen.breaches.is_empty());
    let verdict = ground.verdict(&straight, seen.count());
    assert!(verdict.resolved > 0, "nothing was ever resolved by its key");
    assert!(seen.cuts.0 > 0 && seen.cuts.1 > 0);
}

#[test]
fn postgresql_is_started_again_under_load_and_work_goes_on() {
    let Some(server) = Server::start() else { return };
    let ground = Ground::new();
    let database = server.url();
    let storm = Storm {
        restart: Some(server.restarting()),
        ..storm(&ground, &database, &[Blow::Restart, Blow::Kill])
    };
    let seen = storm.rage().unwrap();
    eprintln!("{}", said(&seen.lines()));
    assert!(seen.breaches.is_empty());
    ground.verdict(&database, seen.count());
}
