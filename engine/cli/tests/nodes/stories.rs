//! What people see of several nodes: nothing.

use std::sync::Arc;

use rustix::process::Signal;
use serde_json::json;
use tokio::task::JoinSet;

use crate::house::{House, Node, Reply};

/// Enough that both nodes have their share.
const CASES: u32 = 40;

fn over_several_nodes<F: Future<Output = ()>>(story: impl Fn(Arc<House>) -> F) {
    let Some(house) = House::open() else { return };
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    threads.block_on(story(Arc::new(house)));
}

/// Everybody asks the same node at once.
fn crowd(house: &Arc<House>, node: &Arc<Node>, name: &str) -> JoinSet<(String, Reply)> {
    let mut asking = JoinSet::new();
    for number in 0..CASES {
        let (house, node, case) = (house.clone(), node.clone(), format!("{name}-{number}"));
        asking.spawn(async move {
            let reply = house.leave(&node, &case).await;
            (case, reply)
        });
    }
    asking
}

/// Everybody was answered, and everything answered is there once.
async fn all_answered(house: &House, node: &Node, mut asking: JoinSet<(String, Reply)>) {
    while let Some(done) = asking.join_next().await {
        let (case, reply) = done.unwrap();
        assert_eq!(reply.status, 201, "{case}: {}", reply.text);
        let history = house.ask(node, &format!("/v1/cases/{case}/facts"), &[], None).await.json();
        let facts = history["facts"].as_array().unwrap();
        assert!(!facts.is_empty() && facts.iter().all(|fact| fact["entry"] == 1), "{case}: {history}");
    }
}

#[test]
fn whoever_is_asked_the_right_node_answers_once_and_nobody_else_is_believed() {
    over_several_nodes(|house| async move {
        let (first, second) = house.two().await;
        let (first, second) = (Arc::new(first), Arc::new(second));
        all_answered(&house, &second, crowd(&house, &first, "A")).await;
        let figures = house.figures(&first).await;
        let passed =
            figures.lines().find(|line| line.starts_with("charter_passed_on_total{came=\"answered\"}"));
        assert!(passed.is_some(), "nothing was the other node's:\n{figures}");

        // The same request again, to either: the first answer.
        for number in 0..CASES {
            let case = format!("A-{number}");
            for node in [&first, &second] {
                let again = house.leave(node, &case).await;
                assert_eq!((again.status, &again.json()["repeated"]), (201, &json!(true)), "{}", again.text);
            }
            // What the rules refuse is refused in the same words, whoever is asked.
            let events = format!("/v1/cases/{case}/events");
            let unknown = house.ask(&first, &events, &[], Some(json!({ "event": "nonsense" }))).await;
            assert_eq!((unknown.status, unknown.code().as_str()), (422, "unknown_event"));
            let stale = [("if-match", "\"7\"")];
            let stale = house.ask(&first, &events, &stale, Some(json!({ "event": "approve" }))).await;
            assert_eq!((stale.status, stale.code().as_str()), (412, "changed"));
        }
        let body = || Some(json!({ "process": "leave", "data": { "days": 2, "why": "x" } }));
        for node in [&first, &second] {
            let forged = [("charter-hop", "1700000000000000 a.b AAAA")];
            let forged = house.ask(node, "/v1/cases", &forged, body()).await;
            assert_eq!((forged.status, forged.code().as_str()), (400, "bad_hop"));
            let stranger = [("authorization", "Bearer charter_x_y")];
            let stranger = house.ask(node, "/v1/cases", &stranger, body()).await;
            assert_eq!((stranger.status, stranger.code().as_str()), (401, "not_logged_in"));
        }
    });
}

#[test]
fn a_node_is_killed_under_load_and_the_other_answers_everybody() {
    over_several_nodes(|house| async move {
        let (first, mut second) = house.two().await;
        let first = Arc::new(first);
        let before = crowd(&house, &first, "B");
        second.signal(Signal::KILL);
        let after = crowd(&house, &first, "C");
        second.ended();
        all_answered(&house, &first, before).await;
        all_answered(&house, &first, after).await;
        house.until(&first, "charter_parts 256").await;
    });
}

#[test]
fn a_frozen_node_keeps_nobody_waiting_and_writes_nothing_when_it_wakes() {
    over_several_nodes(|house| async move {
        let (first, second) = house.two().await;
        let (first, second) = (Arc::new(first), Arc::new(second));
        second.signal(Signal::STOP);
        all_answered(&house, &first, crowd(&house, &first, "D")).await;
        second.signal(Signal::CONT);
        // It had requests in its hands; what became of them is what was answered in its stead.
        all_answered(&house, &second, crowd(&house, &second, "D")).await;
        house.until(&second, "charter_parts 128").await;
    });
}

#[test]
fn a_node_is_told_to_end_and_ends_well_while_everybody_is_answered() {
    over_several_nodes(|house| async move {
        let (first, mut second) = house.two().await;
        let first = Arc::new(first);
        let before = crowd(&house, &first, "E");
        second.signal(Signal::TERM);
        let after = crowd(&house, &first, "F");
        assert_eq!(second.ended().code(), Some(0), "it did not finish what it had within its grace");
        all_answered(&house, &first, before).await;
        all_answered(&house, &first, after).await;
        // The new program in its place takes its share again.
        let third = house.start(&["--node", "two"]);
        house.until(&third, "charter_parts 128").await;
        all_answered(&house, &third, crowd(&house, &first, "G")).await;
    });
}
