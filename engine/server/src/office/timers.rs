//! Timers with how their dates came about.

use expr::lang::Lang;
use expr::time::derivation::Derivation;
use jiff::Timestamp;
use machine::case::{Purpose, Run, Timer};
use machine::chart::ClockKind;
use machine::ids::CaseId;
use ports::query::{DueFilter, PAGE_MAX};

use super::Office;
use super::cannot::Cannot;
use super::held::Held;
use super::sight::Sight;
use super::view::{TimerPage, TimerView, Title};
use super::viewer::Viewer;

impl Office {
    /// The pending timers of a case.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn timers_of(&self, viewer: &Viewer, case: &CaseId) -> Result<TimerPage, Cannot> {
        let held = self.seen(viewer, case).await?;
        Ok(TimerPage { timers: seen(viewer, &held) })
    }

    /// What falls due next, of all cases, soonest first.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn timers(
        &self,
        viewer: &Viewer,
        process: Option<&str>,
        until: Timestamp,
        limit: u32,
    ) -> Result<TimerPage, Cannot> {
        let filter = DueFilter { until, parts: None };
        let due = self.engine.store().due(filter, limit.clamp(1, PAGE_MAX)).await?;
        let mut timers = Vec::new();
        for held in self.held_all(due.into_iter().map(|due| due.id).collect()).await? {
            if process.is_none_or(|process| *held.case().process == *process) {
                timers.extend(seen(viewer, &held).into_iter().filter(|timer| timer.due.is_some()));
            }
        }
        timers.sort_by_key(instant);
        timers.truncate(limit as usize);
        Ok(TimerPage { timers })
    }
}

fn instant(timer: &TimerView) -> Option<Timestamp> {
    timer.due.as_ref().and_then(|due| due.parse().ok())
}

fn seen(viewer: &Viewer, held: &Held) -> Vec<TimerView> {
    let Some(sight) = Sight::of(viewer, held) else { return vec![] };
    sight.runs().flat_map(|(_, run)| of_run(held, run)).collect()
}

/// The pending timers of a run.
pub fn of_run(held: &Held, run: &Run) -> Vec<TimerView> {
    run.timers.iter().map(|timer| view(held, run, timer)).collect()
}

fn view(held: &Held, run: &Run, timer: &Timer) -> TimerView {
    let (clock, name, title) = match &timer.purpose {
        Purpose::Delayed { event, .. } => (None, event, Title::plain(event)),
        Purpose::Clock(ix) => {
            let clock = &held.chart(run).clocks[ix.at()];
            (Some(clock), &clock.name, Title::of(&clock.title, &clock.name))
        }
    };
    let why = Derivation::of(&timer.clock, &held.calendar).ok();
    let said = |text: fn(&Derivation, Lang) -> String| {
        let one = |lang| why.as_ref().map(|why| text(why, lang)).unwrap_or_default();
        Title { zh: one(Lang::Zh), en: one(Lang::En) }
    };
    let runs = !timer.held && !timer.stopped.at_all();
    TimerView {
        case: held.case().id.0.to_string(),
        run: held.run_name(run),
        timer: timer.id,
        clock: name.to_string(),
        title,
        kind: clock.map_or("delayed", |clock| kind(clock.kind)).to_owned(),
        due: timer.clock.fires_at().filter(|_| runs).map(|at| held.instant(at)),
        standing: standing(timer).to_owned(),
        provisional: timer.clock.due.provisional,
        reminders: timer.reminders.iter().map(|(at, _)| held.instant(*at)).collect(),
        authority: clock.map(|c| c.authority.iter().map(|r| held.role(*r)).collect()).unwrap_or_default(),
        basis: clock.and_then(|clock| clock.basis.as_ref()).map(|basis| basis.to_string()),
        sentence: said(Derivation::sentence),
        days: said(Derivation::days_text),
    }
}

fn kind(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::Deadline => "deadline",
        ClockKind::Gate => "gate",
        ClockKind::Validity => "validity",
        ClockKind::Wait => "wait",
    }
}

fn standing(timer: &Timer) -> &'static str {
    match (timer.held, timer.stopped.by_authority, timer.stopped.by_process) {
        (true, ..) => "held",
        (_, true, _) => "suspended",
        (_, _, true) => "paused",
        _ => "running",
    }
}
