//! A small checker of histories: is there one order of all acts, agreeing with real time and with the rules,
//! that explains every answer?
//!
//! The method is Wing and Gong's: take any act that began before every act still open has ended, see whether
//! its answer fits the rules at that point, go on with the rest, go back when it does not.

use std::collections::BTreeSet;

/// One act by one client, with when it began and ended by a counter all clients share.
#[derive(Clone, Debug)]
pub struct Deed {
    pub began: u64,
    pub ended: u64,
    pub bank: String,
    pub what: What,
    /// `None`: no answer came; it may have taken effect.
    pub accepted: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Claim,
    Withdraw,
}

/// Whether the history of one demand can be explained with at most `cap` banks at a time.
pub fn explains(deeds: &[Deed], cap: usize) -> bool {
    let mut left: Vec<&Deed> = deeds.iter().collect();
    left.sort_by_key(|d| d.began);
    search(&left, &mut BTreeSet::new(), &mut BTreeSet::new(), cap)
}

fn search<'d>(
    left: &[&'d Deed],
    holding: &mut BTreeSet<&'d str>,
    tried: &mut BTreeSet<(Vec<u64>, Vec<&'d str>)>,
    cap: usize,
) -> bool {
    if left.is_empty() {
        return true;
    }
    let seen = (left.iter().map(|d| d.began).collect(), holding.iter().copied().collect());
    if !tried.insert(seen) {
        return false;
    }
    let first_end = left.iter().filter(|d| d.accepted.is_some()).map(|d| d.ended).min().unwrap_or(u64::MAX);
    let free = |deed: &Deed| match deed.what {
        What::Claim => holding.len() < cap && !holding.contains(&*deed.bank),
        What::Withdraw => holding.contains(&*deed.bank),
    };
    let open = left.iter().take_while(|deed| deed.began <= first_end).count();
    // A refusal that holds now changes nothing: whatever order explains the rest, it may stand first.
    if let Some(at) = (0..open).find(|at| left[*at].accepted == Some(false) && !free(left[*at])) {
        let mut rest = left.to_vec();
        rest.remove(at);
        return search(&rest, holding, tried, cap);
    }
    for at in 0..open {
        let deed = left[at];
        let mut rest = left.to_vec();
        rest.remove(at);
        let free = free(deed);
        for effect in [true, false] {
            if deed.accepted.is_some_and(|accepted| accepted != effect) || (effect && !free) {
                continue;
            }
            if !effect && deed.accepted == Some(false) && free {
                continue;
            }
            let mut then = holding.clone();
            match (effect, deed.what) {
                (true, What::Claim) => drop(then.insert(&deed.bank)),
                (true, What::Withdraw) => drop(then.remove(&*deed.bank)),
                (false, _) => {}
            }
            if search(&rest, &mut then, tried, cap) {
                return true;
            }
        }
    }
    false
}

fn history(text: &str) -> Vec<Deed> {
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    lines
        .map(|line| {
            let parts: Vec<&str> = line.split_whitespace().collect();
            Deed {
                began: parts[0].parse().unwrap(),
                ended: parts[1].parse().unwrap(),
                bank: parts[2].into(),
                what: if parts[3] == "claims" { What::Claim } else { What::Withdraw },
                accepted: match parts[4] {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => None,
                },
            }
        })
        .collect()
}

#[test]
fn the_checker_knows_good_histories_from_bad_ones() {
    let table = [
        (
            "one after another",
            "1 2 icbc claims yes\n 3 4 abc claims yes\n 5 6 boc claims yes\n 7 8 ccb claims no",
            true,
        ),
        (
            "a fourth bank",
            "1 2 icbc claims yes\n 3 4 abc claims yes\n 5 6 boc claims yes\n 7 8 ccb claims yes",
            false,
        ),
        ("refused though a place is free", "1 2 icbc claims yes\n 3 4 abc claims no", false),
        (
            "refused while others were under way",
            "1 9 icbc claims yes\n 1 9 abc claims yes\n 1 9 boc claims yes\n 2 3 ccb claims no",
            true,
        ),
        (
            "a place given back",
            "1 2 icbc claims yes\n 3 4 abc claims yes\n 5 6 boc claims yes\n 7 8 abc withdraws yes\n 9 10 ccb claims yes",
            true,
        ),
        (
            "given back too late",
            "1 2 icbc claims yes\n 3 4 abc claims yes\n 5 6 boc claims yes\n 7 8 ccb claims yes\n 9 10 abc withdraws yes",
            false,
        ),
        (
            "no answer, taken effect",
            "1 2 icbc claims yes\n 3 4 abc claims yes\n 5 6 boc claims ?\n 7 8 ccb claims no",
            true,
        ),
    ];
    for (what, text, good) in table {
        assert_eq!(explains(&history(text), 3), good, "{what}");
    }
}
