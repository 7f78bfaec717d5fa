//! Races round a deadline: what is received before it counts, what is received at it or after does not, in whatever
//! order the command and the look at the clock come up, over every store.

use jiff::SignedDuration;
use machine::event::{Actor, Event, Input, Target};
use machine::fact::What;
use machine::ids::{CaseId, Name};
use runtime::answer::{Answer, Trouble, Verdict};
use runtime::engine::Engine;
use runtime::lane::Lane;
use runtime::timers;

use crate::deadlines::{OFFER, clerk, offer};
use crate::house::{HandClock, House, over_all_stores, setting, text};

/// Microseconds between the deadline and the receipt.
const RECEIVED: [i64; 7] = [-1_000_000, -1_000, -1, 0, 1, 1_000, 1_000_000];

/// In which order the command and the look at the clock come up.
#[derive(Clone, Copy, Debug)]
enum Order {
    /// The command is received and decided; then the clock is looked at, late.
    CommandThenClock,
    /// The clock is looked at and the deadline decided, as far as it is due; then the command comes.
    ClockThenCommand,
    /// Both wait in line, the command before; it is late when they are decided.
    BothWaitCommandFirst,
    /// Both wait in line, the look at the clock before.
    BothWaitClockFirst,
    /// Nobody looks at the clock: the command itself finds what is due.
    NobodyLooks,
}

const ORDERS: [Order; 5] = [
    Order::CommandThenClock,
    Order::ClockThenCommand,
    Order::BothWaitCommandFirst,
    Order::BothWaitClockFirst,
    Order::NobodyLooks,
];

/// An engine whose lanes work when they are told to.
struct Paced {
    house: House,
    lanes: Vec<Lane>,
}

type Asked = tokio::task::JoinHandle<Result<Answer, Trouble>>;

impl Paced {
    fn new(place: crate::house::Place, clock: &std::sync::Arc<HandClock>) -> Paced {
        let (engine, lanes) = Engine::new(setting(place.store, clock));
        engine.shelf().put_compiled(&text(OFFER));
        Paced { house: House { engine }, lanes }
    }

    /// A command enters its line.
    async fn received(&self, case: &str, to: Target, event: &str, by: Actor, reason: Option<Name>) -> Asked {
        let (engine, id, before) =
            (self.house.engine.clone(), CaseId(case.into()), self.house.engine.waiting());
        let event = Input::Event(Event { to, name: event.into(), data: vec![], reason });
        let asked = tokio::spawn(async move { engine.give(id, event, by, None).await });
        while self.house.engine.waiting() == before {
            tokio::task::yield_now().await;
        }
        asked
    }

    /// A look at the clock for everything that is due enters the lines.
    async fn looked(&self) {
        timers::run_once(&self.house.engine).await.unwrap();
    }

    /// The lanes decide everything.
    async fn decided(&mut self) {
        while !self.house.engine.is_at_rest() {
            for lane in &mut self.lanes {
                lane.run_once().await.unwrap();
            }
        }
    }

    /// Does something while the lanes work.
    async fn with_lanes<T>(&mut self, what: impl Future<Output = T>) -> T {
        let mut what = Box::pin(what);
        loop {
            tokio::select! {
                biased;
                done = &mut what => return done,
                () = tokio::task::yield_now() => {
                    for lane in &mut self.lanes {
                        lane.run_once().await.unwrap();
                    }
                }
            }
        }
    }

    /// Plays an order; the clock stands at the receipt. What the command was answered.
    async fn play(
        &mut self,
        order: Order,
        clock: &HandClock,
        asks: impl AsyncFn(&Paced) -> Asked,
    ) -> Result<Answer, Trouble> {
        let late = SignedDuration::from_secs(7);
        let asked = match order {
            Order::CommandThenClock | Order::NobodyLooks => asks(self).await,
            Order::ClockThenCommand => {
                self.looked().await;
                self.decided().await;
                asks(self).await
            }
            Order::BothWaitCommandFirst => {
                let asked = asks(self).await;
                clock.pass(late);
                self.looked().await;
                asked
            }
            Order::BothWaitClockFirst => {
                self.looked().await;
                asks(self).await
            }
        };
        self.decided().await;
        let answer = asked.await.unwrap();
        if !matches!(order, Order::NobodyLooks) {
            clock.pass(late);
            self.looked().await;
            self.decided().await;
        }
        answer
    }
}

