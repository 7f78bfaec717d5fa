//! Driving: the script's commands enter at their own instants, many under way at once. At the end of a stretch of
//! days all of them are waited for, and the engine's clock work wakes every case that fell due in it, each at the
//! instant it was due.
//!
//! Exactness: a case's commands keep their order. A deadline that falls before a command of its own case fires
//! before it, at its own instant: that is the step's, however late it is looked at. Nothing depends on how fast
//! the machine is, so that a replay that was killed and went on has the same histories, entry by entry, as one
//! that was not.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use city::City;
use city::days::Moment;
use city::script::Entry;
use city::script::command::{What, command};
use jiff::Timestamp;
use machine::event::Input;
use runtime::answer::{Answer, Trouble, Verdict};
use runtime::decide::Work;
use runtime::deploy::{self, NotDeployed};
use runtime::engine::{Engine, Sent};
use runtime::lane::Round;
use runtime::timers;

use crate::clock::{VirtualClock, seeing, seeing_while};
use crate::ledger;

/// Why a replay could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The engine or its store.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// A definition does not compile.
    #[error("the definition of {0} does not compile")]
    Definition(&'static str),
    /// The rules refuse what the script does: the definition is another than the script was written for.
    #[error("{case} at {at}: {what} is refused: {code}")]
    Refused {
        /// The case.
        case: String,
        /// When.
        at: String,
        /// What was sent.
        what: String,
        /// The refusal's code.
        code: String,
    },
    /// The store holds the replay of another city.
    #[error("the store holds a replay of seed {seed} at scale {scale}")]
    OtherCity {
        /// Its seed.
        seed: String,
        /// Its scale.
        scale: String,
    },
    /// Somebody asked to stop. Everything acknowledged is kept.
    #[error("stopped at {0}")]
    Stopped(String),
}

/// What a replay is told.
pub struct Orders<'o> {
    /// The texts of the processes, by name.
    pub processes: &'o [(&'static str, &'o str)],
    /// Until the beginning of this moment's day.
    pub to: Moment,
    /// Stop as soon as this is set.
    pub stop: Arc<AtomicBool>,
}

/// How it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The day that is over.
    pub day: u32,
    /// Commands written, by earlier runs as well.
    pub commands: u64,
    /// Of them those the ledger had noted when this run began.
    pub before: u64,
    /// Looks at the clock in this run.
    pub ticks: u64,
    /// Commands of the whole script up to the end.
    pub whole: u64,
    /// Commands that had been written by an earlier run.
    pub repeated: u64,
    /// Cases opened up to this day.
    pub cases: u64,
}

impl Progress {
    /// What this run has written: commands, and cases woken by the clock.
    pub fn events(&self) -> u64 {
        self.commands - self.before - self.repeated + self.ticks
    }
}

/// Days of a stretch: then everything is waited for, what fell due is woken, and the ledger notes it.
const STRETCH: u32 = 7;
/// The most commands under way at once.
const UNDER_WAY: usize = 4_096;

type Flight = Pin<Box<dyn Future<Output = Result<Answer, Trouble>> + Send>>;

/// A replay under way.
struct Drive<'d> {
    engine: &'d Engine,
    city: &'d City,
    flight: VecDeque<(Entry, Flight)>,
    progress: Progress,
    /// Everything before is written.
    since: Moment,
}

/// Drives a script through the engine until the day of `to`, going on where an earlier run stopped.
///
/// # Errors
/// [`Broken`]
pub async fn drive(
    engine: &Engine,
    clock: &VirtualClock,
    city: &City,
    script: &[Entry],
    orders: &Orders<'_>,
    mut tell: impl FnMut(Progress),
) -> Result<Progress, Broken> {
    let from = prepare(engine, city, orders).await?;
    clock.reach(from.timestamp());
    let first = script.partition_point(|entry| entry.at < from);
    let end = script.partition_point(|entry| entry.at < orders.to);
    let done = script[..first].iter().filter(|entry| entry.step == 0).count() as u64;
    let progress = Progress { whole: end as u64, cases: done, day: from.day(), ..Progress::default() };
    let mut drive = Drive { engine, city, flight: VecDeque::new(), progress, since: from };
    (drive.progress.commands, drive.progress.before) = (first as u64, first as u64);
    drive.wake(from).await?;
    let (mut at, mut day) = (first, from.day());
    while day < orders.to.day() {
        // The grid of days is fixed, so that a run that goes on has the same stretches.
        let over = Moment::on(((day / STRETCH + 1) * STRETCH).min(orders.to.day()), 0);
        while let Some(entry) = script.get(at).filter(|entry| entry.at < over) {
            drive.enter(entry).await?;
            at += 1;
        }
        drive.settle(0).await?;
        drive.wake(over).await?;
        clock.reach(over.timestamp());
        drive.since = over;
        day = over.day();
        drive.progress.day = day;
        ledger::reach(engine, over).await?;
        tell(drive.progress);
        if orders.stop.load(Ordering::Relaxed) {
            return Err(Broken::Stopped(over.date().to_string()));
        }
    }
    Ok(drive.progress)
}

