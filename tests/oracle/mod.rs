//! The statechart oracle: the W3C algorithm once more, slowly, to judge the machine by.
//!
//! [`algorithm`] is the pseudo-code of SCXML appendix D, procedure by procedure and under its own names, over
//! [`document`]s whose states are strings and whose sets are lists. It shares nothing with the machine. [`draw`]
//! makes random documents, [`notation`] reads and prints them, [`translate`] turns them into definitions of the
//! machine, [`compare`] drives both through the same events and tells the first difference.

mod algorithm;
mod compare;
mod document;
mod draw;
mod histories;
mod laws;
mod notation;
mod random;
mod rules;
mod semantics;
mod translate;
