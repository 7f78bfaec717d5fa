//! Reading dates, times and durations in their ISO 8601 spelling, strictly.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use super::{ClockTime, Moment, Value, Zone};

/// A cursor over ASCII text.
struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn eat(&mut self, sign: char) -> Option<()> {
        self.0 = self.0.strip_prefix(sign)?;
        Some(())
    }

    /// Exactly `n` digits.
    fn digits(&mut self, n: usize) -> Option<i64> {
        let head = self.0.get(..n)?;
        if n == 0 || !head.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        self.0 = &self.0[n..];
        head.parse().ok()
    }

    fn run(&self) -> usize {
        self.0.bytes().take_while(u8::is_ascii_digit).count()
    }

    /// `.123` as nanoseconds, or zero.
    fn fraction(&mut self) -> Option<i32> {
        if self.eat('.').is_none() {
            return Some(0);
        }
        let run = self.run();
        let digits = self.0.get(..run).filter(|it| !it.is_empty())?;
        self.0 = &self.0[run..];
        format!("{digits:0<9}").get(..9)?.parse().ok()
    }

    fn done<T>(&self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

fn read_date(text: &mut Reader<'_>) -> Option<Date> {
    let negative = text.eat('-').is_some();
    let width = text.run();
    // Years have four digits; longer ones may not start with zero, and the calendar ends with 9999.
    if width < 4 || (width > 4 && text.0.starts_with('0')) || width > 9 {
        return None;
    }
    let year = text.digits(width)?;
    text.eat('-')?;
    let month = text.digits(2)?;
    text.eat('-')?;
    let day = text.digits(2)?;
    let year = i16::try_from(if negative { -year } else { year }).ok()?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn read_time(text: &mut Reader<'_>) -> Option<Time> {
    let hour = i8::try_from(text.digits(2)?).ok()?;
    text.eat(':')?;
    let minute = i8::try_from(text.digits(2)?).ok()?;
    text.eat(':')?;
    let second = i8::try_from(text.digits(2)?).ok()?;
    // A leap second is not on a civil clock.
    if second > 59 {
        return None;
    }
    let nanos = text.fraction()?;
    Time::new(hour, minute, second, nanos).ok()
}

fn read_zone(text: &mut Reader<'_>) -> Option<Zone> {
    if text.0.is_empty() {
        return Some(Zone::Local);
    }
    if text.eat('Z').is_some() || text.eat('z').is_some() {
        return Some(Zone::Offset(Offset::UTC));
    }
    if text.eat('@').is_some() {
        let name = std::mem::take(&mut text.0);
        let rules = TimeZone::get(name).ok()?;
        return Some(Zone::Named(Arc::from(rules.iana_name().unwrap_or(name))));
    }
    let sign = if text.eat('-').is_some() { -1 } else { text.eat('+').map(|()| 1)? };
    let hours = text.digits(2)?;
    text.eat(':')?;
    let minutes = text.digits(2)?;
    let seconds = if text.eat(':').is_some() { text.digits(2)? } else { 0 };
    if hours > 18 || minutes > 59 || seconds > 59 {
        return None;
    }
    let total = i32::try_from(sign * (hours * 3600 + minutes * 60 + seconds)).ok()?;
    Some(Zone::Offset(Offset::from_seconds(total).ok()?))
}

/// `2026-03-01`.
pub fn date(text: &str) -> Option<Date> {
    let mut reader = Reader(text);
    let date = read_date(&mut reader)?;
    reader.done(date)
}

/// `10:30:00`, with an optional fraction and zone (`Z`, `+08:00`, `@Asia/Shanghai`).
pub fn time_of_day(text: &str) -> Option<ClockTime> {
    let mut reader = Reader(text.strip_prefix('T').unwrap_or(text));
    let at = read_time(&mut reader)?;
    let zone = read_zone(&mut reader)?;
    reader.done(ClockTime { at, zone })
}

/// `2026-03-01T10:30:00`, with an optional fraction and zone; a date alone is its midnight.
pub fn moment(text: &str) -> Option<Moment> {
    let mut reader = Reader(text);
    let date = read_date(&mut reader)?;
    if reader.0.is_empty() {
        return Some(Moment::Local(date.to_datetime(Time::midnight())));
    }
    reader.eat('T')?;
    let time = read_time(&mut reader)?;
    let zone = read_zone(&mut reader)?;
    reader.done(())?;
    Moment::new(DateTime::from_parts(date, time), zone)
}

/// `P1Y2M` as [`Value::Months`], `P3DT4H` as [`Value::Span`]; a mixture is neither.
pub fn duration(text: &str) -> Option<Value> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut reader = Reader(text.strip_prefix('P')?);
    if reader.0.is_empty() || reader.0.ends_with('T') {
        return None;
    }
    let value = if reader.0.contains(['D', 'T']) {
        let span = read_span(&mut reader)?;
        Value::Span(if negative { span.checked_neg()? } else { span })
    } else {
        let months = read_months(&mut reader)?;
        Value::Months(if negative { -months } else { months })
    };
    reader.done(value)
}

/// `12Y`: the number before the letter, or zero when the next part is another one.
fn part(text: &mut Reader<'_>, letter: char) -> Option<i64> {
    let run = text.run();
    if !text.0[run..].starts_with(letter) {
        return Some(0);
    }
    let number = text.digits(run)?;
    text.eat(letter)?;
    Some(number)
}

fn read_months(text: &mut Reader<'_>) -> Option<i64> {
    let years = part(text, 'Y')?;
    let months = part(text, 'M')?;
    years.checked_mul(12)?.checked_add(months)
}

fn read_span(text: &mut Reader<'_>) -> Option<SignedDuration> {
    let days = part(text, 'D')?;
    let mut seconds = days.checked_mul(86_400)?;
    let mut nanos = 0;
    if text.eat('T').is_some() {
        seconds = seconds.checked_add(part(text, 'H')?.checked_mul(3600)?)?;
        seconds = seconds.checked_add(part(text, 'M')?.checked_mul(60)?)?;
        if !text.0.is_empty() {
            let run = text.run();
            seconds = seconds.checked_add(text.digits(run)?)?;
            nanos = text.fraction()?;
            text.eat('S')?;
        }
    }
    Some(SignedDuration::new(seconds, nanos))
}
