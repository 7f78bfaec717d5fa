//! Signed checkpoints: what a chain alone cannot show is found, each with its own name.

use jiff::Timestamp;
use machine::ids::CaseId;
use store::seal::folder::{Folder, Found, Stopped};
use store::seal::{Seal, Sealed};

use crate::audit::edit;
use crate::house::{File, HandClock, House, employee, open_file, over_all_stores, supervisor};

async fn a_leave(house: &House, case: &str) {
    house.ask_leave(case, None).await.unwrap();
    house.send(case, "approve", employee(), None).await.unwrap();
    house.send(case, "approve", supervisor(), None).await.unwrap();
}

fn seal() -> Seal {
    Seal::of(&[5; 32]).unwrap()
}

fn at() -> Timestamp {
    Timestamp::from_second(1_772_000_000).unwrap()
}

#[test]
fn a_store_that_only_went_on_is_as_every_checkpoint_says() {
    over_all_stores(|place, clock| async move {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder(folder.path().join("checkpoints"));
        let house = House::new(place.store.clone(), &clock);
        let empty = folder.seal(&*place.store, &seal(), at()).await.unwrap();
        assert_eq!(empty.checkpoint.cases, 0);
        house.ask_leave("L-1", None).await.unwrap();
        folder.seal(&*place.store, &seal(), at()).await.unwrap();
        house.send("L-1", "approve", supervisor(), None).await.unwrap();
        a_leave(&house, "L-0").await;
        let last = folder.seal(&*place.store, &seal(), at()).await.unwrap();
        assert_eq!((last.checkpoint.number, last.checkpoint.cases), (3, 2));
        let verified = folder.verify(&*place.store, &seal().public()).await.unwrap();
        assert_eq!((verified.checkpoints, verified.compared, verified.found), (3, 3, vec![]));
    });
}

/// Somebody with the password of the database takes care that every chain still holds.
#[test]
fn what_is_taken_away_whole_or_cut_back_is_found_and_nothing_is_signed_over_it() {
    let all = ["cases", "entries", "tasks", "outbox", "commands", "parties", "slots", "messages"];
    let gone = all.map(|table| format!("DELETE FROM {table} WHERE case_id = 'L-2';")).concat();
    let cut = "DELETE FROM entries WHERE case_id = 'L-2' AND entry = 3;
        UPDATE cases SET version = 2, chain = (SELECT chain FROM entries WHERE case_id = 'L-2' AND entry = 2)
        WHERE case_id = 'L-2';"
        .to_owned();
    let case = || CaseId("L-2".into());
    let table = [
        (gone, Found::Gone { case: case(), entries: 3, number: 1 }),
        (cut, Found::CutBack { case: case(), had: 3, has: 2, number: 1 }),
        (
            "UPDATE entries SET chain = zeroblob(32) WHERE case_id = 'L-2' AND entry = 3;
             UPDATE cases SET chain = zeroblob(32) WHERE case_id = 'L-2';"
                .to_owned(),
            Found::Rewritten { case: case(), entry: 3, number: 1 },
        ),
    ];
    for (by_hand, found) in table {
        in_a_file(async move |file, folder| {
            edit(&file.path, &by_hand).await;
            let verified = folder.verify(&*file.store, &seal().public()).await.unwrap();
            assert_eq!(verified.found, [found], "{by_hand}");
            let refused = folder.seal(&*file.store, &seal(), at()).await;
            assert!(matches!(refused, Err(Stopped::Found(_))), "{refused:?}");
        });
    }
}

#[test]
fn a_checkpoint_that_is_forged_exchanged_or_lacks_its_heads_is_found() {
    let thief = || Seal::of(&[6; 32]).unwrap();
    in_a_file(async move |file, folder| {
        folder.seal(&*file.store, &seal(), at()).await.unwrap();
        let lines = folder.0.join("checkpoints.ndjson");
        let text = std::fs::read_to_string(&lines).unwrap();
        let (first, second) = text.trim().split_once('\n').unwrap();
        let found = async || folder.verify(&*file.store, &seal().public()).await.unwrap().found;
        assert_eq!(found().await, []);
        let forged = thief().sign(Sealed::read(second).unwrap().checkpoint).line();
        for (lines_now, expected) in [
            (format!("{first}\n{forged}\n"), Found::Forged { number: 2 }),
            (
                format!("{first}\n{}\n", second.replace("\"cases\":2", "\"cases\":1")),
                Found::Forged { number: 2 },
            ),
            (format!("{second}\n"), Found::Unlinked { number: 2 }),
            (format!("{first}\nnonsense\n"), Found::Unreadable { line: 2 }),
        ] {
            std::fs::write(&lines, &lines_now).unwrap();
            assert!(found().await.contains(&expected), "{lines_now}");
        }
        std::fs::write(&lines, &text).unwrap();
        let heads = folder.0.join("heads-000002.txt");
        let kept = std::fs::read_to_string(&heads).unwrap();
        std::fs::write(&heads, kept.lines().next().unwrap()).unwrap();
        assert_eq!(found().await, [Found::OtherHeads { number: 2 }]);
        std::fs::remove_file(&heads).unwrap();
        assert_eq!(found().await, [Found::NoHeads { number: 2 }]);
    });
}

/// A file with two leaves and a checkpoint over them.
fn in_a_file(story: impl AsyncFnOnce(File, Folder)) {
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    threads.block_on(async {
        let clock = HandClock::at("2026-03-02T01:00:00Z");
        let (file, kept) = open_file(&clock).await;
        let house = House::new(file.store.clone(), &clock);
        a_leave(&house, "L-1").await;
        a_leave(&house, "L-2").await;
        let folder = Folder(kept.path().join("checkpoints"));
        folder.seal(&*file.store, &seal(), at()).await.unwrap();
        story(file, folder).await;
    });
}
