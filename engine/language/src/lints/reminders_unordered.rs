//! Reminders not written in the order in which they come.

use expr::time::calendar::Calendar;
use expr::time::clock::Clock as Running;
use machine::chart::{Chart, Clock};
use machine::ids::ClockIx;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::reckon;
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;

/// Reports clocks whose reminders go back in time.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, _) in subject.charts() {
        for (at, clock) in numbered(&chart.clocks).filter(|(_, clock)| goes_back(subject, chart, clock)) {
            let name = &clock.name;
            let span = subject.span(Thing::Clock(ix, ClockIx(at)));
            let message = words!(
                "时限 `{name}` 的提醒没有按先后写",
                "the reminders of `{name}` are not in the order in which they come"
            );
            report.push(
                Diagnostic::new(codes::REMINDERS_UNORDERED, span, message)
                    .advise(words!("先到的写在前面", "write the one that comes first first")),
            );
        }
    }
}

fn goes_back(subject: &Subject<'_>, chart: &Chart, clock: &Clock) -> bool {
    let Some(period) = reckon::period(subject.definition, chart, clock).filter(|_| clock.reminders.len() > 1)
    else {
        return shares(clock).windows(2).any(|pair| pair[0] > pair[1]);
    };
    let bare = Calendar::weekends_only();
    let calendar = subject.calendar.unwrap_or(&bare);
    let days = reckon::year(calendar, reckon::first_year(subject.definition));
    // An order that holds on some day is an order: holidays may shift single days against each other.
    days.into_iter().step_by(30).all(|(_, morning)| {
        let Ok(running) = Running::start(morning, period, calendar) else { return false };
        let times =
            clock.reminders.iter().filter_map(|mark| running.remind_at(*mark, calendar).ok().flatten());
        times.collect::<Vec<_>>().windows(2).any(|pair| pair[0] > pair[1])
    })
}

fn shares(clock: &Clock) -> Vec<u8> {
    let share = |mark: &expr::time::reminder::Reminder| match mark {
        expr::time::reminder::Reminder::Share { percent } => Some(*percent),
        expr::time::reminder::Reminder::Before { .. } => None,
    };
    clock.reminders.iter().filter_map(share).collect()
}
