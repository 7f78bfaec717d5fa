//! Offers that lapse: each fires once, never early; whoever accepts is judged by the time of receipt alone.

use jiff::{SignedDuration, Timestamp};
use language::words;
use language::words::Words;
use machine::fact::What;
use ports::query::Entry;

/// What an offer's history says.
#[derive(Debug, Default)]
pub struct Offer {
    /// Deadlines that fired.
    pub fired: u64,
    /// The longest between a deadline and the look at the clock that fired it.
    pub late: SignedDuration,
    accepted: u64,
    /// From when on it could fire.
    from: Timestamp,
    /// What is wrong.
    pub breaches: Vec<Words>,
}

impl Offer {
    /// Reads the history of an offer that is due at an instant; `end` is the present one, before which it had to
    /// come to something.
    pub fn read(case: &str, due: Timestamp, end: Timestamp, entries: &[Entry]) -> Offer {
        // It may have been opened when it was due already: its client was asked again after all was over.
        let from = entries.first().map_or(due, |first| first.told.at.max(due));
        let mut offer = Offer { from, ..Offer::default() };
        for entry in entries {
            for fact in &entry.told.facts {
                offer.fact(case, due, entry.told.at, fact.at, &fact.what);
            }
        }
        let (fired, accepted) = (offer.fired, offer.accepted);
        // One that was made while the clock stood ahead may be due in days.
        let open = due > end && fired + accepted == 0;
        if fired + accepted != 1 && !open {
            offer.breaches.push(words!(
                "{case} 到期 {fired} 次，接受 {accepted} 次：应当正好有一次",
                "{case} lapsed {fired} times and was accepted {accepted} times: it should be one of them, once"
            ));
        }
        offer
    }

    fn fact(&mut self, case: &str, due: Timestamp, decided: Timestamp, at: Timestamp, what: &What) {
        match what {
            What::TimerFired { due: fired, .. } => {
                self.fired += 1;
                self.late = self.late.max(decided.duration_since(self.from));
                if *fired != due || decided < due {
                    self.breaches.push(words!(
                        "{case} 应在 {due} 到期，却在 {decided} 按 {fired} 办了",
                        "{case} is due at {due}; it fired at {decided} as due at {fired}"
                    ));
                }
            }
            What::Received { event, .. } if &**event == "accept" => {
                self.accepted += 1;
                if at >= due {
                    self.breaches.push(words!(
                        "{case} 到期 {due}，{at} 收到的接受算了数",
                        "{case} was due at {due}; what was received at {at} counted"
                    ));
                }
            }
            What::Refused { event, .. } if &**event == "accept" && at < due => {
                self.breaches.push(words!(
                    "{case} 到期 {due}，{at} 收到的接受没有算数",
                    "{case} was due at {due}; what was received at {at} did not count"
                ));
            }
            _ => {}
        }
    }
}
