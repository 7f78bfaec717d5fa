//! `charter version`: which program this is and which texts it reads.

use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;
use serde_json::json;

use crate::args;
use crate::embedded;
use crate::exit::{Exit, Outcome};
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    args::command(
        "version",
        lang,
        "版本、语言版本和自带的日历",
        "The version, the language it reads, the calendars inside",
    )
    .arg(args::flag("json", lang, "输出 JSON", "Print JSON"))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let version = env!("CARGO_PKG_VERSION");
    let language = language::process::LANGUAGE;
    let years = embedded::CALENDAR_CN;
    let (first, last) = (year(years.first()), year(years.last()));
    if found.get_flag("json") {
        let object = json!({ "version": version, "language": language, "calendars": { "cn": { "first": first, "last": last } } });
        talk.line(&object.to_string());
    } else {
        talk.line(&format!("charter {version}"));
        talk.words(&words!(
            "语言版本 {language} · 自带日历 cn {first}–{last}",
            "language {language} · calendar cn {first}–{last} inside"
        ));
    }
    Ok(Exit::Fine)
}

/// The year a calendar file is for, by its path.
fn year(at: Option<&(&'static str, &'static str)>) -> &'static str {
    let name = at.and_then(|(path, _)| path.rsplit('/').next()).unwrap_or_default();
    name.trim_end_matches(".yaml")
}
