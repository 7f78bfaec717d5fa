//! More than it can do: what is done all the same, how soon the rest hears no, and whether deadlines fire.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use runtime::bench::{self, Figure, millis, per_second};
use runtime::engine::Engine;
use rust_decimal::Decimal;

use super::Show;
use super::course::{stopped, stopped_by};
use super::load::{self, Flood, of_hundred};
use super::way::Way;
use crate::exit::Failure;

/// How much more than it can do is asked of it.
const TIMES: usize = 5;
/// Clients that wait for their answers, by which the peak is found: the best of these counts.
const PEAK: [usize; 3] = [256, 1_024, 4_096];
/// Over HTTP each client is a connection.
const PEAK_HTTP: [usize; 3] = [64, 256, 512];
/// Requests under way at once over HTTP: more wait, and their wait counts.
const LINES: usize = 1_024;
/// Deadlines that come while it is flooded.
const DEADLINES: usize = 500;

/// A flood.
pub struct Flooding<'r> {
    /// Tells the numbers of this run from those of others.
    pub run: &'r str,
    /// How long.
    pub long: Duration,
}

impl Flooding<'_> {
    /// Straight into the engine, while deadlines come.
    ///
    /// # Errors
    /// What stopped it.
    pub async fn inside(&self, engine: &Engine, show: Show<'_>) -> Result<(), Failure> {
        let way = Way::Inside(engine.clone());
        let peak = self.peak(&way, &PEAK).await?;
        // The first comes when all are opened and the flood has begun.
        let from = engine.now() + SignedDuration::from_secs(3);
        let run = format!("{}d", self.run);
        let lapses = bench::fill_lapses(engine, &run, DEADLINES, from, self.long).await.map_err(stopped)?;
        wait_until(engine, from).await;
        self.open_loop(&way, peak, usize::MAX, show).await;
        let last = lapses.last().map_or(from, |(_, due)| *due);
        wait_until(engine, last + SignedDuration::from_secs(5)).await;
        let late = bench::lateness(engine, &lapses).await.map_err(stopped)?;
        let settings = [("deadlines", lapses.len().to_string()), ("fired", late.len().to_string())];
        for (name, place) in [
            ("deadlines under a flood, late by, median", 50),
            ("deadlines under a flood, late by, the last", 100),
        ] {
            show(&Figure::new(name, millis(of_hundred(&late, place)), "ms", &settings));
        }
        Ok(())
    }

    /// Over HTTP.
    ///
    /// # Errors
    /// What stopped it.
    pub async fn over(&self, way: &Way, show: Show<'_>) -> Result<(), Failure> {
        let peak = self.peak(way, &PEAK_HTTP).await?;
        self.open_loop(way, peak, LINES, show).await;
        Ok(())
    }

    /// The most openings by the second that clients get who wait for their answers.
    async fn peak(&self, way: &Way, ladder: &[usize]) -> Result<Decimal, Failure> {
        let mut peak = Decimal::ONE;
        for clients in ladder {
            let run = format!("{}{}k{clients}", self.run, way.name());
            let long = self.long / 2;
            let opened = load::openings(way, &run, *clients, long).await.map_err(|why| stopped_by(&why))?;
            peak = peak.max(per_second(opened, long));
        }
        Ok(peak)
    }

    async fn open_loop(&self, way: &Way, peak: Decimal, at_once: usize, show: Show<'_>) {
        let rate = usize::try_from(peak.trunc().mantissa()).unwrap_or(1_000) * TIMES;
        let run = format!("{}{}f", self.run, way.name());
        let flood = load::open_loop(way, &run, rate, self.long, at_once).await;
        let Flood { offered, in_time, done, turned_away, failed, why } = &flood;
        let settings = [
            ("over", way.name().to_owned()),
            ("loop", "open".to_owned()),
            ("offered", offered.to_string()),
            ("done", done.len().to_string()),
            ("turned away", turned_away.len().to_string()),
            ("failed", why.as_ref().map_or(failed.to_string(), |why| format!("{failed} ({why})"))),
        ];
        let goodput = per_second(*in_time, self.long);
        let name = "openings done under a flood of five times the peak, beside the peak";
        show(&Figure::new(name, goodput, "1/s", &settings).against(peak));
        let waits = [
            ("under the flood, done within, median", done, 50),
            ("under the flood, done within, 99 of 100", done, 99),
            ("under the flood, turned away within, median", turned_away, 50),
            ("under the flood, turned away within, 99 of 100", turned_away, 99),
        ];
        for (name, waited, place) in waits {
            show(&Figure::new(name, millis(of_hundred(waited, place)), "ms", &settings[..2]));
        }
    }
}

async fn wait_until(engine: &Engine, at: Timestamp) {
    let left = at.duration_since(engine.now());
    tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
}
