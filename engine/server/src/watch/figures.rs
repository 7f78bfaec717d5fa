//! Figures in the text form of Prometheus. Counters are whole numbers; times are in microseconds inside and written
//! as seconds.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use machine::ids::Name;

/// Upper bounds of lateness, in milliseconds.
const LATENESS: [u64; 9] = [10, 50, 100, 500, 1_000, 5_000, 30_000, 300_000, 3_600_000];
/// Upper bounds of the time a request or a commit takes, in milliseconds.
const TIMES: [u64; 10] = [1, 2, 5, 10, 25, 50, 100, 250, 1_000, 5_000];
/// More different codes of refusals than this are not told apart.
const CODES_MAX: usize = 500;
/// More different routes than this are not told apart.
const ROUTES_MAX: usize = 200;

/// How many fell under each bound.
#[derive(Debug, Default)]
struct Spread {
    under: [AtomicU64; 10],
    count: AtomicU64,
    micros: AtomicU64,
}

impl Spread {
    fn saw(&self, bounds: &[u64], micros: u64) {
        for (bound, under) in bounds.iter().zip(&self.under) {
            under.fetch_add(u64::from(micros <= bound * 1_000), Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    fn write(&self, out: &mut String, name: &str, help: &str, bounds: &[u64]) {
        head(out, name, help, "histogram");
        for (bound, under) in bounds.iter().zip(&self.under) {
            let (bound, under) = (seconds(bound * 1_000), under.load(Ordering::Relaxed));
            out.push_str(&format!("{name}_bucket{{le=\"{bound}\"}} {under}\n"));
        }
        let count = self.count.load(Ordering::Relaxed);
        out.push_str(&format!("{name}_bucket{{le=\"+Inf\"}} {count}\n"));
        out.push_str(&format!("{name}_sum {}\n", seconds(self.micros.load(Ordering::Relaxed))));
        out.push_str(&format!("{name}_count {count}\n"));
    }
}

/// What this process counts.
#[derive(Debug, Default)]
pub struct Figures {
    facts: AtomicU64,
    refused: Mutex<BTreeMap<String, u64>>,
    stopped: AtomicU64,
    entries: AtomicU64,
    commits: Spread,
    lateness: Spread,
    requests: Spread,
    answers: Mutex<BTreeMap<(String, u16), u64>>,
    passed: Mutex<BTreeMap<&'static str, u64>>,
}

/// What is looked up when somebody asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// Commands that wait.
    pub queue: u64,
    /// Seconds the longest of them has waited.
    pub queue_age: u64,
    /// Looks at the clock under way.
    pub ticks: u64,
    /// Things that wait to go out; counted up to a thousand.
    pub outbox: u64,
    /// Things parked; counted up to a thousand.
    pub parked: u64,
    /// Seconds the oldest of what waits to go out has waited.
    pub outbox_age: u64,
    /// Cases with an incident; counted up to a thousand.
    pub incidents: u64,
    /// Seconds the longest due case has waited for its timer.
    pub timer_age: u64,
    /// Deadlines are held back.
    pub held: bool,
    /// Parts of the cases this node works on.
    pub parts: u64,
}

impl Figures {
    /// A transaction was written.
    pub fn committed(&self, took: Duration, _units: usize) {
        self.commits.saw(&TIMES, micros(took));
    }

    /// An entry was written.
    pub fn wrote(&self, facts: u64, refused: &[Name], stopped: bool, late: &[SignedDuration]) {
        self.entries.fetch_add(1, Ordering::Relaxed);
        self.facts.fetch_add(facts, Ordering::Relaxed);
        for code in refused {
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            let known = refused.len() < CODES_MAX || refused.contains_key(&**code);
            *refused.entry(if known { code.to_string() } else { "other".to_owned() }).or_default() += 1;
        }
        self.stopped.fetch_add(u64::from(stopped), Ordering::Relaxed);
        for late in late {
            self.lateness.saw(&LATENESS, u64::try_from(late.as_micros()).unwrap_or(0));
        }
    }

    /// A request was answered.
    pub fn answered(&self, route: &str, status: u16, took: Duration) {
        self.requests.saw(&TIMES, micros(took));
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = answers.len() < ROUTES_MAX || answers.contains_key(&(route.to_owned(), status));
        let route = if known { route } else { "other" };
        *answers.entry((route.to_owned(), status)).or_default() += 1;
    }

    /// All of it, with what was looked up now.
    pub fn text(&self, levels: Levels) -> String {
        let mut out = String::new();
        let counters = [
            ("charter_entries_total", "Entries written into histories", &self.entries),
            ("charter_facts_total", "Facts written", &self.facts),
            ("charter_stopped_total", "Cases stopped by an incident", &self.stopped),
        ];
        for (name, help, value) in counters {
            one(&mut out, name, help, "counter", value.load(Ordering::Relaxed));
        }
        let gauges = [
            ("charter_queue", "Commands that wait", levels.queue),
            ("charter_queue_age_seconds", "How long the longest of them has waited", levels.queue_age),
            ("charter_ticks", "Looks at the clock under way", levels.ticks),
            ("charter_outbox", "Things that wait to go out, up to 1000", levels.outbox),
            ("charter_outbox_age_seconds", "How long the oldest of them has waited", levels.outbox_age),
            ("charter_parked", "Things nobody tries to send any more, up to 1000", levels.parked),
            ("charter_incidents", "Cases that wait for an administrator, up to 1000", levels.incidents),
            ("charter_timer_age_seconds", "How long the longest due timer has waited", levels.timer_age),
            ("charter_parts", "Parts of the cases this node works on, of 256", levels.parts),
            ("charter_deadlines_held", "1 while deadlines are held back", u64::from(levels.held)),
        ];
        for (name, help, value) in gauges {
            one(&mut out, name, help, "gauge", value);
        }
        self.lateness.write(
            &mut out,
            "charter_timer_lateness_seconds",
            "How long after its date a timer fired",
            &LATENESS,
        );
        self.commits.write(&mut out, "charter_commit_seconds", "How long a transaction took", &TIMES);
        self.requests.write(&mut out, "charter_request_seconds", "How long a request took", &TIMES);
        self.write_answers(&mut out);
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let (name, help) = ("charter_refused_total", "Attempts the rules refused, by code");
        by_label(&mut out, (name, help), "code", refused.iter().map(|(code, count)| (code.as_str(), *count)));
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let (name, help) =
            ("charter_passed_on_total", "Requests passed on to other nodes, by what came of them");
        by_label(&mut out, (name, help), "came", passed.iter().map(|(came, count)| (*came, *count)));
        out
    }

    /// A request was passed on to another node, and this came of it.
    pub fn passed_on(&self, came: &'static str) {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner).entry(came).or_default() += 1;
    }

    fn write_answers(&self, out: &mut String) {
        head(out, "charter_requests_total", "Requests by route and status", "counter");
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        for ((route, status), count) in answers.iter() {
            let route = route.replace(['"', '\\', '\n'], "_");
            let labels = format!("route=\"{route}\",status=\"{status}\"");
            out.push_str(&format!("charter_requests_total{{{labels}}} {count}\n"));
        }
    }
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn head(out: &mut String, name: &str, help: &str, kind: &str) {
    out.push_str(&format!("# HELP {name} {help}.\n# TYPE {name} {kind}\n"));
}

fn by_label<'c>(
    out: &mut String,
    (name, help): (&str, &str),
    label: &str,
    counts: impl Iterator<Item = (&'c str, u64)>,
) {
    head(out, name, help, "counter");
    for (value, count) in counts {
        let value = value.replace(['"', '\\', '\n'], "_");
        out.push_str(&format!("{name}{{{label}=\"{value}\"}} {count}\n"));
    }
}

fn one(out: &mut String, name: &str, help: &str, kind: &str, value: u64) {
    head(out, name, help, kind);
    out.push_str(&format!("{name} {value}\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_falls_under_every_bound_above_it() {
        let figures = Figures::default();
        figures.wrote(
            2,
            &["slots_full".into()],
            false,
            &[SignedDuration::from_millis(70), SignedDuration::from_secs(2)],
        );
        let text = figures.text(Levels::default());
        for line in [
            "charter_timer_lateness_seconds_bucket{le=\"0.05\"} 0",
            "charter_timer_lateness_seconds_bucket{le=\"0.1\"} 1",
            "charter_timer_lateness_seconds_bucket{le=\"5\"} 2",
            "charter_timer_lateness_seconds_sum 2.07",
            "charter_refused_total{code=\"slots_full\"} 1",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
