//! Days and hours of the city: seconds since 1 December 2015, Suzhou time, and which days offices work.

use expr::time::calendar::Calendar;
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};

use crate::draw::Draw;

/// The platform goes on line (line 135).
pub const FIRST: Date = date(2015, 12, 1);
/// The last day of the replay; the deck's own snapshot (line 52).
pub const LAST: Date = date(2020, 6, 30);
/// Further than anything in the city looks.
const HORIZON: usize = 2_600;

/// Seconds since the first day began in Suzhou.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub u32);

/// Seconds of a day.
const DAY: u32 = 86_400;
/// 1 December 2015, 00:00 in Suzhou, which is eight hours ahead of UTC all year round.
const BEGIN: i64 = 1_448_899_200;

impl Moment {
    /// A second of a day.
    pub fn on(day: u32, second: u32) -> Moment {
        Moment(day * DAY + second)
    }

    /// The beginning of a date; 0 for one before the first.
    pub fn of(day: Date) -> Moment {
        Moment::on(number_of(day), 0)
    }

    /// The day it falls on, counted from the first.
    pub fn day(self) -> u32 {
        self.0 / DAY
    }

    /// The date it falls on.
    pub fn date(self) -> Date {
        date_of(self.day())
    }

    /// The year it falls in.
    pub fn year(self) -> i16 {
        self.date().year()
    }

    /// So many seconds later.
    pub fn plus(self, seconds: u32) -> Moment {
        Moment(self.0 + seconds)
    }

    /// As an instant.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_second(BEGIN + i64::from(self.0)).unwrap_or(Timestamp::MAX)
    }

    /// The moment of an instant, cut to the second.
    pub fn of_timestamp(at: Timestamp) -> Moment {
        Moment((at.as_second() - BEGIN).clamp(0, i64::from(u32::MAX)) as u32)
    }

    /// As it stands in files: `2019-03-05T09:31:07+08:00`.
    pub fn text(self) -> String {
        let second = self.0 % DAY;
        let (h, m, s) = (second / 3_600, second / 60 % 60, second % 60);
        format!("{}T{h:02}:{m:02}:{s:02}+08:00", self.date())
    }
}

/// The date of a day.
pub fn date_of(day: u32) -> Date {
    FIRST.saturating_add(i64::from(day).days())
}

/// The number of a date; 0 for one before the first.
pub fn number_of(day: Date) -> u32 {
    FIRST.until(day).map_or(0, |span| u32::try_from(span.get_days()).unwrap_or(0))
}

/// The working days, looked up instead of reckoned.
#[derive(Clone, Debug)]
pub struct Days {
    /// For each day, the first working day on or after it.
    next: Vec<u32>,
    /// Working days up to the last.
    working: Vec<u32>,
}

impl Days {
    /// The days of a calendar.
    pub fn of(calendar: &Calendar) -> Days {
        let mut next = vec![0; HORIZON];
        let mut found = HORIZON as u32;
        for day in (0..HORIZON as u32).rev() {
            if calendar.works(date_of(day)) {
                found = day;
            }
            next[day as usize] = found;
        }
        let last = number_of(LAST);
        let working = (0..=last).filter(|day| next[*day as usize] == *day).collect();
        Days { next, working }
    }

    /// The working days from the first to the last.
    pub fn working(&self) -> &[u32] {
        &self.working
    }

    /// This day, or the next on which offices work.
    pub fn from(&self, day: u32) -> u32 {
        self.next.get(day as usize).copied().unwrap_or(day)
    }

    /// The `n`-th working day after a day.
    pub fn after(&self, day: u32, n: u32) -> u32 {
        (0..n).fold(day, |day, _| self.from(day + 1))
    }

    /// A second between nine and half past five of a working day on or after this one.
    pub fn office(&self, day: u32, draw: &mut Draw) -> Moment {
        Moment::on(self.from(day), draw.between(9 * 3_600, 17 * 3_600 + 1_799) as u32)
    }

    /// A moment in office hours so many days after another, and after it in any case.
    pub fn later(&self, than: Moment, days: u32, draw: &mut Draw) -> Moment {
        let at = self.office(than.day() + days, draw);
        if at > than { at } else { self.office(than.day() + days.max(1), draw).max(than.plus(60)) }
    }
}
