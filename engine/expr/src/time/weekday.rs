//! Days of the week as they are written for people.

use crate::lang::Lang;
use jiff::civil::Weekday;

/// The short name of a weekday: `周一`, `Mon`.
pub fn short_name(day: Weekday, lang: Lang) -> &'static str {
    let (zh, en) = match day {
        Weekday::Monday => ("周一", "Mon"),
        Weekday::Tuesday => ("周二", "Tue"),
        Weekday::Wednesday => ("周三", "Wed"),
        Weekday::Thursday => ("周四", "Thu"),
        Weekday::Friday => ("周五", "Fri"),
        Weekday::Saturday => ("周六", "Sat"),
        Weekday::Sunday => ("周日", "Sun"),
    };
    lang.pick(zh, en)
}
