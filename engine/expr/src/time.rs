//! Legal time: calendars, periods and deadlines.

pub mod period;
