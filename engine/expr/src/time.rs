//! Legal time: calendars, periods, deadlines, and the clocks that run towards them.
//!
//! A [`period::Period`] is what a policy writes (`5 working days, roll`). With a
//! [`calendar::Calendar`] and an anchor it gives a [`deadline::Due`]; a [`clock::Clock`] keeps one due
//! date through pauses, extensions and newly published holidays; a [`derivation::Derivation`] says
//! day by day how it came about. Instants are exclusive: an act is in time iff it is before `at`.

pub mod calendar;
pub mod clock;
mod count;
pub mod deadline;
pub mod derivation;
pub mod period;
pub mod reminder;
pub mod weekday;
