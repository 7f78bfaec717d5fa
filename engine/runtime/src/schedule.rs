//! What happens by the calendar: cron times in a zone, once each, with a rule for those that were missed.
//!
//! A ledger case for every schedule says up to which time it was done; the acts themselves carry keys made of
//! schedule and time. A crash between act and ledger repeats the act, and the key finds the first answer.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use expr::time::calendar::Calendar;
use expr::value::Value;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use language::process::{Missed, Schedule, Scheduled};
use machine::event::{Actor, Event, Input, Target};
use machine::ids::{CaseId, Name};
use ports::fault::Fault;
use ports::query::{CaseFilter, PAGE_MAX, Page, Standing};

use crate::answer::Trouble;
use crate::engine::Engine;
use crate::lane::Round;
use crate::own;

/// More missed times than this are not caught up one by one.
pub const EACH_MAX: usize = 100;
/// Later than this a time counts as missed.
const LATE: SignedDuration = SignedDuration::from_secs(60);
/// More steps than a rule that ever comes true needs.
const SEARCH_MAX: usize = 10_000;

/// The times of a cron expression.
#[derive(Clone, Debug)]
pub struct Times {
    /// One, or two when both the day of the month and the day of the week are given: either makes a day.
    rules: Vec<cron::Schedule>,
    zone: TimeZone,
    working_days: bool,
}

impl Times {
    /// Reads five fields (minute hour day month weekday) or six (second first). Weekdays are `MON` to `SUN`, or 0
    /// to 7 with Sunday as 0 and 7.
    ///
    /// # Errors
    /// A sentence saying what is wrong.
    pub fn read(cron: &str, zone: &str, working_days: bool) -> Result<Times, String> {
        let zone = TimeZone::get(zone).map_err(|e| e.to_string())?;
        let fields: Vec<&str> = cron.split_whitespace().collect();
        let (second, rest) = match fields.as_slice() {
            rest if rest.len() == 5 => ("0", rest),
            [second, rest @ ..] if rest.len() == 5 => (*second, rest),
            _ => return Err(format!("`{cron}` has {} fields, not five or six", fields.len())),
        };
        let any = |field: &str| field == "*" || field == "?";
        let (day, week) = (rest[2], weekdays(rest[4])?);
        let pairs = match any(day) || any(&week) {
            true => vec![(day, week.as_str())],
            false => vec![(day, "*"), ("*", week.as_str())],
        };
        let rule = |(day, week): (&str, &str)| {
            let text = format!("{second} {} {} {day} {} {week}", rest[0], rest[1], rest[3]);
            cron::Schedule::from_str(&text).map_err(|e| format!("`{cron}`: {e}"))
        };
        let rules = pairs.into_iter().map(rule).collect::<Result<_, _>>()?;
        Ok(Times { rules, zone, working_days })
    }

    /// The first time after an instant. A local time that a zone skips happens when the clocks have gone on; one
    /// that comes twice happens the first time.
    pub fn after(&self, at: Timestamp, calendar: &Calendar) -> Option<Timestamp> {
        self.rules.iter().filter_map(|rule| self.one_after(rule, at, calendar)).min()
    }

    fn one_after(&self, rule: &cron::Schedule, at: Timestamp, calendar: &Calendar) -> Option<Timestamp> {
        // An hour back: a zone that went on must not hide a time it skipped.
        let from = at.checked_sub(SignedDuration::from_hours(1)).ok()?;
        let civil = self.zone.to_datetime(from);
        let from = TimeZone::UTC.to_ambiguous_timestamp(civil).compatible().ok()?.as_second();
        let from: DateTime<Utc> = DateTime::from_timestamp(from, 0)?;
        for next in rule.after(&from).take(SEARCH_MAX) {
            let civil = TimeZone::UTC.to_datetime(Timestamp::from_second(next.timestamp()).ok()?);
            let instant = self.zone.to_ambiguous_timestamp(civil).compatible().ok()?;
            let open = !self.working_days || calendar.works(civil.date());
            if instant > at && open {
                return Some(instant);
            }
        }
        None
    }

    /// The times after `from` and up to `to`: the latest of them, at most so many, and how many there were.
    pub fn between(
        &self,
        from: Timestamp,
        to: Timestamp,
        calendar: &Calendar,
        most: usize,
    ) -> (Vec<Timestamp>, usize) {
        let (mut times, mut count, mut at) = (std::collections::VecDeque::new(), 0, from);
        while let Some(next) = self.after(at, calendar).filter(|next| *next <= to) {
            times.push_back(next);
            count += 1;
            at = next;
            if times.len() > most {
                times.pop_front();
            }
            if count >= SEARCH_MAX {
                // Far behind: what lies further back is left out anyway.
                break;
            }
        }
        (times.into(), count)
    }
}

/// Numbers of weekdays as names: crates count them differently.
fn weekdays(field: &str) -> Result<String, String> {
    const NAMES: [&str; 8] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    let mut read = String::new();
    for (at, step) in field.split(',').enumerate() {
        if at > 0 {
            read.push(',');
        }
        let (range, step) = step.split_once('/').map_or((step, None), |(range, step)| (range, Some(step)));
        for (at, day) in range.split('-').enumerate() {
            if at > 0 {
                read.push('-');
            }
            match day.parse::<usize>() {
                Ok(number) => {
                    let name = NAMES.get(number).ok_or(format!("there is no weekday {number}: 0 to 7"))?;
                    read.push_str(name);
                }
                Err(_) => read.push_str(day),
            }
        }
        if let Some(step) = step {
            read.push('/');
            read.push_str(step);
        }
    }
    // A week written Monday to Sunday wraps round where the crate's begins on Sunday.
    Ok(match read.as_str() {
        "MON-SUN" | "SUN-SAT" => "*".to_owned(),
        other => other.replace("-SUN", "-SAT,SUN"),
    })
}

