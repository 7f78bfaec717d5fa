//! The machine agrees with the W3C algorithm over random charts and random events.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;

use super::compare::agree;
use super::draw::{OUTSIDE, charts};

/// At least this many charts; `PROPTEST_CASES` raises it.
const CASES_MIN: u32 = 2_000;

/// A failure prints its chart in the notation: keep it in `regressions`. Files of seeds say nothing to a reader.
fn many() -> Config {
    let asked = Config::default().cases;
    Config { cases: asked.max(CASES_MIN), failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn the_machine_does_what_the_standard_says(chart in charts(), events in vec(select(&OUTSIDE[..]), 0..12)) {
        // Every loop costs a thousand microsteps: one in six is followed.
        let loops = usize::from(events.len() % 6 == 1);
        if let Err(difference) = agree(&chart, &events, loops) {
            return Err(TestCaseError::fail(difference));
        }
    }

    #[test]
    fn the_notation_reads_what_it_prints(chart in charts()) {
        prop_assert_eq!(super::document::Document::read(&chart.to_string()), chart);
    }
}