/// Puts the processes into force and answers where to begin.
async fn prepare(engine: &Engine, city: &City, orders: &Orders<'_>) -> Result<Moment, Broken> {
    ledger::prepare(engine).await?;
    for (name, text) in orders.processes {
        match deploy::deploy(engine, name, text, "system:replay", "the replay of the city").await {
            Ok(_) => {}
            Err(NotDeployed::Fault(fault)) => return Err(Broken::Trouble(fault.into())),
            Err(NotDeployed::Findings(_)) => return Err(Broken::Definition(name)),
        }
    }
    match ledger::before(engine).await? {
        None => {
            ledger::begin(engine, city, Moment(0)).await?;
            Ok(Moment(0))
        }
        Some(before) if before.seed == city.seed.to_string() && before.scale == city.scale.to_string() => {
            Ok(before.reached)
        }
        Some(before) => Err(Broken::OtherCity { seed: before.seed, scale: before.scale }),
    }
}

impl Drive<'_> {
    /// Lets the clock work wake everything due by a moment, each case at the instant it is due.
    async fn wake(&mut self, by: Moment) -> Result<(), Broken> {
        let by = by.timestamp();
        loop {
            let due = self.engine.next_due();
            if due > by {
                self.quiet().await;
                // What was woken may be due again.
                if self.engine.next_due() > by {
                    return Ok(());
                }
                continue;
            }
            let at = due.max(self.since.timestamp());
            match seeing_while(at, timers::run_once(self.engine)).await {
                Ok(Round::Worked(count)) => self.progress.ticks += count as u64,
                Ok(Round::Idle) => self.quiet().await,
                Err(fault) => return Err(Broken::Trouble(fault.into())),
            }
        }
    }

    /// Enters a command at its instant.
    async fn enter(&mut self, entry: &Entry) -> Result<(), Broken> {
        let command = command(self.city, entry);
        let work = match command.what {
            What::Open(process, data) => Work::Open { process: process.into(), data },
            What::Give(event) => Work::Input(Input::Event(event)),
        };
        let sent = Sent {
            case: command.case,
            work,
            by: command.by,
            key: Some(command.key),
            message: None,
            at_version: None,
            known: vec![],
        };
        let engine = self.engine.clone();
        let mut flight: Flight = Box::pin(async move { engine.send(sent).await });
        let at: Timestamp = entry.at.timestamp();
        // The first look at it puts it into the queue.
        let early = poll_fn(|context| Poll::Ready(seeing(at, || flight.as_mut().poll(context)))).await;
        match early {
            Poll::Ready(answer) => self.answered(entry, answer)?,
            Poll::Pending => self.flight.push_back((*entry, flight)),
        }
        if self.flight.len() >= UNDER_WAY {
            self.settle(UNDER_WAY / 2).await?;
        }
        Ok(())
    }

    /// Waits until so few are under way; with none, for what the clock set off, too.
    async fn settle(&mut self, left: usize) -> Result<(), Broken> {
        while self.flight.len() > left {
            let Some((entry, flight)) = self.flight.pop_front() else { break };
            let answer = flight.await;
            self.answered(&entry, answer)?;
        }
        if left == 0 {
            self.quiet().await;
        }
        Ok(())
    }

    async fn quiet(&self) {
        self.engine.ticks_at_rest().await;
    }

    fn answered(&mut self, entry: &Entry, answer: Result<Answer, Trouble>) -> Result<(), Broken> {
        let refused = |code: String| Broken::Refused {
            case: command(self.city, entry).case.to_string(),
            at: entry.at.text(),
            what: format!("{:?}", entry.act),
            code,
        };
        match answer {
            Ok(answer) => match answer.verdict {
                Verdict::Accepted => {
                    self.progress.commands += 1;
                    self.progress.repeated += u64::from(answer.repeated);
                    self.progress.cases += u64::from(entry.step == 0);
                    Ok(())
                }
                Verdict::Refused { code, about, .. } => Err(refused(format!("{code} {about:?}"))),
                Verdict::Stopped { code } => Err(refused(code.to_string())),
            },
            Err(Trouble::NotOpened(code, about)) => Err(refused(format!("{code} {about:?}"))),
            Err(trouble) => Err(trouble.into()),
        }
    }
}
