//! A derivation in words: one sentence, or day by day with long stretches drawn together.

use super::{Derivation, Rule, Step, What};
use crate::lang::Lang;
use crate::time::calendar::Festival;
use crate::time::period::Unit;
use crate::time::weekday::short_name;
use jiff::civil::{Date, Time};

/// Up to this many stretches each counted day stands alone.
const SHORT: usize = 10;
/// Above this many stretches ordinary weekends disappear into the counted days.
const LONG: usize = 24;

impl Derivation {
    /// One sentence: what, since when, until when.
    pub fn sentence(&self, lang: Lang) -> String {
        let from = self.received.strftime("%Y-%m-%d %H:%M");
        let until = self.until(lang);
        let changes = self.changes(lang);
        let doubt = self.doubt(lang);
        match (lang, &self.rule) {
            (Lang::Zh, Rule::Period(period)) => {
                let (quantity, conditions) = (period.quantity(lang), period.conditions(lang));
                format!("{from} 起 {quantity}{conditions}{changes}：{until}截止{doubt}")
            }
            (Lang::Zh, Rule::At(_)) => format!("{from} 起{changes}：{until}截止{doubt}"),
            (Lang::En, Rule::Period(period)) => {
                let (quantity, conditions) = (period.quantity(lang), period.conditions(lang));
                format!("{quantity} from {from}{conditions}{changes}: ends {until}{doubt}")
            }
            (Lang::En, Rule::At(_)) => format!("from {from}{changes}: ends {until}{doubt}"),
        }
    }

    /// Day by day, with long stretches drawn together.
    pub fn days_text(&self, lang: Lang) -> String {
        let mut stretches = Stretch::of(&self.steps, Grain::Days);
        if stretches.len() > SHORT {
            stretches = Stretch::of(&self.steps, Grain::Runs);
        }
        if stretches.len() > LONG {
            stretches = Stretch::of(&self.steps, Grain::AcrossWeekends);
        }
        let year = self.received.year();
        let words: Vec<String> = stretches.iter().map(|stretch| stretch.text(year, lang)).collect();
        words.join(" · ")
    }

    fn until(&self, lang: Lang) -> String {
        let midnight = self.closes.time() == Time::midnight();
        let day = if midnight { self.closes.date().yesterday().ok() } else { None };
        let day = day.unwrap_or(self.closes.date());
        let time = if midnight { "24:00".to_owned() } else { self.closes.strftime("%H:%M").to_string() };
        let day = format!("{} {}", day, short_name(day.weekday(), lang));
        lang.pick(&format!("{day} {time} "), &format!("{day} {time}")).to_owned()
    }

    fn changes(&self, lang: Lang) -> String {
        let mut text = String::new();
        let paused = self.paused_days();
        if paused > 0 {
            text += &lang.pick("，中止 N 天", ", paused days: N").replace('N', &paused.to_string());
        }
        if self.extended > 0 {
            let unit = match self.rule {
                Rule::Period(period) => period.unit,
                Rule::At(_) => Unit::CalendarDays,
            };
            let by = match lang {
                Lang::Zh => format!("，延长 {} {}", self.extended, unit.measure()),
                Lang::En => format!(", extended by {} {}", self.extended, unit.noun(self.extended)),
            };
            text += &by;
        }
        if self.moved {
            text += lang.pick("，依决定改期", ", moved by decision");
        }
        text
    }

    fn doubt(&self, lang: Lang) -> String {
        let years: Vec<String> = self.unpublished.iter().map(i16::to_string).collect();
        match (self.due.provisional, lang) {
            (false, _) => String::new(),
            (true, Lang::Zh) if years.is_empty() => "（暂定）".to_owned(),
            (true, Lang::En) if years.is_empty() => " (provisional)".to_owned(),
            (true, Lang::Zh) => format!("（暂定：{}年放假安排尚未公布）", years.join("、")),
            (true, Lang::En) => {
                format!(" (provisional: the holidays of {} are not published yet)", years.join(", "))
            }
        }
    }
}

/// How finely days are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grain {
    /// Every counted day alone; rest days together.
    Days,
    /// Counted days that follow one another together.
    Runs,
    /// Counted days together across ordinary weekends.
    AcrossWeekends,
}

