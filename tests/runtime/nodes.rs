//! Several nodes over one store: a fair share each, takeover, and a node that slept writes nothing.

use std::future::Future;
use std::sync::Arc;

use jiff::SignedDuration;
use machine::event::{Actor, Event, Input, Target};
use machine::ids::CaseId;
use ports::query::PARTS;
use ports::store::Store;
use runtime::answer::{Trouble, Verdict};
use runtime::engine::Engine;
use runtime::nodes::Node;
use runtime::timers;

use crate::deadlines::{OFFER, clerk, offer};
use crate::house::{HandClock, House, over_all_stores, run, setting, supervisor, text};

/// Its deadline comes sooner when a message says so.
const PATIENT: &str = "
process: patient
language: 1
title: { zh: 限办, en: Patient }
roles: { clerk: { zh: 经办, en: Clerk } }
parameters:
  slow: { title: { zh: 慢, en: Slow }, type: period, values: { 2015-12-01: 5小时 }, origin: assumed }
  fast: { title: { zh: 快, en: Fast }, type: period, values: { 2015-12-01: 1小时 }, origin: assumed }
events: { hurry: { title: { zh: 催, en: Hurry }, by: [clerk] }, done: { title: { zh: 办结, en: Done }, by: [clerk] } }
initial: slowly
states:
  slowly:
    title: { zh: 慢办, en: Slowly }
    task: { role: clerk, outcomes: [done] }
    deadlines: { late: { title: { zh: 过期, en: Late }, within: slow, overdue: lapsed } }
    on: { hurry: quickly, done: ended }
  quickly:
    title: { zh: 快办, en: Quickly }
    task: { role: clerk, outcomes: [done] }
    deadlines: { soon: { title: { zh: 很快过期, en: Soon }, within: fast, overdue: lapsed } }
    on: { done: ended }
  ended: { type: final, title: { zh: 已办, en: Ended } }
  lapsed: { type: final, title: { zh: 已失效, en: Lapsed } }
";

struct Member {
    house: House,
    node: Node,
}

impl Member {
    fn new(name: &str, store: &Arc<dyn Store>, clock: &Arc<HandClock>) -> Member {
        let mut shared = setting(store.clone(), clock);
        shared.shared = true;
        let (engine, lanes) = Engine::new(shared);
        run(&engine, lanes);
        Member { house: House { engine }, node: Node::new(name) }
    }

    async fn keep(&mut self) {
        self.node.run_once(&self.house.engine).await.unwrap();
    }
}

async fn settle(members: &mut [&mut Member]) {
    for _ in 0..4 {
        for member in members.iter_mut() {
            member.keep().await;
        }
    }
}

/// The store keeps its leases by its own clock: only where that is moved by hand can a story wait for it.
fn over_moved_clocks<F: Future<Output = ()>>(story: impl Fn(Arc<dyn Store>, Arc<HandClock>) -> F) {
    over_all_stores(|place, clock| {
        let story = (place.name != "postgres").then(|| story(place.store.clone(), clock));
        async move {
            if let Some(story) = story {
                story.await;
            }
            drop(place);
        }
    });
}

#[test]
fn nodes_share_the_parts_and_people_are_sent_to_the_one_that_works_on_a_case() {
    over_all_stores(|place, clock| async move {
        let mut first = Member::new("one", &place.store, &clock);
        settle(&mut [&mut first]).await;
        assert_eq!(first.node.held().len(), usize::from(PARTS), "alone it holds everything");
        let mut second = Member::new("two", &place.store, &clock);
        settle(&mut [&mut second, &mut first]).await;
        assert_eq!((first.node.held().len(), second.node.held().len()), (128, 128));
        let mut there = 0;
        for number in 0..20 {
            let case = format!("L-{number}");
            match first.house.ask_leave(&case, None).await {
                Ok(answer) => assert_eq!(answer.verdict, Verdict::Accepted),
                Err(Trouble::Elsewhere { node }) => {
                    there += 1;
                    assert_eq!(node.as_deref(), Some("two"));
                    assert_eq!(second.house.ask_leave(&case, None).await.unwrap().verdict, Verdict::Accepted);
                }
                Err(other) => panic!("{other}"),
            }
        }
        assert!(there > 0 && there < 20);
    });
}

#[test]
fn a_dead_nodes_cases_and_deadlines_are_taken_over_within_five_seconds() {
    over_moved_clocks(|store, clock| async move {
        let mut first = Member::new("one", &store, &clock);
        settle(&mut [&mut first]).await;
        for number in 0..10 {
            first.house.ask_leave(&format!("L-{number}"), None).await.unwrap();
        }
        let mut second = Member::new("two", &store, &clock);
        second.keep().await;
        // The first dies now. The second looks once a second.
        let mut seconds = 0;
        while second.node.held().len() < usize::from(PARTS) {
            clock.pass(SignedDuration::from_secs(1));
            seconds += 1;
            second.keep().await;
            assert!(seconds <= 5, "after {seconds} s {} parts", second.node.held().len());
        }
        for number in 0..10 {
            let case = format!("L-{number}");
            assert_eq!(second.house.send(&case, "approve", supervisor(), None).await.unwrap().version, 2);
        }
    });
}

