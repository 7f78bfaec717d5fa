//! Times of day and moments, with or without a place on the globe.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::civil::{DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// Where on the globe a time is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// Nowhere in particular: the reader's wall clock.
    Local,
    /// A fixed distance from UTC.
    Offset(Offset),
    /// A named zone of the tz database.
    Named(Arc<str>),
}

impl Zone {
    /// The rules of the zone; `None` for a wall clock.
    pub fn rules(&self) -> Option<TimeZone> {
        match self {
            Zone::Local => None,
            Zone::Offset(offset) => Some(TimeZone::fixed(*offset)),
            Zone::Named(name) => Some(TimeZone::get(name).unwrap_or(TimeZone::UTC)),
        }
    }
}

/// A time of day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockTime {
    /// What the clock shows.
    pub at: Time,
    /// Which clock.
    pub zone: Zone,
}

impl ClockTime {
    /// Seconds east of UTC, when the zone tells. A named zone is asked at the epoch.
    pub fn offset(&self) -> Option<Offset> {
        match &self.zone {
            Zone::Local => None,
            Zone::Offset(offset) => Some(*offset),
            Zone::Named(_) => self.zone.rules().map(|rules| rules.to_offset(Timestamp::UNIX_EPOCH)),
        }
    }
}

/// A date and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A wall clock reading without a zone.
    Local(DateTime),
    /// A point in time; its civil date and time are those of the office.
    Instant(Timestamp),
    /// A point in time written in a zone of its own.
    Zoned(Timestamp, Zone),
}

impl Moment {
    /// A moment from a civil date and time in a zone; `None` outside the years -9999 to 9999.
    pub fn new(at: DateTime, zone: Zone) -> Option<Moment> {
        let Some(rules) = zone.rules() else { return Some(Moment::Local(at)) };
        Some(Moment::Zoned(rules.to_timestamp(at).ok()?, zone))
    }

    /// The point in time; `None` for a wall clock reading.
    pub fn timestamp(&self) -> Option<Timestamp> {
        match self {
            Moment::Local(_) => None,
            Moment::Instant(at) | Moment::Zoned(at, _) => Some(*at),
        }
    }

    /// What calendar and clock show, in its own zone or else in the `office`'s.
    pub fn civil(&self, office: &TimeZone) -> DateTime {
        match self {
            Moment::Local(at) => *at,
            Moment::Instant(at) => office.to_datetime(*at),
            Moment::Zoned(at, zone) => zone.rules().unwrap_or(TimeZone::UTC).to_datetime(*at),
        }
    }

    /// The distance from UTC at that moment.
    pub fn offset(&self, office: &TimeZone) -> Option<Offset> {
        match self {
            Moment::Local(_) => None,
            Moment::Instant(at) => Some(office.to_offset(*at)),
            Moment::Zoned(at, zone) => zone.rules().map(|rules| rules.to_offset(*at)),
        }
    }

    /// The zone it was written in.
    pub fn zone(&self) -> Zone {
        match self {
            Moment::Local(_) | Moment::Instant(_) => Zone::Local,
            Moment::Zoned(_, zone) => zone.clone(),
        }
    }

    /// This much later on an exact clock.
    pub fn checked_add(&self, span: SignedDuration) -> Option<Moment> {
        Some(match self {
            Moment::Local(at) => Moment::Local(at.checked_add(span).ok()?),
            Moment::Instant(at) => Moment::Instant(at.checked_add(span).ok()?),
            Moment::Zoned(at, zone) => Moment::Zoned(at.checked_add(span).ok()?, zone.clone()),
        })
    }

    /// The same wall clock on another civil date and time.
    pub fn with_civil(&self, at: DateTime, office: &TimeZone) -> Option<Moment> {
        match self {
            Moment::Local(_) => Some(Moment::Local(at)),
            Moment::Instant(_) => Some(Moment::Instant(office.to_timestamp(at).ok()?)),
            Moment::Zoned(_, zone) => Moment::new(at, zone.clone()),
        }
    }
}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Moment) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    /// By time first, so that a sorted list of moments reads in order; then by how it was written.
    fn cmp(&self, other: &Moment) -> Ordering {
        let rank = |moment: &Moment| match moment {
            Moment::Local(_) => 0,
            Moment::Instant(_) => 1,
            Moment::Zoned(..) => 2,
        };
        match (self, other) {
            (Moment::Local(a), Moment::Local(b)) => a.cmp(b),
            _ => self
                .timestamp()
                .cmp(&other.timestamp())
                .then(rank(self).cmp(&rank(other)))
                .then_with(|| self.zone().cmp(&other.zone())),
        }
    }
}