fn at_receipt(clock: &HandClock, whole: SignedDuration, micros: i64) {
    clock.pass(whole + SignedDuration::from_micros(micros));
}

#[test]
fn an_offer_is_accepted_exactly_when_the_acceptance_was_received_before_it_lapsed() {
    over_all_stores(|place, clock| async move {
        let mut paced = Paced::new(place, &clock);
        for (number, (order, micros)) in
            ORDERS.into_iter().flat_map(|order| RECEIVED.map(|micros| (order, micros))).enumerate()
        {
            let case = format!("O-{number}");
            let house = paced.house.clone();
            paced.with_lanes(offer(&house, &case)).await;
            at_receipt(&clock, SignedDuration::from_hours(1), micros);
            let asks =
                async |paced: &Paced| paced.received(&case, Target::Main, "accept", clerk(), None).await;
            let answer = paced.play(order, &clock, asks).await.unwrap();
            let counts = micros < 0;
            assert_eq!(answer.verdict == Verdict::Accepted, counts, "{order:?} {micros} µs: {answer:?}");
            let becomes = if counts { "accepted" } else { "lapsed" };
            assert_eq!(house.states(&case).await, becomes, "{order:?} {micros} µs");
            let facts = house.facts(&case).await;
            let fired = facts.iter().filter(|fact| matches!(fact.what, What::TimerFired { .. })).count();
            assert_eq!(fired, usize::from(!counts), "{order:?} {micros} µs");
        }
    });
}

#[test]
#[expect(clippy::async_yields_async, reason = "the command waits in its line while the clock goes on")]
fn a_bank_decides_exactly_when_it_was_received_before_its_claim_was_cancelled() {
    over_all_stores(|place, clock| async move {
        let mut paced = Paced::new(place, &clock);
        for (number, (order, micros)) in
            ORDERS.into_iter().flat_map(|order| RECEIVED.map(|micros| (order, micros))).enumerate()
        {
            let case = format!("FD-{number}");
            let house = paced.house.clone();
            paced.with_lanes(house.publish_demand(&case)).await;
            paced.with_lanes(house.claim(&case, "icbc", None)).await.unwrap();
            let due = evaluation(&house, &case).await;
            at_receipt(&clock, due.duration_since(house.engine.now()), micros);
            let asks = async |paced: &Paced| {
                let to = Target::Child { kind: "claims".into(), key: expr::value::Value::text("icbc") };
                let by = Actor::person("approver of icbc", "icbc", "bank_approver");
                paced.received(&case, to, "reject", by, Some("too little credit left".into())).await
            };
            let answer = paced.play(order, &clock, asks).await.unwrap();
            let counts = micros < 0;
            assert_eq!(answer.verdict == Verdict::Accepted, counts, "{order:?} {micros} µs: {answer:?}");
            let becomes = if counts { "rejected" } else { "auto_cancelled" };
            let ended: Vec<Name> = (house.facts(&case).await.into_iter())
                .filter_map(|fact| match fact.what {
                    What::Ended { outcome } => Some(outcome),
                    _ => None,
                })
                .collect();
            assert_eq!(ended, [Name::from(becomes)], "{order:?} {micros} µs");
        }
    });
}

/// When the claim's evaluation is due.
async fn evaluation(house: &House, case: &str) -> jiff::Timestamp {
    let loaded = house.engine.store().load(vec![CaseId(case.into())]).await.unwrap();
    let case = &loaded[0].as_ref().unwrap().case;
    let claim = case.runs.last().unwrap();
    claim.timers.iter().filter_map(|timer| timer.clock.fires_at()).min().unwrap()
}
