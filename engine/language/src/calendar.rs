//! Calendar files, one a year, as docs/language/calendars.md describes them.

use std::collections::BTreeMap;

use expr::time::calendar::{
    Calendar, CalendarFacts, CalendarProblem, Festival, FestivalDays, Notice, YearFacts,
};
use jiff::civil::Date;

use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::keys;
use crate::process::{Desk, pick};
use crate::read;
use crate::shape;
use crate::source::Sources;
use crate::span::Span;
use crate::tree::Node;
use crate::words;
use crate::words::Words;

/// No notice names more days in one go.
const RANGE_MAX: usize = 366;

/// Where the years and dates of a calendar stand.
#[derive(Default)]
struct Places {
    years: BTreeMap<i16, Span>,
    dates: BTreeMap<Date, Span>,
    festivals: BTreeMap<(i16, Festival), Span>,
}

/// Reads the files of a calendar: names and bytes, in any order. They become sources. The calendar is there
/// when nothing in them is an error.
pub fn read_years(
    sources: &mut Sources,
    calendar: &str,
    files: &[(&str, &[u8])],
) -> (Option<Calendar>, Report) {
    let mut report = Report::new();
    let mut facts = CalendarFacts::china(calendar);
    let mut places = Places::default();
    for (name, bytes) in files {
        let reading = read(sources, name, bytes);
        report.append(reading.report);
        let Some(tree) = reading.tree else { continue };
        report.append(keys::check_tree(&tree, &shape::CALENDAR_YEAR));
        let mut desk = Desk::new(sources);
        facts.years.extend(year(&tree.root, &mut desk, &mut places));
        report.append(desk.report);
    }
    if report.has_errors() {
        return (None, report);
    }
    match Calendar::new(facts) {
        Ok(calendar) => (Some(calendar), report),
        Err(problems) => {
            problems.iter().for_each(|problem| report.push(found(problem, &places)));
            (None, report)
        }
    }
}

fn year(root: &Node, desk: &mut Desk<'_>, places: &mut Places) -> Option<YearFacts> {
    let (text, span) = pick::text(root, "year")?;
    let Ok(year) = text.parse::<i16>() else {
        let found =
            Diagnostic::new(codes::BAD_VALUE, span, words!("`{text}` 不是年份", "`{text}` is not a year"));
        desk.say(found.advise(words!("例：year: 2026", "example: year: 2026")));
        return None;
    };
    places.years.insert(year, span);
    let amended = pick::many(root, "amended_by").iter();
    let notices = root.get("notice").into_iter().chain(amended).map(|node| notice(node, desk)).collect();
    let holidays = festivals(root, "holidays", year, desk, places);
    let working_weekends = festivals(root, "working_weekends", year, desk, places);
    Some(YearFacts { year, notices, holidays, working_weekends })
}

fn notice(node: &Node, desk: &mut Desk<'_>) -> Notice {
    let text = |key| pick::text(node, key).map(|(text, _)| text.to_owned());
    let date = pick::text(node, "date").and_then(|(text, span)| date(text, span, desk));
    Notice { number: text("number"), date, title: text("title") }
}

fn festivals(
    root: &Node,
    key: &str,
    year: i16,
    desk: &mut Desk<'_>,
    places: &mut Places,
) -> Vec<FestivalDays> {
    let mut all = Vec::new();
    for node in pick::many(root, key) {
        let Some(names) = node.get("festival") else { continue };
        let words = pick::words(names, "");
        let festival = Festival::new(&words.zh, &words.en);
        places.festivals.insert((year, festival.clone()), names.span);
        let mut dates = Vec::new();
        for written in pick::many(node, "dates") {
            for date in days(written, desk) {
                places.dates.insert(date, written.span);
                dates.push(date);
            }
        }
        all.push(FestivalDays { festival, dates });
    }
    all
}

/// One date, or a range `first..last` with both ends.
fn days(node: &Node, desk: &mut Desk<'_>) -> Vec<Date> {
    let Some(text) = node.as_text() else { return Vec::new() };
    let Some((first, last)) = text.split_once("..") else {
        return date(text, node.span, desk).into_iter().collect();
    };
    let (Some(first), Some(last)) = (date(first, node.span, desk), date(last, node.span, desk)) else {
        return Vec::new();
    };
    let days: Vec<Date> =
        first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).take(RANGE_MAX + 1).collect();
    if days.is_empty() || days.len() > RANGE_MAX {
        desk.say(
            Diagnostic::new(
                codes::CALENDAR_DAYS,
                node.span,
                words!("`{text}` 不是从早到晚的一段日期", "`{text}` is not a range of dates"),
            )
            .advise(words!("例：2026-01-01..2026-01-03", "example: 2026-01-01..2026-01-03")),
        );
        return Vec::new();
    }
    days
}

fn date(text: &str, span: Span, desk: &mut Desk<'_>) -> Option<Date> {
    crate::process::literal::date(span, text.trim(), desk)
}

fn found(problem: &CalendarProblem, places: &Places) -> Diagnostic {
    let year = |year: &i16| places.years.get(year).copied();
    let span = match problem {
        CalendarProblem::YearTwice { year: at } | CalendarProblem::YearOutOfRange { year: at } => year(at),
        CalendarProblem::NoDates { year: at, festival } => {
            places.festivals.get(&(*at, festival.clone())).copied().or_else(|| year(at))
        }
        CalendarProblem::DateTwice { date, .. }
        | CalendarProblem::BothRestAndWork { date, .. }
        | CalendarProblem::OtherYear { date, .. }
        | CalendarProblem::WorkedAnyway { date, .. } => places.dates.get(date).copied(),
        CalendarProblem::UnknownZone { .. } | CalendarProblem::NoWorkingDay => None,
    };
    let sentence = Words::new(problem.text(crate::Lang::Zh), problem.text(crate::Lang::En));
    Diagnostic::new(codes::CALENDAR_DAYS, span.unwrap_or_default(), sentence)
}
