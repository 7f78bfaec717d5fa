//! What the pages of a demonstration can do: log in by a click, push the clock, show the letters.

use std::sync::Arc;

use jiff::SignedDuration;
use runtime::engine::Engine;
use server::pages::stage::{Letter, SampleAccount, Stage};

use super::clock::StageClock;
use super::letters::Letters;

/// The stage of the demonstration.
pub struct Demonstration {
    /// Its clock.
    pub clock: Arc<StageClock>,
    /// What was sent.
    pub letters: Arc<Letters>,
    /// The sample accounts.
    pub samples: Vec<SampleAccount>,
    /// What works.
    pub engine: Engine,
}

impl Stage for Demonstration {
    fn samples(&self) -> Vec<SampleAccount> {
        self.samples.clone()
    }

    fn forward(&self, by: SignedDuration) {
        self.clock.forward(by);
        self.engine.look_at_clock();
    }

    fn letters(&self, most: usize) -> Vec<Letter> {
        self.letters.last(most)
    }
}
