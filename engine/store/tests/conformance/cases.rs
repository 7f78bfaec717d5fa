//! Cases: written whole, versioned, listed, found when due, with a history that proves itself.

use std::collections::BTreeMap;

use expr::value::Value;
use machine::case::Case;
use machine::definition::Definition;
use machine::ids::CaseId;
use machine::replay::replay;
use machine::step::Step;
use ports::commit::{Batch, Conflict, Mark, Unit};
use ports::query::{CaseFilter, Count, DueFilter, Loaded, Page, Standing};
use ports::store::{Store, Written};

use crate::demand::{bank, clerk, definition, minute, open_case, send, send_to_claim, tick, unit};
use store::chain::{Broken, verify, verify_whole};

/// Runs every story about cases.
pub async fn exercise(store: &dyn Store) {
    a_case_comes_back_as_it_was(store).await;
    the_second_of_two_writers_is_told(store).await;
    one_conflict_leaves_the_others_alone(store).await;
    a_history_proves_itself_and_replays(store).await;
    due_cases_come_longest_due_first(store).await;
    lists_are_filtered_and_paged(store).await;
    counting_cases_and_listing_them_comes_to_the_same(store).await;
    a_finished_case_is_no_longer_due(store).await;
    nonsense_is_refused_before_it_is_written(store).await;
}

/// Writes units and gives what became of each.
pub async fn write(store: &dyn Store, units: Vec<Unit>) -> Written {
    store.commit(Batch::from(units)).await.unwrap()
}

/// Opens a demand and gives it as it is stored.
pub async fn opened(store: &dyn Store, id: &str) -> Loaded {
    let definition = definition();
    let step = open_case(&definition, id, minute(0));
    let written = write(store, vec![unit(&definition, Mark::NEW, step, minute(0))]).await;
    assert!(written[0].is_ok(), "{id}: {written:?}");
    loaded(store, id).await
}

/// A case as it is stored.
pub async fn loaded(store: &dyn Store, id: &str) -> Loaded {
    store.load(vec![CaseId(id.into())]).await.unwrap().remove(0).unwrap()
}

/// Takes one step of a case and writes it.
pub async fn go(
    store: &dyn Store,
    id: &str,
    at: i64,
    decide: impl FnOnce(&Definition, &Case) -> Step,
) -> Loaded {
    let definition = definition();
    let before = loaded(store, id).await;
    let step = decide(&definition, &before.case);
    let written = write(store, vec![unit(&definition, before.mark, step, minute(at))]).await;
    assert!(written[0].is_ok(), "{id}: {written:?}");
    loaded(store, id).await
}

/// A bank claims.
pub fn claim(name: &'static str, at: i64) -> impl FnOnce(&Definition, &Case) -> Step {
    move |definition, case| {
        send(definition, case, "claim", &[("bank", Value::text(name))], bank(name), minute(at))
    }
}

async fn a_case_comes_back_as_it_was(store: &dyn Store) {
    let definition = definition();
    let step = open_case(&definition, "C-1", minute(0));
    let expected = step.case.clone();
    let written = write(store, vec![unit(&definition, Mark::NEW, step, minute(0))]).await;
    let stored = loaded(store, "C-1").await;
    assert_eq!(stored.case, expected);
    assert_eq!(Ok(stored.mark), written[0].clone());
    assert_eq!(stored.standing, Standing::Running);
    let none = store.load(vec![CaseId("C-none".into()), CaseId("C-1".into())]).await.unwrap();
    assert!(none[0].is_none() && none[1].is_some());
}

async fn the_second_of_two_writers_is_told(store: &dyn Store) {
    let definition = definition();
    let before = opened(store, "C-2").await;
    let both = ["icbc", "abc"]
        .map(|name| unit(&definition, before.mark, claim(name, 1)(&definition, &before.case), minute(1)));
    let [first, second] = both;
    assert!(write(store, vec![first]).await[0].is_ok());
    assert_eq!(write(store, vec![second]).await, [Err(Conflict::Stale { stored: 2 })]);
    assert_eq!(loaded(store, "C-2").await.case.runs.len(), 2);
    let again = unit(&definition, Mark::NEW, open_case(&definition, "C-2", minute(0)), minute(0));
    assert_eq!(write(store, vec![again]).await, [Err(Conflict::Stale { stored: 2 })]);
    let lost = Mark { version: 7, chain: [0; 32] };
    let unknown = unit(&definition, lost, open_case(&definition, "C-nobody", minute(0)), minute(0));
    assert_eq!(write(store, vec![unknown]).await, [Err(Conflict::Stale { stored: 0 })]);
}

