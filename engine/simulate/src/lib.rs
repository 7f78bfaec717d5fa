//! Definitions in virtual time: stories beside a workflow, golden tables from a spreadsheet, scripts.
//!
//! Everything goes through `machine::step`, the same function that serves. Nothing here can reach a
//! connector. Errors are diagnostics about the story, table or script, with their place.

pub mod expect;
pub mod golden;
pub mod json;
pub mod play;
pub mod script;
pub mod story;
pub mod teller;
pub mod told;
pub mod values;
pub mod world;