/// Which of the missed times run: `now` is the present instant.
pub fn to_run(missed: Missed, times: &[Timestamp], now: Timestamp) -> Vec<Timestamp> {
    let fresh = |at: &Timestamp| now.duration_since(*at) <= LATE;
    match missed {
        Missed::Each => times.to_vec(),
        Missed::Once => times.last().copied().into_iter().collect(),
        Missed::Skip => times.iter().copied().filter(fresh).collect(),
    }
}

/// Runs what the processes in force do by the calendar.
#[derive(Clone, Debug, Default)]
pub struct Schedules;

impl Schedules {
    /// Does everything whose time has come.
    ///
    /// # Errors
    /// A fault of the store; what was done is not done again.
    pub async fn run_once(&mut self, engine: &Engine) -> Result<Round, Fault> {
        let mut ran = 0;
        // What the calendar says is no truer than the clock.
        engine.office().look_at_clocks();
        if engine.office().deadlines.hold_back().is_some() {
            return Ok(Round::Idle);
        }
        for (process, schedules) in engine.shelf().schedules() {
            for schedule in schedules.iter() {
                match one(engine, &process, schedule).await {
                    Ok(count) => ran += count,
                    Err(Trouble::Fault(fault)) => return Err(fault),
                    // Another node keeps this schedule.
                    Err(Trouble::Elsewhere { .. } | Trouble::Closing) => {}
                    Err(trouble) => tracing::warn!(%process, schedule = %schedule.name, %trouble, "not run"),
                }
            }
        }
        Ok(if ran == 0 { Round::Idle } else { Round::Worked(ran) })
    }
}

async fn one(engine: &Engine, process: &Name, schedule: &Schedule) -> Result<usize, Trouble> {
    let ledger = CaseId(format!("schedule/{process}/{}", schedule.name).into());
    // One node keeps a schedule: the one that works on its ledger.
    engine.office().holdings.fence(&ledger, engine.office().steady())?;
    let now = engine.now();
    let Some(loaded) = own::load(engine, &ledger).await? else {
        let data = vec![("last".into(), Value::instant(now))];
        engine.open(ledger, "schedule_ledger", data, Actor::system("schedule"), None).await?;
        return Ok(0);
    };
    let Some(definition) = engine.shelf().fetch(&**engine.store(), &loaded.case.definition).await? else {
        return Err(Trouble::UnknownProcess("schedule_ledger".into()));
    };
    let field = definition.main().find_field("last");
    let last = field.and_then(|field| loaded.case.main().data.get(field.at())?.as_instant());
    let Some(last) = last else { return Err(Trouble::UnknownProcess("schedule_ledger".into())) };
    let Some(served) = engine.shelf().in_force(process) else { return Ok(0) };
    let calendar = engine.shelf().calendar(&served.calendar);
    let times = Times::read(&schedule.cron, &schedule.zone, schedule.working_days);
    let times = times.map_err(|wrong| Trouble::NotOpened("bad_cron".into(), vec![wrong.into()]))?;
    let (missed, count) = times.between(last, now, &calendar, EACH_MAX);
    let Some(newest) = missed.last().copied() else { return Ok(0) };
    let run = to_run(schedule.missed, &missed, now);
    for at in &run {
        act(engine, process, schedule, *at).await?;
    }
    note(engine, ledger, newest, run.len(), count - run.len()).await?;
    Ok(run.len())
}

async fn act(engine: &Engine, process: &Name, schedule: &Schedule, at: Timestamp) -> Result<(), Trouble> {
    let by = Actor::system("schedule");
    let key = format!("schedule/{process}/{}/{at}", schedule.name);
    match &schedule.does {
        Scheduled::Start => {
            let case = CaseId(format!("{process}/{}/{at}", schedule.name).into());
            match engine.open(case, process, vec![], by, Some(key.into())).await {
                Ok(_) | Err(Trouble::CaseExists(_)) => Ok(()),
                Err(trouble) => Err(trouble),
            }
        }
        Scheduled::Send(event) => send_to_all(engine, process, event, &key).await,
    }
}

async fn send_to_all(engine: &Engine, process: &Name, event: &Name, key: &str) -> Result<(), Trouble> {
    let mut after = None;
    loop {
        let running = CaseFilter {
            process: Some(process.clone()),
            standing: Some(Standing::Running),
            ..CaseFilter::default()
        };
        let page = Page { after: after.take(), limit: PAGE_MAX };
        let lines = engine.store().cases(running, page).await?;
        let Some(last) = lines.last().map(|line| line.id.clone()) else { return Ok(()) };
        for line in lines {
            let event = Event { to: Target::Main, name: event.clone(), data: vec![], reason: None };
            let key = format!("{key}/{}", line.id);
            let given =
                engine.give(line.id, Input::Event(event), Actor::system("schedule"), Some(key.into()));
            match given.await {
                Ok(_) | Err(Trouble::Parked(_) | Trouble::UnknownCase(_)) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        after = Some(last);
    }
}

async fn note(
    engine: &Engine,
    ledger: CaseId,
    last: Timestamp,
    runs: usize,
    left_out: usize,
) -> Result<(), Trouble> {
    let number = |count: usize| Value::number(i64::try_from(count).unwrap_or(i64::MAX));
    let data = vec![
        ("last".into(), Value::instant(last)),
        ("runs".into(), number(runs)),
        ("left_out".into(), number(left_out)),
    ];
    let event = Event { to: Target::Main, name: "ran".into(), data, reason: None };
    engine.give(ledger, Input::Event(event), Actor::system("schedule"), None).await?;
    Ok(())
}
