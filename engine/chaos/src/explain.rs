//! Whether one order explains every answer about a demand: linearizability, with the order as the witness.
//!
//! The history of a case puts its commands into an order. It explains what clients saw when it never puts a
//! command before one that had been answered before the other was even sent, and when a small model of the rules,
//! written here a second time, gives every answer in that order. A client that was told of one order in which the
//! rules hold cannot have seen anything else; a history without such an order is not linearizable.

use std::collections::{BTreeMap, BTreeSet};

use language::words;
use language::words::Words;

/// The most banks a demand has at a time (claim_slots of the demand's policy).
pub const CAP: usize = 3;
/// How often one bank may claim a demand (reclaim_max of the demand's policy, and the first time).
pub const CLAIMS_MAX: usize = 2;

/// One command that stands in a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The entry it stands in.
    pub entry: u64,
    /// When it was first sent.
    pub began: u64,
    /// When its answer was heard; `None` if nobody did.
    pub ended: Option<u64>,
    /// `open`, `publish`, `claim`, `withdraw`.
    pub what: String,
    /// The bank.
    pub bank: String,
    /// The code it was refused with.
    pub refused: Option<String>,
}

/// A demand by the rules.
#[derive(Default)]
struct Demand<'a> {
    published: bool,
    holding: BTreeSet<&'a str>,
    claims: BTreeMap<&'a str, usize>,
}

impl<'a> Demand<'a> {
    /// Takes a command in the next place of the order; what the rules say against its answer.
    fn take(&mut self, act: &'a Act) -> Option<&'static str> {
        match (act.what.as_str(), act.refused.as_deref()) {
            ("open", _) => None,
            ("publish", None) if self.published => Some("published twice"),
            ("publish", None) => {
                self.published = true;
                None
            }
            ("publish", Some(_)) => (!self.published).then_some("not published though it was a draft"),
            ("claim", None) => self.claimed(&act.bank),
            ("claim", Some(code)) => self.not_claimed(&act.bank, code),
            ("withdraw", None) if self.holding.remove(&*act.bank) => None,
            ("withdraw", None) => Some("gave back a place it did not have"),
            ("withdraw", Some(_)) => {
                self.holding.contains(&*act.bank).then_some("not allowed to give its place back")
            }
            _ => Some("nobody knows this command"),
        }
    }

    fn claimed(&mut self, bank: &'a str) -> Option<&'static str> {
        let count = self.claims.entry(bank).or_default();
        *count += 1;
        let count = *count;
        if !self.holding.insert(bank) {
            return Some("has two places");
        }
        if !self.published {
            return Some("got a place on a draft");
        }
        if self.holding.len() > CAP {
            return Some("is a fourth bank");
        }
        (count > CLAIMS_MAX).then_some("claimed too often")
    }

    fn not_claimed(&self, bank: &str, code: &str) -> Option<&'static str> {
        let so = match code {
            "slots_full" => self.holding.len() == CAP,
            "already_claimed" => self.holding.contains(bank),
            "reclaim_limit" => self.claims.get(bank).is_some_and(|count| *count >= CLAIMS_MAX),
            "demand_not_open" => !self.published,
            _ => return Some("was refused for a reason the rules do not know"),
        };
        (!so).then_some("was refused for what was not so")
    }
}

/// What cannot be explained about one demand. The acts may come in any order.
pub fn unexplained(case: &str, acts: &[Act]) -> Vec<Words> {
    let mut acts: Vec<&Act> = acts.iter().collect();
    acts.sort_by_key(|act| act.entry);
    let (mut demand, mut latest, mut found) = (Demand::default(), None::<&Act>, Vec::new());
    for act in acts {
        if let Some(before) = latest.filter(|before| act.ended.is_some_and(|ended| ended < before.began)) {
            let (entry, earlier) = (act.entry, before.entry);
            found.push(words!(
                "{case} 第 {entry} 条在第 {earlier} 条发出之前就有了回答，却排在后面",
                "{case}: entry {entry} was answered before entry {earlier} was sent, and stands after it"
            ));
        }
        if let Some(wrong) = demand.take(act) {
            let Act { entry, bank, what, .. } = act;
            found.push(words!(
                "{case} 第 {entry} 条（{what} {bank}）与规则不符：{wrong}",
                "{case}, entry {entry} ({what} {bank}): {wrong}"
            ));
        }
        if latest.is_none_or(|before| act.began > before.began) {
            latest = Some(act);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `entry began ended bank what [code]`; `?` for an answer nobody heard.
    fn acts(text: &str) -> Vec<Act> {
        let one = |line: &str| {
            let parts: Vec<&str> = line.split_whitespace().collect();
            Act {
                entry: parts[0].parse().unwrap(),
                began: parts[1].parse().unwrap(),
                ended: parts[2].parse().ok(),
                bank: parts[3].into(),
                what: parts[4].into(),
                refused: parts.get(5).map(|code| (*code).to_owned()),
            }
        };
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(one).collect()
    }

    #[test]
    fn good_orders_are_known_from_bad_ones() {
        let published = "1 1 2 ent open\n 2 3 4 ent publish\n";
        let three = "3 5 6 icbc claim\n 4 5 7 abc claim\n 5 5 8 boc claim\n";
        let table = [
            ("three places", format!("{three} 6 9 10 ccb claim slots_full"), ""),
            ("a fourth bank", format!("{three} 6 9 10 ccb claim"), "fourth"),
            ("a fourth bank nobody heard of", format!("{three} 6 9 ? ccb claim"), "fourth"),
            ("full while a place was free", "3 5 6 icbc claim\n 4 7 8 abc claim slots_full".into(), "not so"),
            ("a place given back", format!("{three} 6 9 10 abc withdraw\n 7 11 12 ccb claim"), ""),
            ("given back too late", format!("{three} 6 9 10 ccb claim\n 7 11 12 abc withdraw"), "fourth"),
            ("twice at once", "3 5 6 icbc claim\n 4 7 8 icbc claim".into(), "two places"),
            ("refused to whom it was refused", "3 5 6 icbc claim\n 4 7 8 icbc claim already_claimed".into(), ""),
            ("given back by a stranger", "3 5 6 icbc withdraw".into(), "did not have"),
            ("answered before the other was sent", "3 9 10 icbc claim\n 4 5 6 abc claim".into(), "stands after"),
            ("at the same time in any order", "3 5 10 icbc claim\n 4 4 6 abc claim".into(), ""),
            ("no answer, and anywhere later", "3 9 10 icbc claim\n 4 5 ? abc claim".into(), ""),
            (
                "a third time",
                "3 5 6 abc claim\n 4 7 8 abc withdraw\n 5 9 10 abc claim\n 6 11 12 abc withdraw\n 7 13 14 abc claim"
                    .into(),
                "too often",
            ),
        ];
        for (what, text, says) in table {
            let found = unexplained("D-1", &acts(&format!("{published}{text}")));
            let found: Vec<String> = found.into_iter().map(|words| words.en).collect();
            match says {
                "" => assert!(found.is_empty(), "{what}: {found:?}"),
                _ => assert!(found.iter().any(|one| one.contains(says)), "{what}: {found:?}"),
            }
        }
        let found = unexplained("D-1", &acts("1 1 2 ent open\n 2 3 4 icbc claim"));
        assert!(found[0].en.contains("draft"));
    }
}
