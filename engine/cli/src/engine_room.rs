//! An engine over a store of its own, for commands that run one: the replay and the demonstration.

use std::sync::Arc;
use std::time::Duration;

use city::City;
use city::scale::Scale;
use expr::time::calendar::Calendar;
use jiff::SignedDuration;
use ports::clock::Clock;
use ports::store::Store;
use replay::clock::VirtualClock;
use runtime::engine::{Bounds, Engine, Setting};
use runtime::loops;
use runtime::shelf::Shelf;

use crate::database;
use crate::embedded;
use crate::exit::Failure;
use crate::faults::failure;

/// The calendar inside the program.
pub fn calendar() -> Calendar {
    crate::calendars::Calendars::default().own()
}

/// The city of a seed.
pub fn city(seed: u64, scale: Scale) -> City {
    City::of(seed, scale, &calendar())
}

/// Opens a store and brings its tables up to date.
///
/// # Errors
/// A store that cannot be reached.
pub async fn open(text: &str, clock: Arc<dyn Clock>) -> Result<Arc<dyn Store>, Failure> {
    let address = database::address(text)?;
    store::migrate(&address, clock.clone()).await.map_err(|fault| failure(&fault))?;
    store::open(&address, clock, 8).await.map_err(|fault| failure(&fault))
}

/// An engine in virtual time, its lanes at work. Nothing goes out.
pub fn virtual_engine(store: Arc<dyn Store>, clock: &Arc<VirtualClock>) -> Engine {
    let shelf = Shelf::default();
    shelf.put_calendar(calendar());
    let steady = clock.clone();
    let bounds = Bounds {
        lanes: 2,
        queue_max: 50_000,
        batch_max: 1_024,
        known_max: 6_000,
        // All there is: nobody else writes, so the store is asked once.
        horizon: SignedDuration::from_hours(24 * 366 * 20),
        wake_max: 20_000,
        // Nobody waits for a single answer.
        round_max: Duration::from_secs(10),
        sends: false,
        breaker: false,
        on_the_way: SignedDuration::ZERO,
    };
    let setting = Setting {
        store,
        clock: clock.clone(),
        steady: Arc::new(move || steady.steady()),
        shelf: Arc::new(shelf),
        bounds,
        shared: false,
    };
    let (engine, lanes) = Engine::new(setting);
    for (number, lane) in lanes.into_iter().enumerate() {
        tokio::spawn(loops::lane(engine.clone(), number, lane));
    }
    engine
}

/// The processes the city runs on, by name.
pub fn processes() -> Vec<(&'static str, &'static str)> {
    let text =
        |path: &str| embedded::DEMO.iter().flat_map(|texts| texts.iter()).find(|(name, _)| *name == path);
    [("registration", "registration/workflow.yaml"), ("financing_demand", "financing-demand/workflow.yaml")]
        .into_iter()
        .filter_map(|(name, path)| text(path).map(|(_, text)| (name, *text)))
        .collect()
}
