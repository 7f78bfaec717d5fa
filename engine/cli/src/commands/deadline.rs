//! `charter deadline`: when a period is over, and why, day by day.

use clap::{ArgMatches, Command};
use expr::time::derivation::Derivation;
use expr::time::period::Period;
use jiff::Timestamp;
use language::words;
use language::words::{Lang, Words};
use serde_json::json;
use simulate::values::instant;

use crate::args;
use crate::calendars::Calendars;
use crate::exit::{Exit, Failure, Outcome};
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    args::command("deadline", lang, "算一个期限到什么时候", "Reckon when a period is over")
        .arg(
            args::operand(
                "from",
                "FROM",
                lang,
                "从何时起，如 \"2026-09-28 09:00\"",
                "Since when, such as \"2026-09-28 09:00\"",
            )
            .required(true),
        )
        .arg(
            args::operand(
                "period",
                "PERIOD",
                lang,
                "多久，如 5工作日、\"5 working days, roll\"",
                "How long, such as 5工作日, \"5 working days, roll\"",
            )
            .required(true)
            .num_args(1..),
        )
        .arg(args::option(
            "calendar",
            "FOLDER",
            lang,
            "日历所在的文件夹（它下面有 calendars/cn）；不写就用程序自带的",
            "The folder above calendars/cn; the built-in calendar unless given",
        ))
        .arg(args::flag("explain", lang, "逐日说明", "Day by day"))
        .arg(args::flag("json", lang, "输出 JSON", "Print JSON"))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let mut calendars = Calendars::default();
    let calendar = match args::text(found, "calendar") {
        Some(folder) => calendars.find(std::path::Path::new(folder), "cn"),
        None => Some(calendars.own()),
    };
    let calendar = calendar.ok_or_else(|| {
        Failure::new(Exit::Unreachable, words!("那里的日历读不出来", "the calendar there cannot be read"))
            .advise(words!("先运行 charter check", "run charter check on it"))
    })?;
    let from = anchor(args::text(found, "from").unwrap_or_default(), &calendar)?;
    let period = period(&args::texts(found, "period").join(" "))?;
    let why = Derivation::of_period(from, period, &calendar)
        .map_err(|error| Failure::new(Exit::Found, Words::new(error.text(Lang::Zh), error.text(Lang::En))))?;
    if found.get_flag("json") {
        talk.line(&shown(&why, &calendar).to_string());
    } else {
        talk.line(&why.sentence(talk.lang));
        if found.get_flag("explain") || talk.verbose {
            talk.line(&format!("  {}", why.days_text(talk.lang)));
        }
    }
    Ok(Exit::Fine)
}

fn anchor(text: &str, calendar: &expr::time::calendar::Calendar) -> Result<Timestamp, Failure> {
    let day = text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == "2026-01-01".len());
    let start = day.and_then(|day| calendar.zone().to_timestamp(day.at(0, 0, 0, 0)).ok());
    start.map_or_else(|| instant(text, calendar.zone()).map_err(Failure::usage), Ok)
}

/// A period as written.
///
/// # Errors
/// What is wrong with it.
pub fn period(text: &str) -> Result<Period, Failure> {
    text.parse::<Period>()
        .map_err(|error| Failure::usage(Words::new(error.text(Lang::Zh), error.text(Lang::En))))
}

fn shown(why: &Derivation, calendar: &expr::time::calendar::Calendar) -> serde_json::Value {
    json!({
        "due": simulate::json::instant(why.due.at, calendar.zone()),
        "last_day": why.due.last_day.to_string(),
        "provisional": why.due.provisional,
        "zh": { "sentence": why.sentence(Lang::Zh), "days": why.days_text(Lang::Zh) },
        "en": { "sentence": why.sentence(Lang::En), "days": why.days_text(Lang::En) },
    })
}
