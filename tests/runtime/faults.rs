//! Replies only after the commit; commits that fail, and commits of which nobody knows whether they did.

use machine::ids::CaseId;
use runtime::answer::{Trouble, Verdict};

use crate::faulty::{Faulty, Meets};
use crate::house::{House, over_all_stores, supervisor};

#[test]
fn nobody_is_answered_before_the_commit_that_covers_it() {
    over_all_stores(|place, clock| async move {
        let store = Faulty::gated(place.store.clone());
        let house = House::new(store.clone(), &clock);
        let mut asked = Box::pin(house.ask_leave("L-1", None));
        while store.commits.lock().unwrap().is_empty() {
            tokio::select! {
                biased;
                answer = &mut asked => panic!("answered before the commit: {answer:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
        assert!(place.store.load(vec![CaseId("L-1".into())]).await.unwrap()[0].is_none());
        store.gate.as_ref().unwrap().add_permits(1);
        assert_eq!(asked.await.unwrap().verdict, Verdict::Accepted);
        assert!(place.store.load(vec![CaseId("L-1".into())]).await.unwrap()[0].is_some());
    });
}

#[test]
fn commands_that_wait_together_share_one_transaction() {
    over_all_stores(|place, clock| async move {
        let store = Faulty::gated(place.store);
        let mut setting = crate::house::setting(store.clone(), &clock);
        setting.bounds.lanes = 1;
        let house = House::of(setting);
        let mut clients = tokio::task::JoinSet::new();
        for number in 0..20 {
            let house = house.clone();
            clients.spawn(async move { house.ask_leave(&format!("L-{number}"), None).await });
        }
        while house.engine.waiting() + store.commits.lock().unwrap().first().copied().unwrap_or(0) < 20 {
            tokio::task::yield_now().await;
        }
        store.gate.as_ref().unwrap().add_permits(20);
        while let Some(answer) = clients.join_next().await {
            answer.unwrap().unwrap();
        }
        assert!(store.commits.lock().unwrap().len() <= 2, "{:?}", store.commits);
    });
}

/// Whether what the commits meet is seen by the one who asked: the answer's verdict, how often it was done.
fn check(meets: &'static [Meets], key: Option<&'static str>) {
    over_all_stores(move |place, clock| async move {
        let store = Faulty::new(place.store, &[&[][..], meets].concat());
        let house = House::new(store.clone(), &clock);
        let opened = house.ask_leave("L-1", key).await;
        assert_eq!(opened.map(|a| (a.verdict, a.version)), Ok((Verdict::Accepted, 1)), "{meets:?} {key:?}");
        let approved = house.send("L-1", "approve", supervisor(), None).await.unwrap();
        assert_eq!((approved.verdict, approved.version), (Verdict::Accepted, 2), "{meets:?} {key:?}");
    });
}

#[test]
fn a_commit_that_met_another_writer_is_tried_again() {
    check(&[Meets::Busy, Meets::Busy], None);
}

#[test]
fn a_reply_that_was_lost_is_looked_up_and_nothing_is_done_twice() {
    for key in [Some("k"), None] {
        check(&[Meets::ReplyLost], key);
        check(&[Meets::RequestLost], key);
        check(&[Meets::RequestLost, Meets::ReplyLost], key);
        check(&[Meets::RequestLost, Meets::Busy, Meets::ReplyLost], key);
    }
}

#[test]
fn a_lost_reply_to_a_decision_is_not_a_refusal() {
    over_all_stores(|place, clock| async move {
        let sound = House::new(place.store.clone(), &clock);
        sound.ask_leave("L-1", None).await.unwrap();
        let house = House::new(Faulty::new(place.store, &[Meets::ReplyLost]), &clock);
        // Decided again it would be refused: the leave is approved already.
        let approved = house.send("L-1", "approve", supervisor(), None).await.unwrap();
        assert_eq!((approved.verdict, approved.version), (Verdict::Accepted, 2));
        assert_eq!(house.facts("L-1").await.len() as u64, {
            let loaded = house.engine.store().load(vec![CaseId("L-1".into())]).await.unwrap();
            loaded[0].as_ref().unwrap().case.facts
        });
    });
}

#[test]
fn a_commit_that_comes_through_after_it_was_looked_up_is_not_decided_a_second_time() {
    over_all_stores(|place, clock| async move {
        let sound = House::new(place.store.clone(), &clock);
        sound.ask_leave("L-1", None).await.unwrap();
        let house = House::new(Faulty::new(place.store, &[Meets::ReplyLostAndLate]), &clock);
        let approved = house.send("L-1", "approve", supervisor(), None).await.unwrap();
        assert_eq!((approved.verdict, approved.version), (Verdict::Accepted, 2));
        let loaded = house.engine.store().load(vec![CaseId("L-1".into())]).await.unwrap();
        assert_eq!(loaded[0].as_ref().unwrap().mark.version, 2);
    });
}

#[test]
fn while_the_store_is_away_callers_are_told_at_once_and_nothing_was_done() {
    over_all_stores(|place, clock| async move {
        let house = House::new(Faulty::new(place.store.clone(), &[Meets::Away]), &clock);
        let told = house.ask_leave("L-1", Some("k")).await;
        assert!(matches!(told, Err(Trouble::Fault(_))), "{told:?}");
        assert!(place.store.load(vec![CaseId("L-1".into())]).await.unwrap()[0].is_none());
    });
}

#[test]
fn a_name_too_long_to_keep_is_told_to_its_sender_and_the_rest_of_the_batch_goes_on() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        let long = "x".repeat(500);
        let (bad, good) = tokio::join!(house.ask_leave(&long, None), house.ask_leave("L-1", None));
        assert!(matches!(bad, Err(Trouble::Fault(_))), "{bad:?}");
        assert_eq!(good.unwrap().verdict, Verdict::Accepted);
    });
}

#[test]
fn closing_answers_everyone_who_waits_and_lets_nobody_in() {
    over_all_stores(|place, clock| async move {
        let (engine, lanes) = runtime::engine::Engine::new(crate::house::setting(place.store, &clock));
        let house = House { engine: engine.clone() };
        let mut clients = tokio::task::JoinSet::new();
        for number in 0..20 {
            let house = house.clone();
            clients.spawn(async move { house.ask_leave(&format!("L-{number}"), None).await });
        }
        while engine.waiting() < 20 {
            tokio::task::yield_now().await;
        }
        engine.close();
        assert_eq!(house.ask_leave("late", None).await, Err(Trouble::Closing));
        let mut working = tokio::task::JoinSet::new();
        for (number, lane) in lanes.into_iter().enumerate() {
            working.spawn(runtime::loops::lane(engine.clone(), number, lane));
        }
        while let Some(ended) = working.join_next().await {
            ended.unwrap().unwrap();
        }
        while let Some(answer) = clients.join_next().await {
            assert_eq!(answer.unwrap().unwrap().verdict, Verdict::Accepted);
        }
    });
}
