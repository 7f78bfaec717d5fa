//! A settlement: rules and input sets in, lines and exceptions out. Pure: the same arguments give the same bytes.
//!
//! [`read`] makes rows of files or says everything that is wrong with them; [`run`] streams them through the lists of
//! a [`language::rules::Book`]; [`outcome`] gathers lines and exceptions; [`explain`] says why an amount is what it is;
//! [`compare`] where two runs differ, [`causes`] why; [`reconcile`] holds reports against the platform's history; [`golden`] holds a
//! table of worked cases against the rules. Units: yuan, ratios, both exact; rounded once, where a rule says so.

pub mod causes;
pub mod compare;
pub mod data;
pub mod explain;
pub mod frame;
mod gather;
pub mod golden;
pub mod outcome;
mod rank;
pub mod read;
pub mod reconcile;
mod row;
pub mod run;
mod settled;
mod stopped;
pub mod write;

pub use data::{Data, Rows};
pub use outcome::{Exception, Line, Outcome, settle};
pub use run::Run;
pub use settled::Settled;
pub use stopped::Stopped;
