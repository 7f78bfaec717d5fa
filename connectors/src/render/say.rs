//! How letters say times and amounts: `deadline`, `moment`, `day`, `money`, `list`.
//!
//! Instants are exclusive: something due at midnight is due by the end of the day before.

use expr::lang::Lang;
use handlebars::{Context, Handlebars, Helper, Output, RenderContext, RenderError, RenderErrorReason};
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;
use serde_json::Value as Json;

/// The words a template may use besides `if`, `unless`, `each`.
pub(super) const WORDS: &[&str] = &["deadline", "moment", "day", "money", "list"];

/// Entries of a list that are written out.
const LONGEST_LIST: usize = 50;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn weekday(day: Weekday, lang: Lang) -> &'static str {
    match day {
        Weekday::Monday => lang.pick("星期一", "Monday"),
        Weekday::Tuesday => lang.pick("星期二", "Tuesday"),
        Weekday::Wednesday => lang.pick("星期三", "Wednesday"),
        Weekday::Thursday => lang.pick("星期四", "Thursday"),
        Weekday::Friday => lang.pick("星期五", "Friday"),
        Weekday::Saturday => lang.pick("星期六", "Saturday"),
        Weekday::Sunday => lang.pick("星期日", "Sunday"),
    }
}

fn month(date: Date) -> &'static str {
    usize::try_from(date.month()).ok().and_then(|m| MONTHS.get(m - 1)).copied().unwrap_or_default()
}

/// `2026年12月1日`, `1 December 2026`
fn day(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        Lang::En => format!("{} {} {}", date.day(), month(date), date.year()),
    }
}

/// `2026年12月1日（星期二）`, `Tuesday, 1 December 2026`
fn named_day(date: Date, lang: Lang) -> String {
    let name = weekday(date.weekday(), lang);
    match lang {
        Lang::Zh => format!("{}（{name}）", day(date, lang)),
        Lang::En => format!("{name}, {}", day(date, lang)),
    }
}

/// `17时`, `17时30分`; `17:30`. Seconds are left out: offices set times to the minute.
fn clock(at: DateTime, lang: Lang) -> String {
    match (lang, at.minute()) {
        (Lang::En, minute) => format!("{:02}:{minute:02}", at.hour()),
        (Lang::Zh, 0) => format!("{}时", at.hour()),
        (Lang::Zh, minute) => format!("{}时{minute:02}分", at.hour()),
    }
}

/// The last moment before an exclusive instant, in words that fit behind “请于” and “please … ”.
fn deadline(at: DateTime, lang: Lang) -> String {
    let midnight = at.time() == jiff::civil::Time::midnight();
    let eve = at.date().checked_sub(1.day()).ok().filter(|_| midnight);
    match (lang, eve) {
        (Lang::Zh, Some(eve)) => format!("{}24时前", named_day(eve, lang)),
        (Lang::En, Some(eve)) => format!("by the end of {}", named_day(eve, lang)),
        (Lang::Zh, None) => format!("{}{}前", named_day(at.date(), lang), clock(at, lang)),
        (Lang::En, None) => format!("before {} on {}", clock(at, lang), named_day(at.date(), lang)),
    }
}

/// An instant as it stands.
fn moment(at: DateTime, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{}{}", named_day(at.date(), lang), clock(at, lang)),
        Lang::En => format!("{} on {}", clock(at, lang), named_day(at.date(), lang)),
    }
}