async fn one_conflict_leaves_the_others_alone(store: &dyn Store) {
    let definition = definition();
    let before = opened(store, "C-3").await;
    let stale = unit(&definition, Mark::NEW, open_case(&definition, "C-3", minute(0)), minute(0));
    let fresh = |id: &str| unit(&definition, Mark::NEW, open_case(&definition, id, minute(0)), minute(0));
    let written = write(store, vec![fresh("C-3z"), stale, fresh("C-3a")]).await;
    assert!(written[0].is_ok() && written[2].is_ok());
    assert_eq!(written[1], Err(Conflict::Stale { stored: 1 }));
    assert_eq!(loaded(store, "C-3").await, before);
    assert!(write(store, vec![]).await.is_empty());
}

async fn a_history_proves_itself_and_replays(store: &dyn Store) {
    opened(store, "H-1").await;
    for (at, name) in [(1, "icbc"), (2, "abc"), (3, "boc"), (4, "ccb")] {
        go(store, "H-1", at, claim(name, at)).await;
    }
    let stored = go(store, "H-1", 9, |d, c| send(d, c, "settle", &[], clerk(), minute(9))).await;
    assert_eq!(stored.standing, Standing::Ended);
    let id = CaseId("H-1".into());
    let whole = store.history(id.clone(), Page::first(100)).await.unwrap();
    assert_eq!(verify_whole(&whole, stored.mark), Ok(()));
    let facts: Vec<_> = whole.iter().flat_map(|e| e.told.facts.clone()).collect();
    assert_eq!(replay(&facts).unwrap(), stored.case);
    let firsts: Vec<u64> = whole.iter().map(|e| e.first_fact).collect();
    let counted = whole.iter().scan(1, |next, e| {
        let first = *next;
        *next += e.told.facts.len() as u64;
        Some(first)
    });
    assert_eq!(firsts, counted.collect::<Vec<u64>>());
    let mut paged = Vec::new();
    while let Some(page) =
        Some(store.history(id.clone(), Page { after: paged.last().copied(), limit: 2 }).await.unwrap())
        && !page.is_empty()
    {
        paged.extend(page.iter().map(|e| e.number));
    }
    assert_eq!(paged, [1, 2, 3, 4, 5, 6]);
    let mut forged = whole.clone();
    forged[2].body[40] ^= 1;
    assert_eq!(verify(Mark::NEW, &forged), Err(Broken::Changed(3)));
    forged = whole.clone();
    forged.remove(3);
    assert_eq!(verify(Mark::NEW, &forged), Err(Broken::Gap { expected: 4, found: 5 }));
    forged = whole[..5].to_vec();
    assert_eq!(verify_whole(&forged, stored.mark), Err(Broken::Ends { expected: 6, found: 5 }));
}

async fn due_cases_come_longest_due_first(store: &dyn Store) {
    for (id, claimed_at) in [("D-1", 30), ("D-2", 10), ("D-3", 20)] {
        opened(store, id).await;
        go(store, id, claimed_at, claim("icbc", claimed_at)).await;
    }
    let five_days = 5 * 24 * 60;
    let due = |until: i64, parts| {
        let filter = DueFilter { until: minute(until), parts };
        async move {
            let found = store.due(filter, 100).await.unwrap();
            let ours = found.into_iter().filter(|case| case.id.0.starts_with("D-"));
            ours.map(|case| (case.id.0.to_string(), case.due)).collect::<Vec<_>>()
        }
    };
    assert_eq!(due(five_days + 9, None).await, []);
    let first = ("D-2".to_owned(), minute(five_days + 10));
    assert_eq!(due(five_days + 10, None).await, std::slice::from_ref(&first));
    let all = due(five_days + 60, None).await;
    assert_eq!(all.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["D-2", "D-3", "D-1"]);
    assert_eq!(due(five_days + 60, Some((0..256).collect())).await, all);
    assert_eq!(due(five_days + 60, Some(vec![])).await, []);
    let mut by_part = Vec::new();
    for part in 0..256 {
        by_part.extend(due(five_days + 60, Some(vec![part])).await);
    }
    by_part.sort_by_key(|(_, due)| *due);
    assert_eq!(by_part, all);
    assert_eq!(
        store.due(DueFilter { until: minute(five_days + 60), parts: None }, 1).await.unwrap().len(),
        1
    );
}

