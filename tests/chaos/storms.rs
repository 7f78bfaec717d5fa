//! Storms over both databases: nothing answered is lost, nothing happens twice, others take over.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chaos::dice::Dice;
use chaos::proxy::{Proxy, target};
use chaos::storm::{Blow, Seen, Storm};
use chaos::tracer::Tracer;

use crate::ground::{Ground, said, skipped};
use crate::server::{self, Server};

/// A storm in which each of these blows comes once.
fn storm(ground: &Ground, database: &str, blows: &[Blow]) -> Storm {
    Storm {
        crowd: ground.crowd(database),
        nodes: 1,
        blows: blows.to_vec(),
        restart: None,
        proxies: vec![],
        server: None,
        file: database.strip_prefix("sqlite:").map(PathBuf::from),
        straight: database.to_owned(),
        long: Duration::ZERO,
        pause: Duration::ZERO,
        dice: Dice(5),
        releases: 0,
    }
}

/// Two nodes, each behind a proxy of its own.
fn two_nodes(ground: &Ground, server: &Arc<Server>, blows: &[Blow]) -> Storm {
    let straight = server.url();
    let proxy = |node: u64| Proxy::before(&target(&straight).unwrap(), 5, node).unwrap();
    let proxies = vec![proxy(1), proxy(2)];
    let mut storm = storm(ground, &straight, blows);
    storm.crowd.ways = proxies.iter().map(|proxy| proxy.address(&straight).unwrap()).collect();
    Storm { nodes: 2, proxies, server: Some(server.clone()), ..storm }
}

fn rages(storm: Storm) -> Seen {
    let seen = storm.rage().unwrap();
    eprintln!("{}", said(&seen.lines()));
    assert!(seen.breaches.is_empty());
    seen
}

fn no_tracer() -> bool {
    let works = Tracer::works();
    if !works {
        skipped("strace cannot attach to a program here: disks do not fail, power is not cut");
    }
    !works
}

#[test]
fn a_program_over_sqlite_is_killed_and_told_to_end_and_nothing_is_lost() {
    let ground = Ground::new();
    let database = ground.file();
    let seen =
        rages(storm(&ground, &database, &[Blow::Kill, Blow::Kill, Blow::Drain, Blow::Kill, Blow::Freeze]));
    let verdict = ground.verdict(&database, &seen);
    assert!(verdict.claims > 0 && verdict.fired > 0);
}

#[test]
fn a_disk_that_is_full_fails_or_loses_power_under_sqlite_loses_nothing_that_was_answered() {
    if no_tracer() {
        return;
    }
    let ground = Ground::new();
    let database = ground.file();
    let blows = [Blow::Held, Blow::DiskFull, Blow::PowerCut, Blow::DiskFails, Blow::PowerCut, Blow::Held];
    let seen = rages(storm(&ground, &database, &blows));
    ground.verdict(&database, &seen);
}

#[test]
fn a_clock_that_is_wrong_for_a_while_under_sqlite_fires_nothing_early_and_nothing_twice() {
    let ground = Ground::new();
    let database = ground.file();
    let seen = rages(storm(&ground, &database, &[Blow::ClockAhead, Blow::ClockBack]));
    ground.verdict(&database, &seen);
}

#[test]
fn two_nodes_over_postgresql_outlive_death_frost_and_lines_that_are_cut_or_silent() {
    let Some(server) = server::start() else { return };
    let ground = Ground::new();
    let blows =
        [Blow::TakeOver, Blow::Cut, Blow::Freeze, Blow::Held, Blow::Kill, Blow::Partition, Blow::Drain];
    let seen = rages(two_nodes(&ground, &server, &blows));
    let verdict = ground.verdict(&server.url(), &seen);
    assert!(verdict.resolved > 0, "nothing was ever resolved by its key");
    assert!(seen.cuts.0 > 0 && seen.cuts.1 > 0 && seen.held > 0);
}

#[test]
fn two_nodes_outlive_whatever_happens_to_postgresql_itself() {
    let Some(server) = server::start() else { return };
    if no_tracer() {
        return;
    }
    let ground = Ground::new();
    let blows = [Blow::Restart, Blow::DiskFails, Blow::PowerCut, Blow::DiskFull, Blow::Kill];
    let seen = rages(two_nodes(&ground, &server, &blows));
    ground.verdict(&server.url(), &seen);
}
