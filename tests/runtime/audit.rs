//! Auditing: whole histories are whole, and whatever somebody changes by hand is found and named.

use machine::ids::CaseId;
use store::audit::{Flaw, NoBundle, bundle, check, check_bundle, unhex};
use store::chain::Broken;

use crate::house::{HandClock, House, employee, open_file, over_all_stores, supervisor};

/// A leave that was asked for, refused once and approved: several entries.
async fn a_leave(house: &House, case: &str) {
    house.ask_leave(case, Some(&format!("{case}/ask"))).await.unwrap();
    // A refused attempt is in the history too.
    house.send(case, "approve", employee(), None).await.unwrap();
    house.send(case, "approve", supervisor(), None).await.unwrap();
}

#[test]
fn a_history_that_nobody_touched_is_whole_everywhere() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store.clone(), &clock);
        a_leave(&house, "L-1").await;
        let checked = check(&*place.store, &CaseId("L-1".into())).await.unwrap().unwrap();
        assert_eq!((checked.entries, checked.flaw), (3, None));
        assert_eq!(check(&*place.store, &CaseId("L-2".into())).await.unwrap(), None);
        let text = bundle(&*place.store, &CaseId("L-1".into())).await.unwrap();
        let alone = check_bundle(&text, None).unwrap();
        assert_eq!((alone.head, alone.flaw), (checked.head, None));
    });
}

/// Statements of somebody with the password of the database, and what is found.
#[test]
fn whatever_is_changed_by_hand_is_found_and_named() {
    let table = [
        (
            "UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), 'office', 'bureau') AS BLOB) WHERE entry = 2",
            Flaw::Chain(Broken::Changed(2)),
        ),
        ("DELETE FROM entries WHERE entry = 2", Flaw::Chain(Broken::Gap { expected: 2, found: 3 })),
        ("DELETE FROM entries WHERE entry = 3", Flaw::Chain(Broken::Ends { expected: 3, found: 2 })),
        ("UPDATE entries SET chain = zeroblob(32) WHERE entry = 1", Flaw::Chain(Broken::Changed(1))),
        ("UPDATE entries SET body = x'00' WHERE entry = 3", Flaw::Unreadable(3)),
        (
            "UPDATE entries SET entry = 9 WHERE entry = 1; UPDATE entries SET entry = 1 WHERE entry = 2; UPDATE entries SET entry = 2 WHERE entry = 9",
            Flaw::Chain(Broken::Changed(1)),
        ),
        (
            "UPDATE cases SET snapshot = CAST(replace(CAST(snapshot AS TEXT), 'family', 'funfair') AS BLOB)",
            Flaw::OtherState,
        ),
        ("UPDATE cases SET chain = zeroblob(32)", Flaw::Chain(Broken::Changed(3))),
        ("UPDATE cases SET snapshot = x'01'", Flaw::NoCase),
    ];
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for (by_hand, flaw) in table {
        threads.block_on(async {
            let clock = HandClock::at("2026-03-02T01:00:00Z");
            let (file, _folder) = open_file(&clock).await;
            a_leave(&House::new(file.store.clone(), &clock), "L-1").await;
            a_leave(&House::new(file.store.clone(), &clock), "L-2").await;
            edit(&file.path, &by_hand.replace("WHERE", "WHERE case_id = 'L-1' AND")).await;
            let checked = check(&*file.store, &CaseId("L-1".into())).await.unwrap().unwrap();
            assert_eq!(checked.flaw, Some(flaw), "{by_hand}");
            if by_hand.contains("WHERE") {
                assert_eq!(check(&*file.store, &CaseId("L-2".into())).await.unwrap().unwrap().flaw, None);
            }
        });
    }
}

/// Changes a file as somebody does who may write the database.
pub async fn edit(path: &std::path::Path, statements: &str) {
    use sqlx::Connection;
    let mut connection =
        sqlx::SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[test]
fn a_file_that_was_exported_proves_itself() {
    over_all_stores(|place, clock| async move {
        if place.name != "memory" {
            return;
        }
        let house = House::new(place.store.clone(), &clock);
        a_leave(&house, "L-1").await;
        let early = check(&*place.store, &CaseId("L-1".into())).await.unwrap().unwrap().head;
        house.send("L-1", "approve", supervisor(), None).await.unwrap();
        let text = bundle(&*place.store, &CaseId("L-1".into())).await.unwrap();
        assert_eq!(check_bundle(&text, Some(early)).unwrap().flaw, None, "it goes on from what was noted");
        let foreign = unhex(&"07".repeat(32));
        assert_eq!(check_bundle(&text, foreign).unwrap().flaw, Some(Flaw::OtherHead));
        let lines: Vec<&str> = text.lines().collect();
        let without = |at: usize| {
            lines
                .iter()
                .enumerate()
                .filter(|(i, _)| *i != at)
                .map(|(_, l)| format!("{l}\n"))
                .collect::<String>()
        };
        let missing = Flaw::Chain(Broken::Gap { expected: 2, found: 3 });
        assert_eq!(check_bundle(&without(2), None).unwrap().flaw, Some(missing));
        assert_eq!(
            check_bundle(&text.replacen("office", "bureau", 1), None).unwrap().flaw.unwrap().entry(),
            Some(1)
        );
        let other = text.replacen("\\\"decided\\\"", "\\\"decides\\\"", 1);
        assert_ne!(check_bundle(&other, None).unwrap().flaw, None);
        assert_eq!(check_bundle("hello", None), Err(NoBundle::Line(1)));
        assert_eq!(check_bundle("{\"bundle\":9}", None), Err(NoBundle::Newer(9)));
        // Any single letter of any entry: no change goes unseen.
        for at in (lines[0].len() + 2..text.len()).step_by(97).filter(|at| text.is_char_boundary(*at)) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let found = check_bundle(&changed, None);
            assert!(!matches!(&found, Ok(checked) if checked.flaw.is_none()), "unseen at {at}: {found:?}");
        }
    });
}
