//! The arithmetic of a policy: values, money, legal time, formulas and decision tables.
//!
//! Units: money is yuan as an exact decimal; instants are UTC with the civil date in the office's zone.
//! Errors: every failure is a value with a code. Nothing here panics, reads a clock, touches a file or
//! knows what a process is.

pub mod formula;
pub mod lang;
pub mod money;
pub mod rate;
pub mod table;
pub mod time;
pub mod uscc;
pub mod value;
