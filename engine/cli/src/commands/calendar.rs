//! `charter calendar`: a year as offices live it, and whether one day is worked.

use clap::{ArgMatches, Command};
use expr::time::calendar::{Calendar, Why};
use expr::time::weekday::short_name;
use jiff::civil::Date;
use language::words;
use language::words::{Lang, Words};

use crate::args;
use crate::calendars::Calendars;
use crate::exit::{Exit, Failure, Outcome};
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    args::command("calendar", lang, "看放假与调休", "Look at holidays and worked weekends")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            args::command("show", lang, "一年的放假与调休", "The holidays and worked weekends of a year")
                .arg(args::operand("year", "YEAR", lang, "年份", "The year").required(true)),
        )
        .subcommand(
            args::command("check", lang, "某一天上不上班，为什么", "Whether a day is worked, and why").arg(
                args::operand("date", "DATE", lang, "日期，如 2026-10-10", "A date, such as 2026-10-10")
                    .required(true),
            ),
        )
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let calendar = Calendars::default().own();
    match found.subcommand() {
        Some(("show", found)) => show(args::text(found, "year").unwrap_or_default(), &calendar, talk),
        Some((_, found)) => check(args::text(found, "date").unwrap_or_default(), &calendar, talk),
        None => Ok(Exit::Usage),
    }
}

fn show(year: &str, calendar: &Calendar, talk: &Talk) -> Outcome {
    let wanted: i16 =
        year.parse().map_err(|_| Failure::usage(words!("“{year}”不是年份", "`{year}` is no year")))?;
    let Some(facts) = calendar.facts().years.iter().find(|facts| facts.year == wanted) else {
        return Err(Failure::new(
            Exit::Found,
            words!("{year} 年的放假安排还没有", "the days of {year} are not loaded"),
        )
        .advise(words!(
            "那一年按平常的周末算，时限是暂定的",
            "its weekends rest, its deadlines are provisional"
        )));
    };
    talk.words(&words!("{year} 年", "{year}"));
    for notice in &facts.notices {
        let parts = [notice.number.clone(), notice.date.map(|d| d.to_string()), notice.title.clone()];
        talk.line(&format!("  {}", parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")));
    }
    for (zh, en, days) in [("放假", "rest", &facts.holidays), ("上班", "work", &facts.working_weekends)] {
        for festival in days {
            let name = festival.festival.name(talk.lang);
            talk.line(&format!(
                "  {}  {}  {name}",
                talk.lang.pick(zh, en),
                stretch(&festival.dates, talk.lang)
            ));
        }
    }
    Ok(Exit::Fine)
}

/// The dates, runs of days drawn together.
fn stretch(dates: &[Date], lang: Lang) -> String {
    let mut parts: Vec<(Date, Date)> = Vec::new();
    for date in dates {
        match parts.last_mut() {
            Some((_, last)) if last.tomorrow().ok() == Some(*date) => *last = *date,
            _ => parts.push((*date, *date)),
        }
    }
    let one = |(first, last): &(Date, Date)| {
        let day = |d: &Date| format!("{} {}", d.strftime("%m-%d"), short_name(d.weekday(), lang));
        if first == last { day(first) } else { format!("{} – {}", day(first), day(last)) }
    };
    parts.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn check(text: &str, calendar: &Calendar, talk: &Talk) -> Outcome {
    let date: Date = text.parse().map_err(|_| {
        Failure::usage(words!("“{text}”不是日期，要写成 2026-10-10", "`{text}` is no date; write 2026-10-10"))
    })?;
    let day = calendar.day(date);
    let answer = if day.working { Words::new("上班", "worked") } else { Words::new("休息", "rest") };
    let why = match day.why {
        Why::Holiday(festival) => words!("{}放假", "{} holiday", festival.name(talk.lang)),
        Why::Adjusted(festival) => words!("{}调休", "worked in exchange for {}", festival.name(talk.lang)),
        Why::Weekend => Words::new("周末", "weekend"),
        Why::Weekday => Words::new("平常的工作日", "an ordinary weekday"),
    };
    let lang = talk.lang;
    let weekday = short_name(date.weekday(), lang);
    talk.line(&format!("{date} {weekday}  {} · {}", answer.get(lang), why.get(lang)));
    if !day.published {
        talk.remark(&words!(
            "{} 年的放假安排还没有，结果可能改变",
            "the days of {} are not loaded; this may change",
            date.year()
        ));
    }
    Ok(Exit::Fine)
}