#[test]
fn a_node_that_slept_past_its_leases_writes_nothing() {
    over_moved_clocks(|store, clock| async move {
        let mut first = Member::new("one", &store, &clock);
        settle(&mut [&mut first]).await;
        first.house.ask_leave("L-1", None).await.unwrap();
        let mut second = Member::new("two", &store, &clock);
        clock.pass(SignedDuration::from_secs(4));
        settle(&mut [&mut second]).await;
        // It wakes: by its own steady clock the leases have run out.
        let asleep = first.house.send("L-1", "approve", supervisor(), None).await;
        assert_eq!(asleep, Err(Trouble::Elsewhere { node: None }));
        assert_eq!(timers::run_once(&first.house.engine).await.unwrap(), runtime::lane::Round::Idle);
        assert_eq!(second.house.send("L-1", "approve", supervisor(), None).await.unwrap().version, 2);
    });
}

#[test]
fn a_node_whose_steady_clock_stood_still_is_stopped_by_the_store() {
    over_moved_clocks(|store, clock| async move {
        let mut first = Member::new("one", &store, &clock);
        settle(&mut [&mut first]).await;
        first.house.ask_leave("L-1", None).await.unwrap();
        let mut second = Member::new("two", &store, &clock);
        // A machine that was suspended: the world's clock went on, its own did not.
        clock.jump(SignedDuration::from_secs(4));
        settle(&mut [&mut second]).await;
        let stopped = first.house.send("L-1", "approve", supervisor(), None).await;
        assert!(matches!(stopped, Err(Trouble::Elsewhere { .. })), "{stopped:?}");
        let loaded = store.load(vec![CaseId("L-1".into())]).await.unwrap();
        assert_eq!(loaded[0].as_ref().unwrap().mark.version, 1);
    });
}

#[test]
fn what_came_due_while_a_lease_had_run_out_fires_when_it_is_kept_again() {
    over_moved_clocks(|store, clock| async move {
        let mut alone = Member::new("one", &store, &clock);
        settle(&mut [&mut alone]).await;
        offer(&alone.house, "O-1").await;
        // The store was away: nobody else took the lease, and the deadline came up in vain.
        clock.pass(SignedDuration::from_mins(59));
        alone.keep().await;
        timers::run_once(&alone.house.engine).await.unwrap();
        clock.pass(SignedDuration::from_mins(2));
        timers::run_once(&alone.house.engine).await.unwrap();
        alone.house.quiet().await;
        assert_eq!(alone.house.states("O-1").await, "open");
        alone.keep().await;
        alone.house.fire().await;
        assert_eq!(alone.house.states("O-1").await, "lapsed");
    });
}

#[test]
fn a_deadline_that_another_node_wrote_fires_where_the_case_is_worked_on() {
    over_moved_clocks(|store, clock| async move {
        let mut first = Member::new("one", &store, &clock);
        settle(&mut [&mut first]).await;
        let mut second = Member::new("two", &store, &clock);
        for member in [&first, &second] {
            member.house.engine.shelf().put_compiled(&text(PATIENT));
        }
        let id = CaseId("P-1".into());
        first.house.engine.open(id.clone(), "patient", vec![], clerk(), None).await.unwrap();
        // A message: the engine's own letters are taken in by whichever node has them.
        let hurry = Event { to: Target::Main, name: "hurry".into(), data: vec![], reason: None };
        let own = Actor::system("case:C-1");
        let hurried = second.house.engine.give(id, Input::Event(hurry), own, None).await.unwrap();
        assert_eq!(hurried.verdict, Verdict::Accepted);
        clock.pass(SignedDuration::from_mins(61));
        first.keep().await;
        first.house.fire().await;
        assert_eq!(first.house.states("P-1").await, "lapsed");
        second.keep().await;
    });
}

#[test]
fn what_a_node_received_before_others_worked_on_the_case_is_not_decided_when_it_has_the_case_again() {
    over_moved_clocks(|store, clock| async move {
        let mut second = Member::new("two", &store, &clock);
        settle(&mut [&mut second]).await;
        offer(&second.house, "O-1").await;
        second.node.leave(&second.house.engine).await.unwrap();
        // The first has the case, and stands still with a command that came in time.
        let mut still = setting(store.clone(), &clock);
        still.shared = true;
        let (engine, lanes) = Engine::new(still);
        let first = House { engine: engine.clone() };
        first.engine.shelf().put_compiled(&text(OFFER));
        let mut node = Node::new("one");
        node.run_once(&engine).await.unwrap();
        let accepting = {
            let first = first.clone();
            tokio::spawn(async move { first.send("O-1", "accept", clerk(), Some("k")).await })
        };
        while engine.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        // The second takes over, lets the offer lapse and goes; then the first wakes and has the case again.
        clock.pass(SignedDuration::from_hours(2));
        settle(&mut [&mut second]).await;
        second.house.fire().await;
        assert_eq!(second.house.states("O-1").await, "lapsed");
        second.node.leave(&second.house.engine).await.unwrap();
        node.run_once(&engine).await.unwrap();
        run(&engine, lanes);
        let answer = accepting.await.unwrap();
        assert_eq!(answer, Err(Trouble::Elsewhere { node: None }), "it is for its sender to send it again");
    });
}

#[test]
fn a_node_that_leaves_gives_its_parts_back_at_once() {
    over_all_stores(|place, clock| async move {
        let mut first = Member::new("one", &place.store, &clock);
        settle(&mut [&mut first]).await;
        first.node.leave(&first.house.engine).await.unwrap();
        let mut second = Member::new("two", &place.store, &clock);
        settle(&mut [&mut second]).await;
        assert_eq!(second.node.held().len(), usize::from(PARTS));
    });
}
