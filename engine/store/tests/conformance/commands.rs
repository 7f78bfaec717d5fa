//! Commands and messages: one key, one answer; each message once and in order.

use machine::ids::CaseId;
use ports::commit::{Conflict, Mark, Received, Unit};
use ports::outbox::EffectKey;
use ports::query::Loaded;
use ports::store::Store;

use crate::cases::{claim, loaded, opened, write};
use crate::demand::{answered, definition, minute, open_case, unit};

/// Runs every story about commands and messages.
pub async fn exercise(store: &dyn Store) {
    a_double_click_gets_the_first_answer(store).await;
    a_key_is_not_used_for_two_things(store).await;
    two_openings_with_one_key_make_one_case(store).await;
    a_lost_reply_is_found_by_its_key(store).await;
    a_message_is_taken_in_once_and_in_order(store).await;
    old_keys_are_forgotten(store).await;
}

fn claiming(before: &Loaded, name: &'static str, key: &str, body: u8) -> Unit {
    let definition = definition();
    let step = claim(name, 1)(&definition, &before.case);
    let mut unit = unit(&definition, before.mark, step, minute(1));
    unit.command = Some(answered(key, body, "claimed"));
    unit
}

async fn a_double_click_gets_the_first_answer(store: &dyn Store) {
    let before = opened(store, "K-1").await;
    assert!(write(store, vec![claiming(&before, "icbc", "k-1", 1)]).await[0].is_ok());
    let stored = loaded(store, "K-1").await;
    for from in [before, stored.clone()] {
        let written = write(store, vec![claiming(&from, "abc", "k-1", 1)]).await;
        let Err(Conflict::Answered(record)) = &written[0] else { panic!("{written:?}") };
        assert_eq!(
            (&*record.case.0, record.answer.as_slice(), record.at),
            ("K-1", &b"claimed"[..], minute(1))
        );
    }
    assert_eq!(loaded(store, "K-1").await, stored);
}

async fn a_key_is_not_used_for_two_things(store: &dyn Store) {
    let before = opened(store, "K-2").await;
    assert!(write(store, vec![claiming(&before, "icbc", "k-2", 1)]).await[0].is_ok());
    let other = opened(store, "K-2b").await;
    let bystander = opened(store, "K-2c").await;
    let written =
        write(store, vec![claiming(&other, "icbc", "k-2", 2), claiming(&bystander, "icbc", "k-2c", 1)]).await;
    assert_eq!(written[0], Err(Conflict::KeyReused { case: CaseId("K-2".into()) }));
    assert!(written[1].is_ok());
    assert_eq!(loaded(store, "K-2b").await, other);
}

async fn two_openings_with_one_key_make_one_case(store: &dyn Store) {
    let definition = definition();
    let of = |id: &str| {
        let mut unit = unit(&definition, Mark::NEW, open_case(&definition, id, minute(0)), minute(0));
        unit.command = Some(answered("k-3", 3, id));
        unit
    };
    let written = write(store, vec![of("K-3b"), of("K-3a")]).await;
    assert!(written[1].is_ok());
    assert!(
        matches!(&written[0], Err(Conflict::Answered(record)) if record.answer == b"K-3a"),
        "{written:?}"
    );
    let stored = store.load(vec![CaseId("K-3a".into()), CaseId("K-3b".into())]).await.unwrap();
    assert!(stored[0].is_some() && stored[1].is_none());
}

async fn a_lost_reply_is_found_by_its_key(store: &dyn Store) {
    assert_eq!(store.command("k-4").await.unwrap(), None);
    let before = opened(store, "K-4").await;
    write(store, vec![claiming(&before, "icbc", "k-4", 9)]).await;
    let record = store.command("k-4").await.unwrap().unwrap();
    assert_eq!((&*record.key, &*record.case.0, record.body), ("k-4", "K-4", [9; 32]));
}

async fn a_message_is_taken_in_once_and_in_order(store: &dyn Store) {
    opened(store, "M-1").await;
    let definition = definition();
    let take_in = |before: Loaded, sender: &str, entry: u64, effect: u32| {
        let step =
            crate::demand::send(&definition, &before.case, "told", &[], crate::demand::clerk(), minute(1));
        let mut unit = unit(&definition, before.mark, step, minute(1));
        unit.received = Some(Received { message: EffectKey { case: CaseId(sender.into()), entry, effect } });
        unit
    };
    // sender, entry, effect, taken in?
    let table = [
        ("S-1", 4, 0, true),
        ("S-1", 4, 0, false), // again
        ("S-1", 4, 1, true),
        ("S-1", 3, 9, false), // before what was taken in
        ("S-2", 1, 0, true),  // another sender counts by itself
        ("S-1", 5, 0, true),
        ("S-1", 4, 1, false),
    ];
    for (sender, entry, effect, taken) in table {
        let before = loaded(store, "M-1").await;
        let written = write(store, vec![take_in(before, sender, entry, effect)]).await;
        match taken {
            true => assert!(written[0].is_ok(), "{sender}/{entry}/{effect}"),
            false => assert_eq!(written[0], Err(Conflict::AlreadyReceived), "{sender}/{entry}/{effect}"),
        }
    }
}

async fn old_keys_are_forgotten(store: &dyn Store) {
    let before = opened(store, "K-5").await;
    let mut old = claiming(&before, "icbc", "k-5", 1);
    old.entry.at = minute(-1_000);
    write(store, vec![old]).await;
    let swept = store.sweep(minute(-999)).await.unwrap();
    assert_eq!((swept.commands, swept.deliveries), (1, 0));
    assert_eq!(store.command("k-5").await.unwrap(), None);
    assert!(store.command("k-4").await.unwrap().is_some());
}