/// `3,000,000.00 元`, `CNY 3,000,000.00`
fn money(amount: Decimal, lang: Lang) -> String {
    let text = format!("{:.2}", amount.round_dp(2).abs());
    let (yuan, fen) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = String::new();
    for (at, digit) in yuan.chars().enumerate() {
        if at > 0 && (yuan.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if amount.is_sign_negative() && !amount.is_zero() { "-" } else { "" };
    match lang {
        Lang::Zh => format!("{sign}{grouped}.{fen} 元"),
        Lang::En => format!("{sign}CNY {grouped}.{fen}"),
    }
}

/// The place and language a letter is written in.
#[derive(Clone)]
struct Speaker {
    zone: TimeZone,
    lang: Lang,
}

impl Speaker {
    /// A value in the words of one helper; `None` when it is not what the helper says.
    fn say(&self, word: &str, value: &Json) -> Option<String> {
        let text = value.as_str().map(str::to_owned).or_else(|| value.is_number().then(|| value.to_string()));
        match word {
            "list" => list(value),
            "money" => Some(money(text?.parse().ok()?, self.lang)),
            "day" => {
                let text = text?;
                let date = text.parse::<Date>().ok().filter(|_| !text.contains('T'));
                Some(day(date.or_else(|| Some(self.local(&text)?.date()))?, self.lang))
            }
            "deadline" => Some(deadline(self.local(&text?)?, self.lang)),
            _ => Some(moment(self.local(&text?)?, self.lang)),
        }
    }

    fn local(&self, text: &str) -> Option<DateTime> {
        let at: Timestamp = text.parse().ok()?;
        Some(self.zone.to_datetime(at))
    }
}

/// One line each, after a dash.
fn list(value: &Json) -> Option<String> {
    let entries = value.as_array()?;
    if entries.len() > LONGEST_LIST {
        return None;
    }
    let line = |entry: &Json| entry.as_str().map(|text| format!("- {text}"));
    Some(entries.iter().map(line).collect::<Option<Vec<_>>>()?.join("\n"))
}

/// Teaches a registry the words.
pub(super) fn teach(registry: &mut Handlebars<'static>, zone: &TimeZone, lang: Lang) {
    for word in WORDS {
        let speaker = Speaker { zone: zone.clone(), lang };
        let helper = move |h: &Helper<'_>,
                           _: &Handlebars<'_>,
                           _: &Context,
                           _: &mut RenderContext<'_, '_>,
                           out: &mut dyn Output|
              -> Result<(), RenderError> {
            let value = h.param(0).map_or(&Json::Null, |param| param.value());
            let said = speaker.say(word, value).ok_or_else(|| {
                let shown = h.param(0).and_then(|p| p.relative_path().cloned()).unwrap_or_default();
                RenderErrorReason::Other(format!("`{word}` cannot say `{shown}`: {value}"))
            })?;
            out.write(&said)?;
            Ok(())
        };
        registry.register_helper(word, Box::new(helper));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_amounts_in_both_languages() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let table = "
            deadline | 2026-12-01T16:00:00Z | 2026年12月1日（星期二）24时前 | by the end of Tuesday, 1 December 2026
            deadline | 2026-12-01T09:30:00Z | 2026年12月1日（星期二）17时30分前 | before 17:30 on Tuesday, 1 December 2026
            deadline | 2026-12-31T16:00:00Z | 2026年12月31日（星期四）24时前 | by the end of Thursday, 31 December 2026
            moment | 2026-12-01T16:00:00Z | 2026年12月2日（星期三）0时 | 00:00 on Wednesday, 2 December 2026
            day | 2026-12-01T16:00:00Z | 2026年12月2日 | 2 December 2026
            day | 2026-02-28 | 2026年2月28日 | 28 February 2026
            money | 3000000 | 3,000,000.00 元 | CNY 3,000,000.00
            money | -1234.5 | -1,234.50 元 | -CNY 1,234.50
            money | 0 | 0.00 元 | CNY 0.00";
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let [word, value, zh, en] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
            let say = |lang| Speaker { zone: zone.clone(), lang }.say(word, &Json::from(value)).unwrap();
            assert_eq!((say(Lang::Zh).as_str(), say(Lang::En).as_str()), (zh, en), "{line}");
        }
    }

    #[test]
    fn what_cannot_be_said_is_not_said() {
        let speaker = Speaker { zone: TimeZone::UTC, lang: Lang::Zh };
        for (word, value) in [
            ("deadline", Json::Null),
            ("deadline", Json::from("tomorrow")),
            ("money", Json::from("lots")),
            ("list", Json::from("one")),
            ("list", Json::from(vec!["x"; 51])),
            ("day", Json::Bool(true)),
        ] {
            assert_eq!(speaker.say(word, &value), None, "{word} {value}");
        }
    }
}
