//! A deadline in plain days that can fall, for the most part, into a holiday.

use std::collections::BTreeMap;

use expr::time::calendar::{Calendar, Why};
use expr::time::deadline::due;
use expr::time::period::{Period, Roll, Unit};
use jiff::civil::Date;
use machine::chart::ClockKind;
use machine::ids::ClockIx;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::reckon;
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;

/// The day it begins, the last day, and the festival by its names.
type Worst = (Date, Date, (String, String));

/// Advises to roll, with the day on which it would matter most.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    let Some(calendar) = subject.calendar else { return };
    // Many clocks share a parameter: a year of days is walked once for each period.
    let mut known: BTreeMap<Period, Option<Worst>> = BTreeMap::new();
    for (ix, chart, _) in subject.charts() {
        for (at, clock) in numbered(&chart.clocks).filter(|(_, it)| {
            it.kind == ClockKind::Deadline && reckon::in_force(subject.definition, chart, it)
        }) {
            let Some(period) = reckon::period(subject.definition, chart, clock) else { continue };
            let found = known.entry(period).or_insert_with(|| worst(subject, calendar, &period));
            let Some((begins, last, (zh, en))) = found.as_ref() else { continue };
            let name = &clock.name;
            let message = words!(
                "期限 `{name}` 可能大半落在节假日里",
                "the deadline `{name}` can fall for the most part into a holiday"
            );
            let span = subject.span(Thing::Clock(ix, ClockIx(at)));
            let found = Diagnostic::new(codes::DEADLINE_IN_HOLIDAY, span, message)
                .advise(words!(
                    "写成“顺延”：最后一天是休息日时顺延到下一个工作日（民法典第 203 条）",
                    "add `roll`: a last day that is a rest day moves to the next working day (Civil Code 203)"
                ))
                .step(words!("{begins} 起算", "it begins on {begins}"), None);
            report.push(found.step(
                crate::words::Words::new(
                    format!("{last} 到期，正在{zh}假期"),
                    format!("it ends on {last}, in {en}"),
                ),
                None,
            ));
        }
    }
}

/// The first day of the year from which the period ends in a holiday and is mostly rest days.
fn worst(subject: &Subject<'_>, calendar: &Calendar, period: &Period) -> Option<Worst> {
    if period.unit != Unit::CalendarDays || period.roll != Roll::None || period.n == 0 {
        return None;
    }
    let days = reckon::year(calendar, reckon::first_year(subject.definition));
    let tried =
        days.into_iter().filter(|(begins, _)| calendar.works(*begins)).filter_map(|(begins, morning)| {
            let due = due(morning, period, calendar).ok().filter(|due| !due.provisional)?;
            let festival = match calendar.day(due.last_day).why {
                Why::Holiday(festival) => (festival.zh.clone(), festival.en.clone()),
                _ => return None,
            };
            let worked = calendar.working_days_between(begins, due.last_day).ok()?;
            (worked * 2 < period.n).then_some((worked, begins, due.last_day, festival))
        });
    tried
        .min_by_key(|(worked, begins, ..)| (*worked, *begins))
        .map(|(_, begins, last, it)| (begins, last, it))
}
