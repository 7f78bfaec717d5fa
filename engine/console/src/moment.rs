//! Instants as people read them: the civil time of the office, and how long it still is.

use expr::lang::Lang;
use expr::time::weekday::short_name;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use crate::view::Frame;
use crate::words::Word;

/// `2026-10-10 周六 17:00`, with the exact instant for programs.
pub fn moment(frame: &Frame, at: Timestamp) -> Markup {
    html! { time datetime=(at.to_string()) { (written(frame, at)) } }
}

/// The same as text. The end of a day is written as 24:00 of that day: a deadline lasts the whole day.
pub fn written(frame: &Frame, at: Timestamp) -> String {
    let civil = frame.zone.to_datetime(at);
    let midnight = civil.time() == jiff::civil::Time::midnight();
    let day = if midnight { civil.date().yesterday().unwrap_or(civil.date()) } else { civil.date() };
    let clock = if midnight { "24:00".to_owned() } else { civil.time().strftime("%H:%M").to_string() };
    format!("{day} {} {clock}", short_name(day.weekday(), frame.lang))
}

/// How long it is until an instant, or how long it has been over. A script keeps it counting.
pub fn left(frame: &Frame, due: Timestamp) -> Markup {
    let rest = due.duration_since(frame.now);
    let late = rest < SignedDuration::ZERO;
    let word = if late { Word::Overdue } else { Word::Left };
    let length = length(frame.lang, rest);
    let text = match frame.lang {
        Lang::Zh => format!("{} {length}", word.say(Lang::Zh)),
        Lang::En if late => format!("{} {length}", word.say(Lang::En)),
        Lang::En => format!("{length} {}", word.say(Lang::En)),
    };
    html! { span.left.late[late] data-seconds=(rest.as_secs()) { (text) } }
}

/// The two largest units of a length of time.
fn length(lang: Lang, span: SignedDuration) -> String {
    let seconds = span.as_secs().unsigned_abs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (lang, days, hours) {
        (Lang::Zh, 0, 0) => format!("{minutes} 分"),
        (Lang::Zh, 0, _) => format!("{hours} 小时 {minutes} 分"),
        (Lang::Zh, _, _) => format!("{days} 天 {hours} 小时"),
        (Lang::En, 0, 0) => format!("{minutes} min"),
        (Lang::En, 0, _) => format!("{hours} h {minutes} min"),
        (Lang::En, _, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::tests::frame;

    #[test]
    fn the_end_of_a_day_is_its_twenty_fourth_hour() {
        let frame = frame(Lang::Zh);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(written(&frame, at("2026-10-10T16:00:00Z")), "2026-10-10 周六 24:00");
        assert_eq!(written(&frame, at("2026-10-10T09:00:00Z")), "2026-10-10 周六 17:00");
        assert!(left(&frame, at("2026-10-12T01:00:00Z")).into_string().contains("还剩"));
        assert!(left(&frame, at("2026-09-12T01:00:00Z")).into_string().contains("已超时"));
    }
}
