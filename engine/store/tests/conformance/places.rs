//! Places of children: the cap holds in the tables themselves, whatever any program believes.

use std::sync::Arc;

use machine::fact::What;
use machine::step::Verdict;
use ports::commit::Conflict;
use ports::store::Store;

use crate::cases::{claim, go, loaded, opened, write};
use crate::demand::{definition, minute, send_to_claim, tick, unit};

/// Runs every story about places.
pub async fn exercise(store: &dyn Store) {
    a_fourth_bank_waits_until_a_place_opens(store).await;
    a_lapse_and_a_claim_in_one_step_pass_the_place_on(store).await;
    a_program_that_cannot_count_is_stopped_by_the_tables(store).await;
}

async fn a_fourth_bank_waits_until_a_place_opens(store: &dyn Store) {
    opened(store, "P-1").await;
    for (at, name) in [(1, "icbc"), (2, "abc"), (3, "boc")] {
        go(store, "P-1", at, claim(name, at)).await;
    }
    let full = loaded(store, "P-1").await;
    let refused = claim("ccb", 4)(&definition(), &full.case);
    assert!(matches!(&refused.verdict, Verdict::Refused(refusal) if &*refusal.code == "slots_full"));
    go(store, "P-1", 5, |d, c| send_to_claim(d, c, "step_back", "abc", minute(5))).await;
    let stored = go(store, "P-1", 6, claim("ccb", 6)).await;
    assert_eq!(stored.case.runs.last().unwrap().slot, Some(2));
    go(store, "P-1", 7, |d, c| send_to_claim(d, c, "evaluate", "icbc", minute(7))).await;
    let stored = go(store, "P-1", 8, claim("cmb", 8)).await;
    assert_eq!(stored.case.runs.last().unwrap().slot, Some(1));
}

async fn a_lapse_and_a_claim_in_one_step_pass_the_place_on(store: &dyn Store) {
    opened(store, "P-2").await;
    for (at, name) in [(1, "icbc"), (2, "abc"), (3, "boc")] {
        go(store, "P-2", at, claim(name, at)).await;
    }
    let later = 6 * 24 * 60;
    let stored = go(store, "P-2", later, claim("ccb", later)).await;
    let slots: Vec<_> =
        stored.case.runs.iter().filter(|r| r.ended.is_none()).filter_map(|r| r.slot).collect();
    assert_eq!(slots, [1]);
    go(store, "P-2", later * 2, |d, c| tick(d, c, minute(later * 2))).await;
}

async fn a_program_that_cannot_count_is_stopped_by_the_tables(store: &dyn Store) {
    let before = opened(store, "P-3").await;
    let before_two = go(store, "P-3", 1, claim("icbc", 1)).await;
    assert_eq!(before.case.runs.len() + 1, before_two.case.runs.len());
    let bystander = opened(store, "P-3b").await;
    let definition = definition();
    let mut step = claim("abc", 2)(&definition, &before_two.case);
    for fact in &mut step.facts {
        if let What::Started { slot, .. } = &mut fact.what {
            *slot = Some(1);
        }
    }
    Arc::make_mut(step.case.runs.last_mut().unwrap()).slot = Some(1);
    let broken = unit(&definition, before_two.mark, step, minute(2));
    let fine = unit(&definition, bystander.mark, claim("abc", 2)(&definition, &bystander.case), minute(2));
    let written = write(store, vec![broken, fine]).await;
    assert_eq!(written[0], Err(Conflict::Forbidden { constraint: "slots_one_holder".into() }));
    assert!(written[1].is_ok());
    assert_eq!(loaded(store, "P-3").await, before_two);
}
