//! What a deadline costs: the engine sets one inside a step of a few microseconds.

use divan::{Bencher, black_box};
use expr::time::calendar::{Calendar, CalendarFacts, Festival, FestivalDays, YearFacts};
use expr::time::clock::Clock;
use expr::time::deadline::due;
use expr::time::derivation::Derivation;
use expr::time::period::Period;
use jiff::Timestamp;
use jiff::civil::date;

fn main() {
    divan::main();
}

fn calendar() -> Calendar {
    let mut facts = CalendarFacts::china("cn");
    facts.years.push(YearFacts {
        holidays: vec![FestivalDays {
            festival: Festival::new("春节", "Spring Festival"),
            dates: (15..=23).map(|day| date(2026, 2, day)).collect(),
        }],
        ..YearFacts::empty(2026)
    });
    Calendar::new(facts).expect("nine days of one year")
}

fn anchor() -> Timestamp {
    "2026-02-12T09:00:00+08:00".parse().expect("a timestamp")
}

const PERIODS: [&str; 6] = [
    "5 working days, until 17:30",
    "5 days, roll",
    "20 working days",
    "72 hours",
    "1 month, roll",
    "250 working days",
];

#[divan::bench(args = PERIODS)]
fn deadline(bencher: Bencher, period: &str) {
    let (calendar, period): (_, Period) = (calendar(), period.parse().expect("a period"));
    bencher.bench(|| due(black_box(anchor()), black_box(&period), &calendar));
}

#[divan::bench]
fn pause_and_resume(bencher: Bencher) {
    let calendar = calendar();
    let clock = Clock::start(anchor(), PERIODS[0].parse().expect("a period"), &calendar).expect("a clock");
    let later = "2026-02-14T09:00:00+08:00".parse().expect("a timestamp");
    bencher.bench(|| black_box(clock.clone()).pause(anchor())?.resume(later, &calendar));
}

#[divan::bench]
fn derivation(bencher: Bencher) {
    let calendar = calendar();
    let clock = Clock::start(anchor(), PERIODS[2].parse().expect("a period"), &calendar).expect("a clock");
    bencher.bench(|| Derivation::of(black_box(&clock), &calendar));
}

#[divan::bench(args = PERIODS)]
fn read_a_period(period: &str) -> Period {
    black_box(period).parse().expect("a period")
}
