//! How a period is written back: the canonical English form, and both languages for people.

use super::{CountFrom, Period, Roll, Shift, Unit};
use crate::lang::Lang;
use std::fmt;

impl fmt::Display for Period {
    /// The canonical form, which reads back to the same period: `5 working days, roll, until 17:30`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.quantity(Lang::En))?;
        out.write_str(&self.conditions(Lang::En))
    }
}

impl Period {
    /// The period in words for people; both forms read back to the same period.
    pub fn text(&self, lang: Lang) -> String {
        self.quantity(lang) + &self.conditions(lang)
    }

    /// How much of what, without the conditions: `5 working days`.
    pub fn quantity(&self, lang: Lang) -> String {
        match lang {
            Lang::En => format!("{} {}", self.n, self.unit.noun(self.n)),
            Lang::Zh => format!("{}{}", self.n, self.unit.measure()),
        }
    }

    /// The conditions, each after a comma; empty when there are none.
    pub fn conditions(&self, lang: Lang) -> String {
        let mut text = String::new();
        let mut say = |zh: &str, en: &str| {
            text.push_str(lang.pick("，", ", "));
            text.push_str(lang.pick(zh, en));
        };
        if self.count_from == CountFrom::SameDay {
            say("当日起算", "from same day");
        }
        if self.roll == Roll::NextWorkingDay {
            say("顺延", "roll");
        }
        if let Some(cutoff) = self.cutoff {
            let close = cutoff.strftime("%H:%M");
            say(&format!("至{close}"), &format!("until {close}"));
        }
        if self.shift == Shift::NextWorkingDay {
            say("次工作日收件", "shift");
        }
        text
    }
}

impl Unit {
    /// The English noun for `n` of them: `1 day`, `2 days`.
    pub fn noun(self, n: u32) -> &'static str {
        match (self, n) {
            (Unit::WorkingDays, 1) => "working day",
            (Unit::WorkingDays, _) => "working days",
            (Unit::CalendarDays, 1) => "day",
            (Unit::CalendarDays, _) => "days",
            (Unit::Hours, 1) => "hour",
            (Unit::Hours, _) => "hours",
            (Unit::Months, 1) => "month",
            (Unit::Months, _) => "months",
        }
    }

    /// The Chinese measure and noun: `个工作日`.
    pub fn measure(self) -> &'static str {
        match self {
            Unit::WorkingDays => "个工作日",
            Unit::CalendarDays => "天",
            Unit::Hours => "小时",
            Unit::Months => "个月",
        }
    }
}
