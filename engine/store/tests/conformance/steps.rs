//! Several steps of a case in one batch: they follow each other, and are written all or none.

use machine::ids::CaseId;
use ports::commit::{Conflict, Mark, Unit};
use ports::query::Page;
use ports::store::Store;
use store::chain::verify_whole;

use crate::cases::{claim, loaded, opened, write};
use crate::demand::{answered, definition, minute, open_case, send_to_claim, unit};

/// Runs every story about batches of steps.
pub async fn exercise(store: &dyn Store) {
    a_case_goes_several_steps_at_once(store).await;
    one_conflict_leaves_out_every_step_of_its_case(store).await;
    a_forbidden_step_leaves_what_came_before(store).await;
}

/// Opened, claimed, the claim given back, claimed again by another bank: the place changes hands within the batch.
fn course(id: &str) -> Vec<Unit> {
    let definition = definition();
    let mut units = vec![unit(&definition, Mark::NEW, open_case(&definition, id, minute(0)), minute(0))];
    let mut go = |at: i64, step: machine::step::Step| {
        let before = Mark { version: units.len() as u64, chain: [0; 32] };
        units.push(unit(&definition, before, step, minute(at)));
        units.last().unwrap().case.clone()
    };
    let case = units_case(&definition, id);
    let case = go(1, claim("icbc", 1)(&definition, &case));
    let case = go(2, send_to_claim(&definition, &case, "step_back", "icbc", minute(2)));
    go(3, claim("abc", 3)(&definition, &case));
    units
}

fn units_case(definition: &machine::definition::Definition, id: &str) -> machine::case::Case {
    open_case(definition, id, minute(0)).case
}

async fn a_case_goes_several_steps_at_once(store: &dyn Store) {
    let [many, one] = [course("S-MANY"), course("S-ONE")];
    let last = many.last().unwrap().case.clone();
    let other = unit(&definition(), Mark::NEW, open_case(&definition(), "S-OTHER", minute(0)), minute(0));
    let mut batch = many;
    batch.insert(2, other);
    let written = write(store, batch).await;
    let versions: Vec<u64> = written.iter().map(|it| it.as_ref().unwrap().version).collect();
    assert_eq!(versions, [1, 2, 1, 3, 4]);
    let stored = loaded(store, "S-MANY").await;
    assert_eq!((&stored.case, stored.mark), (&last, *written[4].as_ref().unwrap()));
    let mut mark = Mark::NEW;
    for step in one {
        mark = write(store, vec![Unit { before: mark, ..step }]).await.remove(0).unwrap();
    }
    let history = |id: &str| store.history(CaseId(id.into()), Page::first(9));
    let (many, one) = (history("S-MANY").await.unwrap(), history("S-ONE").await.unwrap());
    assert_eq!(verify_whole(&many, stored.mark), Ok(()));
    let facts = |entries: &[ports::query::Entry]| -> Vec<_> {
        entries.iter().map(|e| (e.number, e.first_fact, e.told.facts.len())).collect()
    };
    assert_eq!(facts(&many), facts(&one));
    // The place given back within the batch is held by the other bank, and by nobody else.
    let next = unit(
        &definition(),
        stored.mark,
        send_to_claim(&definition(), &stored.case, "step_back", "abc", minute(4)),
        minute(4),
    );
    assert!(write(store, vec![next]).await[0].is_ok());
}

async fn one_conflict_leaves_out_every_step_of_its_case(store: &dyn Store) {
    let mut first = course("S-KEY");
    first.truncate(1);
    first[0].command = Some(answered("steps-key", 1, "said"));
    assert!(write(store, first).await[0].is_ok());
    let before = opened(store, "S-C").await;
    let mut units = course("S-C").split_off(1);
    units[0].before = before.mark;
    units[1].command = Some(answered("steps-key", 1, "said"));
    let fresh = course("S-FRESH");
    let mut batch = units;
    batch.extend(fresh);
    let written = write(store, batch).await;
    assert!(matches!(written[0], Err(Conflict::Stale { .. })), "{written:?}");
    assert!(matches!(written[1], Err(Conflict::Answered(_))), "{written:?}");
    assert!(matches!(written[2], Err(Conflict::Stale { .. })), "{written:?}");
    assert!(written[3..].iter().all(Result::is_ok), "{written:?}");
    assert_eq!(loaded(store, "S-C").await, before);
}

async fn a_forbidden_step_leaves_what_came_before(store: &dyn Store) {
    let mut units = course("S-FORBIDDEN");
    units.truncate(2);
    // A second claim that believes the first place to be free.
    let mut wrong = course("S-FORBIDDEN").remove(3);
    wrong.before.version = 2;
    wrong.case.facts = units[1].case.facts + wrong.entry.facts.len() as u64;
    units.push(wrong);
    let written = write(store, units).await;
    assert!(written[0].is_ok() && written[1].is_ok(), "{written:?}");
    assert!(matches!(written[2], Err(Conflict::Forbidden { .. })), "{written:?}");
    assert_eq!(loaded(store, "S-FORBIDDEN").await.mark.version, 2);
}
