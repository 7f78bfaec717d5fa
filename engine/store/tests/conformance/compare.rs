//! The same random history through every store at once; everything that can be read must be equal.

use std::fmt::Debug;

use expr::value::Value;
use jiff::SignedDuration;
use machine::definition::Definition;
use machine::ids::CaseId;
use machine::step::Step;
use ports::commit::{Batch, Conflict, Fence, Mark, Received, Unit};
use ports::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Outcome, Settled};
use ports::query::{CaseFilter, DueFilter, LeaseWish, Loaded, Page, Standing, TaskFilter};
use ports::store::{Store, Written};
use store::chain::verify_whole;

use crate::demand::{answered, bank, clerk, definition, minute, open_case, send, send_to_claim, tick, unit};
use crate::stores::{self, Opened};

const BANKS: [&str; 5] = ["icbc", "abc", "boc", "ccb", "cmb"];
const CASES: u64 = 12;
const ROUNDS: u64 = 100;

/// A generator of numbers that are the same for the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}

/// The stores that are compared; the first is the model.
struct All(Vec<(&'static str, Opened)>);

impl All {
    /// Does the same to each and gives what the model said; all must have said the same.
    async fn each<'s, T: PartialEq + Debug, F: Future<Output = T> + 's>(
        &'s self,
        what: &str,
        ask: impl Fn(&'s dyn Store) -> F,
    ) -> T {
        let expected = ask(&*self.0[0].1.store).await;
        for (name, opened) in &self.0[1..] {
            assert_eq!(ask(&*opened.store).await, expected, "{name} says something else: {what}");
        }
        expected
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_history_reads_the_same_everywhere() {
    for seed in 1..=2 {
        let all = All(stores::all().await);
        let mut dice = Dice(seed);
        for round in 0..ROUNDS {
            write(&all, &mut dice, round).await;
            if dice.one_in(3) {
                deliver(&all, &mut dice, round).await;
            }
            if dice.one_in(5) {
                lease(&all, &mut dice).await;
            }
            read(&all, &mut dice, round).await;
        }
        read_everything(&all).await;
    }
}

/// When a round takes place: hours apart, so that some claims lapse.
fn hour(round: u64) -> i64 {
    i64::try_from(round * 60 * 7).unwrap()
}

async fn write(all: &All, dice: &mut Dice, round: u64) {
    let definition = definition();
    let mut units: Vec<Unit> = Vec::new();
    for _ in 0..=dice.roll(4) {
        let id = format!("R-{:02}", dice.roll(CASES));
        if units.iter().any(|u| *u.case.id.0 == *id) {
            continue;
        }
        let ids = vec![CaseId(id.as_str().into())];
        let before = all.each("load", |s| s.load(ids.clone())).await.unwrap().remove(0);
        units.push(make(&definition, dice, &id, before, round));
    }
    let batch = Batch::from(units);
    let written: Result<Written, _> = all.each("commit", |s| s.commit(batch.clone())).await;
    for verdict in written.unwrap() {
        assert!(!matches!(verdict, Err(Conflict::Forbidden { .. })), "{verdict:?}");
    }
}

/// A step of a case as an engine would write it; sometimes with the faults of a late or repeating caller.
fn make(definition: &Definition, dice: &mut Dice, id: &str, before: Option<Loaded>, round: u64) -> Unit {
    let at = minute(hour(round));
    let (mark, step) = match &before {
        None => (Mark::NEW, open_case(definition, id, at)),
        Some(loaded) => (loaded.mark, act(definition, dice, loaded, hour(round))),
    };
    let mut unit = unit(definition, mark, step, at);
    if dice.one_in(8) {
        unit.before.version = dice.roll(4);
    }
    if dice.one_in(3) {
        let key = format!("key-{}", dice.roll(60));
        unit.command = Some(answered(&key, u8::try_from(dice.roll(2)).unwrap(), &format!("answer {round}")));
    }
    if dice.one_in(4) {
        let case = CaseId(format!("S-{}", dice.roll(2)).as_str().into());
        unit.received = Some(Received { message: EffectKey { case, entry: dice.roll(ROUNDS), effect: 0 } });
    }
    if dice.one_in(6) {
        unit.fence = Some(Fence { lease: "part-0".into(), epoch: dice.roll(3) });
    }
    if dice.one_in(40) && unit.line.standing == Standing::Running {
        unit.line.standing = Standing::Incident("formula_failed".into());
    }
    unit
}

fn act(definition: &Definition, dice: &mut Dice, loaded: &Loaded, at: i64) -> Step {
    let case = &loaded.case;
    let name = BANKS[usize::try_from(dice.roll(5)).unwrap()];
    let text = |text: String| Value::text(text);
    match dice.roll(9) {
        0..=2 => send(definition, case, "claim", &[("bank", Value::text(name))], bank(name), minute(at)),
        3 => send_to_claim(definition, case, "evaluate", name, minute(at)),
        4 => send_to_claim(definition, case, "step_back", name, minute(at)),
        5 => {
            let amount = [("amount", text(format!("EN-{}", dice.roll(5))))];
            send(definition, case, "amend", &amount, clerk(), minute(at))
        }
        6 => send(
            definition,
            case,
            "pass_on",
            &[("to", text(format!("EN-{}", dice.roll(2))))],
            clerk(),
            minute(at),
        ),
        7 if dice.one_in(4) => send(definition, case, "settle", &[], clerk(), minute(at)),
        _ => tick(definition, case, minute(at)),
    }
}

async fn deliver(all: &All, dice: &mut Dice, round: u64) {
    let connector = ["mail", "credit_system", "cases"][usize::try_from(dice.roll(3)).unwrap()];
    let lease = OutboxLease {
        connector: connector.into(),
        now: minute(hour(round)),
        keep: SignedDuration::from_hours(20),
        limit: u32::try_from(dice.roll(4)).unwrap(),
    };
    let rows: Vec<OutboxRow> = all.each("lease_outbox", |s| s.lease_outbox(lease.clone())).await.unwrap();
    let mut settled = Vec::new();
    for row in rows {
        let outcome = match dice.roll(5) {
            0 => Outcome::Again { at: minute(hour(round + 2)), problem: Some(format!("lost {round}")) },
            1 => Outcome::Park { problem: "refused".to_owned() },
            2 => Outcome::Drop,
            3 => continue,
            _ => Outcome::Done,
        };
        let epoch = if dice.one_in(9) { row.epoch + 1 } else { row.epoch };
        settled.push(Settled { key: row.key, epoch, outcome, at: minute(hour(round)) });
    }
    all.each("settle_outbox", |s| s.settle_outbox(settled.clone())).await.unwrap();
}

async fn lease(all: &All, dice: &mut Dice) {
    // Lasting for ever or given back at once: PostgreSQL has a clock of its own.
    let seconds = if dice.one_in(2) { 0 } else { 100_000 };
    let wish = LeaseWish {
        name: "part-0".into(),
        holder: format!("node-{}", dice.roll(2)).as_str().into(),
        keep: SignedDuration::from_secs(seconds),
    };
    let held = |s| {
        let answer = Store::lease(s, vec![wish.clone()]);
        async move { answer.await.unwrap().into_iter().map(|l| (l.name, l.holder, l.epoch)).collect::<Vec<_>>() }
    };
    all.each("lease", held).await;
}

async fn read(all: &All, dice: &mut Dice, round: u64) {
    let due = DueFilter { until: minute(hour(round)), parts: None };
    all.each("due", |s| s.due(due.clone(), 5)).await.unwrap();
    let name = BANKS[usize::try_from(dice.roll(5)).unwrap()];
    let page = Page { after: Some(CaseId("R-03".into())), limit: 3 };
    let filter = CaseFilter { party: Some(name.into()), ..CaseFilter::default() };
    all.each("cases of a party", |s| s.cases(filter.clone(), page.clone())).await.unwrap();
    let key = format!("key-{}", dice.roll(60));
    all.each("command", |s| s.command(&key)).await.unwrap();
    let inbox = TaskFilter { party: Some(name.into()), role: Some("bank".into()), ..TaskFilter::default() };
    all.each("tasks", |s| s.tasks(inbox.clone(), Page::first(4))).await.unwrap();
}

async fn read_everything(all: &All) {
    let cases = all.each("cases", |s| s.cases(CaseFilter::default(), Page::first(1_000))).await.unwrap();
    assert!(cases.len() as u64 > CASES / 2);
    for standing in [Standing::Running, Standing::Ended, Standing::Incident("any".into())] {
        let filter = CaseFilter { standing: Some(standing), ..CaseFilter::default() };
        all.each("cases by standing", |s| s.cases(filter.clone(), Page::first(1_000))).await.unwrap();
    }
    all.each("tasks", |s| s.tasks(TaskFilter::default(), Page::first(1_000))).await.unwrap();
    all.each("outbox", |s| s.outbox(OutboxFilter::default(), Page::first(1_000))).await.unwrap();
    for line in cases {
        let loaded = all.each("load", |s| s.load(vec![line.id.clone()])).await.unwrap().remove(0).unwrap();
        let history = all.each("history", |s| s.history(line.id.clone(), Page::first(1_000))).await.unwrap();
        assert_eq!(verify_whole(&history, loaded.mark), Ok(()));
        let facts: Vec<_> = history.iter().flat_map(|e| e.told.facts.clone()).collect();
        assert_eq!(machine::replay::replay(&facts).unwrap(), loaded.case);
    }
    let swept = minute(hour(ROUNDS / 2));
    all.each("sweep", |s| s.sweep(swept)).await.unwrap();
    for key in 0..60 {
        all.each("command", |s| s.command(&format!("key-{key}"))).await.unwrap();
    }
}