async fn lists_are_filtered_and_paged(store: &dyn Store) {
    for id in ["L-1", "L-2", "L-3"] {
        opened(store, id).await;
        go(store, id, 1, claim("lists_bank", 1)).await;
    }
    go(store, "L-2", 2, |d, c| send(d, c, "settle", &[], clerk(), minute(2))).await;
    let amount = [("amount", Value::text("EN-7"))];
    go(store, "L-3", 2, |d, c| send(d, c, "amend", &amount, clerk(), minute(2))).await;
    let ask = |filter: CaseFilter| async move {
        let party = Some("lists_bank".into());
        let lines = store.cases(CaseFilter { party, ..filter }, Page::first(10)).await.unwrap();
        lines.iter().map(|line| line.id.0.to_string()).collect::<Vec<_>>()
    };
    let some = CaseFilter::default();
    assert_eq!(ask(some.clone()).await, ["L-1", "L-2", "L-3"]);
    assert_eq!(ask(CaseFilter { standing: Some(Standing::Ended), ..some.clone() }).await, ["L-2"]);
    assert_eq!(ask(CaseFilter { standing: Some(Standing::Running), ..some.clone() }).await, ["L-1", "L-3"]);
    assert_eq!(ask(CaseFilter { state: Some("settled".into()), ..some.clone() }).await, ["L-2"]);
    assert_eq!(ask(CaseFilter { state: Some("settle_".into()), ..some.clone() }).await, [""; 0]);
    assert_eq!(ask(CaseFilter { correlate: Some("EN-7".into()), ..some.clone() }).await, ["L-3"]);
    assert_eq!(ask(CaseFilter { process: Some("other".into()), ..some.clone() }).await, [""; 0]);
    let page = Page { after: Some(CaseId("L-1".into())), limit: 1 };
    let next = store.cases(CaseFilter { process: Some("demand".into()), ..some }, page).await.unwrap();
    assert_eq!(&*next[0].id.0, "L-2");
    assert_eq!((next[0].version, next[0].standing.clone(), next[0].next_due), (3, Standing::Ended, None));
    assert_eq!((next[0].started_at, next[0].updated_at), (minute(0), minute(2)));
}

async fn counting_cases_and_listing_them_comes_to_the_same(store: &dyn Store) {
    let mut listed = BTreeMap::new();
    let mut page = Page::first(7);
    loop {
        let lines = store.cases(CaseFilter::default(), page.clone()).await.unwrap();
        page.after = lines.last().map(|line| line.id.clone());
        let (full, process) = (lines.len() == 7, "demand");
        for line in lines.into_iter().filter(|line| &*line.process == process) {
            *listed.entry((line.process, line.states, line.standing)).or_insert(0u64) += 1;
        }
        if !full {
            break;
        }
    }
    let listed: Vec<Count> = listed
        .into_iter()
        .map(|((process, states, standing), cases)| Count { process, states, standing, cases })
        .collect();
    assert!(listed.iter().any(|it| it.standing == Standing::Ended) && listed.len() > 1, "{listed:?}");
    assert_eq!(store.counts(Some("demand".into())).await.unwrap(), listed);
    let all = store.counts(None).await.unwrap();
    assert!(listed.iter().all(|count| all.contains(count)), "{all:?}");
    assert_eq!(store.counts(Some("other".into())).await.unwrap(), []);
}

async fn a_finished_case_is_no_longer_due(store: &dyn Store) {
    opened(store, "F-1").await;
    go(store, "F-1", 1, claim("icbc", 1)).await;
    go(store, "F-1", 5, |d, c| send_to_claim(d, c, "evaluate", "icbc", minute(5))).await;
    let over = 91 * 24 * 60;
    let stored = go(store, "F-1", over, |d, c| tick(d, c, minute(over))).await;
    assert_eq!(stored.standing, Standing::Ended);
    let due = store.due(DueFilter { until: minute(over * 2), parts: None }, 1_000).await.unwrap();
    assert!(due.iter().all(|case| &*case.id.0 != "F-1"));
}

async fn nonsense_is_refused_before_it_is_written(store: &dyn Store) {
    let definition = definition();
    let of = |id: &str| unit(&definition, Mark::NEW, open_case(&definition, id, minute(0)), minute(0));
    let twice = store.commit(Batch::from(vec![of("N-1"), of("N-1")])).await;
    assert!(twice.unwrap_err().to_string().contains("case N-1 twice"));
    let long = store.commit(Batch::from(vec![of(&"N".repeat(201))])).await;
    assert!(long.unwrap_err().to_string().contains("a name of 201 bytes"));
    let zero = store.commit(Batch::from(vec![of("N\0")])).await;
    assert!(zero.unwrap_err().to_string().contains("zero byte"));
    assert_eq!(store.load(vec![CaseId("N-1".into())]).await.unwrap(), [None]);
}
