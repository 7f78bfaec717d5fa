//! A reminder that comes no sooner than the deadline it reminds of, or before its clock begins.

use expr::time::calendar::Calendar;
use expr::time::clock::Clock as Running;
use expr::time::reminder::Reminder;
use machine::ids::ClockIx;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::reckon;
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;

/// Days between trials: every weekday and every season is met.
const EVERY: usize = 5;

/// Reports reminders that never come, on whatever day the clock begins.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    let bare = Calendar::weekends_only();
    let calendar = subject.calendar.unwrap_or(&bare);
    for (ix, chart, _) in subject.charts() {
        for (at, clock) in numbered(&chart.clocks) {
            let Some(period) = reckon::period(subject.definition, chart, clock) else { continue };
            let marks = clock.reminders.iter().filter(|it| matches!(it, Reminder::Before { .. }));
            for mark in marks {
                let days = reckon::year(calendar, reckon::first_year(subject.definition));
                let comes = days.into_iter().step_by(EVERY).any(|(_, morning)| {
                    let running = Running::start(morning, period, calendar);
                    running.is_ok_and(|it| !matches!(it.remind_at(*mark, calendar), Ok(None)))
                });
                if !comes {
                    report.push(found(subject, Thing::Clock(ix, ClockIx(at)), &clock.name));
                }
            }
        }
    }
}

fn found(subject: &Subject<'_>, of: Thing, name: &str) -> Diagnostic {
    let message = words!(
        "时限 `{name}` 的提醒永远发不出：提前的时间比时限还长",
        "a reminder of `{name}` never comes: it lies before the clock begins"
    );
    Diagnostic::new(codes::REMINDER_TOO_LATE, subject.span(of), message).advise(words!(
        "把提前的时间写得比时限短，或写百分比，如 80%",
        "write a shorter time before it is due, or a share such as 80%"
    ))
}
