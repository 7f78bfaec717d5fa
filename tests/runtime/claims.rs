//! Never a fourth bank, however many come at once; and the same key is the same command.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use machine::event::{Actor, Event, Input, Target};
use machine::fact::What as Fact;
use machine::ids::{CaseId, Name};
use runtime::answer::{Trouble, Verdict};

use crate::house::{House, over_all_stores, setting};
use crate::linear::{Deed, What, explains};

/// Banks claim at once, and some that got a place give it back and others try again.
async fn crowd(houses: &[House], banks: usize) -> Vec<Deed> {
    let clock = Arc::new(AtomicU64::new(0));
    let deeds: Arc<Mutex<Vec<Deed>>> = Arc::default();
    let mut clients = tokio::task::JoinSet::new();
    for number in 0..banks {
        let house = houses[number % houses.len()].clone();
        let (clock, deeds) = (clock.clone(), deeds.clone());
        clients.spawn(async move {
            let bank = format!("bank{number:02}");
            for what in [What::Claim, What::Withdraw] {
                let began = clock.fetch_add(1, Ordering::SeqCst);
                let answer = match what {
                    What::Claim => house.claim("FD-1", &bank, None).await,
                    What::Withdraw => withdraw(&house, &bank).await,
                };
                let ended = clock.fetch_add(1, Ordering::SeqCst);
                let accepted = answer.ok().map(|a| a.verdict == Verdict::Accepted);
                deeds.lock().unwrap().push(Deed { began, ended, bank: bank.clone(), what, accepted });
                // One in five gives its place back.
                if accepted != Some(true) || number % 5 != 0 {
                    break;
                }
            }
        });
    }
    while let Some(done) = clients.join_next().await {
        done.unwrap();
    }
    let deeds = deeds.lock().unwrap();
    deeds.clone()
}

async fn withdraw(house: &House, bank: &str) -> Result<runtime::answer::Answer, Trouble> {
    let to = Target::Child { kind: "claims".into(), key: expr::value::Value::text(bank) };
    let reason = Some(Name::from("too little credit left"));
    let event = Event { to, name: "withdraw".into(), data: vec![], reason };
    let by = Actor::person(&format!("clerk of {bank}"), bank, "bank_clerk");
    house.engine.give(CaseId("FD-1".into()), Input::Event(event), by, None).await
}

/// The most places held at once, by the history.
async fn most_places(house: &House) -> usize {
    let (mut held, mut most) = (std::collections::BTreeSet::new(), 0);
    for fact in house.facts("FD-1").await {
        match fact.what {
            Fact::Started { slot: Some(_), .. } => drop(held.insert(fact.run)),
            Fact::Released | Fact::Ended { .. } => drop(held.remove(&fact.run)),
            _ => {}
        }
        most = most.max(held.len());
    }
    most
}

#[test]
fn seventy_five_banks_claim_at_once_and_there_are_never_more_than_three() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        house.publish_demand("FD-1").await;
        let deeds = crowd(std::slice::from_ref(&house), 75).await;
        assert_eq!(deeds.len(), 75 + deeds.iter().filter(|d| d.what == What::Withdraw).count());
        assert_eq!(most_places(&house).await, 3);
        assert!(explains(&deeds, 3), "{deeds:#?}");
    });
}

#[test]
fn two_engines_over_one_store_let_no_fourth_bank_in() {
    over_all_stores(|place, clock| async move {
        // Neither knows of the other: only the version of the case and the table of places stand between them.
        let houses = [House::new(place.store.clone(), &clock), House::new(place.store, &clock)];
        houses[0].publish_demand("FD-1").await;
        let deeds = crowd(&houses, 30).await;
        assert!(most_places(&houses[0]).await <= 3);
        let answered: Vec<Deed> = deeds.into_iter().filter(|d| d.accepted.is_some()).collect();
        assert!(answered.iter().filter(|d| d.accepted == Some(true)).count() >= 3);
        assert!(explains(&answered, 3), "{answered:#?}");
    });
}

#[test]
fn a_double_click_is_one_claim() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        house.publish_demand("FD-1").await;
        let (first, second) = tokio::join!(
            house.claim("FD-1", "icbc", Some("click")),
            house.claim("FD-1", "icbc", Some("click"))
        );
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!((first.verdict.clone(), first.version), (Verdict::Accepted, 3));
        assert_eq!((second.verdict, second.version), (Verdict::Accepted, 3));
        assert!(first.repeated != second.repeated, "one of them is the other's answer");
        let other = house.claim("FD-1", "icbc", Some("another click")).await.unwrap();
        assert!(matches!(other.verdict, Verdict::Refused { code, .. } if &*code == "already_claimed"));
        let reused = house.claim("FD-1", "abc", Some("click")).await;
        assert_eq!(
            reused,
            Err(Trouble::KeyReused(CaseId("FD-1".into()))),
            "the key stands for another command"
        );
    });
}

#[test]
fn one_key_on_two_cases_at_once_is_one_command() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        let (first, second) =
            tokio::join!(house.ask_leave("L-1", Some("k")), house.ask_leave("L-2", Some("k")));
        let kept = [&first, &second].iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(kept, 1, "{first:?} {second:?}");
        assert!(
            [first, second].contains(&Err(Trouble::KeyReused(CaseId("L-1".into()))))
                || house.engine.store().load(vec![CaseId("L-1".into())]).await.unwrap()[0].is_none()
        );
    });
}

#[test]
fn a_repeated_opening_is_answered_and_a_second_one_is_told_that_the_number_is_taken() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        let first = house.ask_leave("L-1", Some("open")).await.unwrap();
        let again = house.ask_leave("L-1", Some("open")).await.unwrap();
        assert_eq!((again.version, again.repeated), (first.version, true));
        assert_eq!(
            house.ask_leave("L-1", Some("other")).await,
            Err(Trouble::CaseExists(CaseId("L-1".into())))
        );
    });
}

#[test]
fn too_much_at_once_is_turned_away_and_what_was_let_in_is_done() {
    over_all_stores(|place, clock| async move {
        let mut small = setting(place.store, &clock);
        small.bounds.queue_max = 8;
        small.bounds.lanes = 1;
        let (engine, lanes) = runtime::engine::Engine::new(small);
        let house = House { engine: engine.clone() };
        let mut clients = tokio::task::JoinSet::new();
        for number in 0..50 {
            let house = house.clone();
            clients.spawn(async move { house.ask_leave(&format!("L-{number}"), None).await });
        }
        // Nobody works yet: the queue is bounded by what it holds.
        while engine.waiting() < 6 {
            tokio::task::yield_now().await;
        }
        crate::house::run(&engine, lanes);
        let (mut done, mut turned) = (0, 0);
        while let Some(answer) = clients.join_next().await {
            match answer.unwrap() {
                Ok(answer) => done += usize::from(answer.verdict == Verdict::Accepted),
                Err(trouble) => turned += usize::from(trouble == Trouble::Overloaded),
            }
        }
        assert!(done >= 6 && done + turned == 50, "{done} done, {turned} turned away");
    });
}
