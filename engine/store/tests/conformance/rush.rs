//! Many at once: seventy-five banks on one demand, one key from many hands, and a program that is gone.

use std::sync::Arc;

use machine::ids::CaseId;
use machine::step::Verdict;
use ports::commit::{Batch, Conflict, Mark, Unit};
use ports::query::Page;
use ports::store::Store;
use store::chain::verify_whole;

use crate::cases::{claim, loaded, opened};
use crate::demand::{answered, definition, minute, open_case, unit};
use crate::stores;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_seventy_five_banks_three_get_a_place() {
    for (name, kept) in stores::all().await {
        opened(&*kept.store, "RUSH").await;
        let banks: Vec<_> = (0..75).map(|n| tokio::spawn(insist(kept.store.clone(), n))).collect();
        let mut placed = 0;
        for bank in banks {
            placed += u32::from(bank.await.unwrap());
        }
        assert_eq!(placed, 3, "{name}");
        let stored = loaded(&*kept.store, "RUSH").await;
        let mut slots: Vec<_> = stored.case.runs.iter().filter_map(|run| run.slot).collect();
        slots.sort_unstable();
        assert_eq!(slots, [1, 2, 3], "{name}");
        let history = kept.store.history(CaseId("RUSH".into()), Page::first(1_000)).await.unwrap();
        assert_eq!(verify_whole(&history, stored.mark), Ok(()), "{name}");
        // Every attempt is in the history: the opening, three places and seventy-two refusals.
        assert_eq!(history.len(), 76, "{name}");
    }
}

/// Claims until somebody says yes or no. Whether it was yes.
async fn insist(store: Arc<dyn Store>, number: u32) -> bool {
    let name: &'static str = format!("bank-{number}").leak();
    loop {
        let before = loaded(&*store, "RUSH").await;
        let step = claim(name, 1)(&definition(), &before.case);
        let placed = step.verdict == Verdict::Accepted;
        let mut unit = unit(&definition(), before.mark, step, minute(1));
        unit.command = Some(answered(name, 1, "said"));
        match write_one(&*store, unit).await {
            Ok(_) => return placed,
            Err(Conflict::Stale { .. }) => {}
            Err(conflict) => panic!("{conflict:?}"),
        }
    }
}

/// Writes one unit; what the database asks to be tried again is tried again.
async fn write_one(store: &dyn Store, unit: Unit) -> Result<Mark, Conflict> {
    loop {
        match store.commit(Batch::from(vec![unit.clone()])).await {
            Ok(mut written) => return written.remove(0),
            Err(ports::fault::CommitError::Fault(fault)) if fault.retry <= ports::fault::Retry::Later => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_from_many_hands_opens_one_case() {
    for (name, kept) in stores::all().await {
        let hands = (0..20).map(|hand| {
            let store = kept.store.clone();
            tokio::spawn(async move {
                let id = format!("HAND-{hand}");
                let mut unit =
                    unit(&definition(), Mark::NEW, open_case(&definition(), &id, minute(0)), minute(0));
                unit.command = Some(answered("one-key", 1, &id));
                match write_one(&*store, unit).await {
                    Ok(_) => id,
                    Err(Conflict::Answered(record)) => String::from_utf8(record.answer).unwrap(),
                    Err(conflict) => panic!("{conflict:?}"),
                }
            })
        });
        let mut told = Vec::new();
        for hand in hands.collect::<Vec<_>>() {
            told.push(hand.await.unwrap());
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{name}: {told:?}");
        let cases = kept.store.cases(ports::query::CaseFilter::default(), Page::first(100)).await.unwrap();
        assert_eq!(cases.len(), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn batches_that_meet_do_not_wait_in_a_circle() {
    for (name, kept) in stores::all().await {
        let ids: Vec<String> = (0..20).map(|n| format!("MEET-{n:02}")).collect();
        for id in &ids {
            opened(&*kept.store, id).await;
        }
        let writers = (0..6u32).map(|writer| {
            let (store, mut ids) = (kept.store.clone(), ids.clone());
            if writer % 2 == 1 {
                ids.reverse();
            }
            tokio::spawn(async move {
                let name: &'static str = format!("writer-{writer}").leak();
                let mut units = Vec::new();
                for id in &ids {
                    let before = loaded(&*store, id).await;
                    units.push(unit(
                        &definition(),
                        before.mark,
                        claim(name, 1)(&definition(), &before.case),
                        minute(1),
                    ));
                }
                let written = store.commit(Batch::from(units)).await.unwrap();
                written.iter().filter(|verdict| verdict.is_ok()).count()
            })
        });
        let mut ok = 0;
        for writer in writers.collect::<Vec<_>>() {
            ok += writer.await.unwrap();
        }
        assert!(ok >= ids.len(), "{name}: {ok}");
        let mut entries = 0;
        for id in &ids {
            entries += kept.store.history(CaseId(id.as_str().into()), Page::first(100)).await.unwrap().len();
        }
        assert_eq!(entries, ids.len() + ok, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_caller_that_goes_away_leaves_all_or_nothing() {
    for (name, kept) in stores::all().await {
        let store = &*kept.store;
        for polls in 0..25 {
            let id = format!("GONE-{polls}");
            let before = opened(store, &id).await;
            let unit =
                unit(&definition(), before.mark, claim("icbc", 1)(&definition(), &before.case), minute(1));
            let mut commit = store.commit(Batch::from(vec![unit]));
            for _ in 0..polls {
                let done =
                    std::future::poll_fn(|context| std::task::Poll::Ready(commit.as_mut().poll(context)))
                        .await;
                if done.is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(commit);
            // The next write waits for whatever is left of the one before.
            opened(store, &format!("{id}-next")).await;
            let stored = loaded(store, &id).await;
            let history = store.history(stored.case.id.clone(), Page::first(9)).await.unwrap();
            assert_eq!(verify_whole(&history, stored.mark), Ok(()), "{name} after {polls}");
            assert!(stored == before || stored.case.runs.len() == 2, "{name} after {polls}");
        }
    }
}