/// Neighbouring days of one kind.
struct Stretch<'s> {
    first: &'s Step,
    last: &'s Step,
    weekends: bool,
}

impl<'s> Stretch<'s> {
    fn of(steps: &'s [Step], grain: Grain) -> Vec<Stretch<'s>> {
        let mut stretches: Vec<Stretch<'s>> = Vec::new();
        for step in steps {
            match stretches.last_mut() {
                Some(open) if open.skips(step, grain) => open.weekends = true,
                Some(open) if open.joins(step, grain) => open.last = step,
                _ => stretches.push(Stretch { first: step, last: step, weekends: false }),
            }
        }
        stretches
    }

    /// Whether an ordinary weekend day disappears into this run of counted days.
    fn skips(&self, step: &Step, grain: Grain) -> bool {
        grain == Grain::AcrossWeekends
            && matches!(self.last.what, What::Counted { adjusted: None, .. })
            && step.what == What::Rest { festival: None }
    }

    fn joins(&self, step: &Step, grain: Grain) -> bool {
        match (&self.last.what, &step.what) {
            (What::Counted { .. }, What::Counted { adjusted, .. }) => {
                let plain =
                    adjusted.is_none() && !matches!(&self.last.what, What::Counted { adjusted: Some(_), .. });
                grain != Grain::Days && plain
            }
            (What::Rest { festival: one }, What::Rest { festival: other }) => one == other,
            (What::Paused, What::Paused) | (What::MadeUp, What::MadeUp) => true,
            _ => false,
        }
    }

    fn text(&self, year: i16, lang: Lang) -> String {
        let days = span(self.first.date, self.last.date, year);
        let said = |zh: &str, en: &str| format!("{days} {}", lang.pick(zh, en));
        match (&self.first.what, &self.last.what) {
            (What::Counted { k, adjusted }, What::Counted { k: to, .. }) => {
                counted((*k, *to), &days, adjusted.as_ref(), lang) + self.weekend_note(lang)
            }
            (What::Rest { festival: None }, _) => said("周末", "weekend"),
            (What::Rest { festival: Some(festival) }, _) => {
                said(&format!("{}放假", festival.zh), &festival.en)
            }
            (What::Start, _) => said("起算日不计", "start day, not counted"),
            (What::Shifted, _) => said(
                "收件在休息日或截止后，顺至下一工作日",
                "received late or on a rest day: next working day",
            ),
            (What::Paused, _) => said("中止", "paused"),
            (What::MadeUp, _) => said("补足中止天数", "makes up for the pause"),
            (What::MonthsOver { n }, _) => {
                said(&format!("满 {n} 个月"), &format!("{n} {} over", Unit::Months.noun(*n)))
            }
            (What::Rolled, _) => said("顺延至此", "rolled to here"),
            (What::Set, _) => said("届满", "ends"),
            (What::Floor, _) => said("不早于前置期限", "waits for the other deadline"),
            (What::Counted { .. }, _) => days,
        }
    }

    fn weekend_note(&self, lang: Lang) -> &'static str {
        if self.weekends { lang.pick("（周末不计）", " (weekends not counted)") } else { "" }
    }
}

fn counted((k, to): (u32, u32), days: &str, adjusted: Option<&Festival>, lang: Lang) -> String {
    let number = if k == to { k.to_string() } else { format!("{k}…{to}") };
    match (lang, adjusted) {
        (Lang::Zh, None) => format!("第 {number} 天 {days}"),
        (Lang::Zh, Some(festival)) => format!("第 {number} 天 {days}（{}调休上班）", festival.zh),
        (Lang::En, None) => format!("day {number} {days}"),
        (Lang::En, Some(festival)) => format!("day {number} {days} (worked for {})", festival.en),
    }
}

/// `10-01…10-07`; the year is written where it is not the one of the beginning.
fn span(first: Date, last: Date, year: i16) -> String {
    let day = |date: Date| match date.year() == year {
        true => date.strftime("%m-%d").to_string(),
        false => date.to_string(),
    };
    if first == last { day(first) } else { format!("{}…{}", day(first), day(last)) }
}
