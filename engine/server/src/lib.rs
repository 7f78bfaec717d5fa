//! The HTTP face: who may see and do what, the JSON API, health and figures.
//!
//! [`office`] reads and acts for one viewer and knows no HTTP; [`routes`] turns requests into its calls, one noun
//! a file; [`identity`] knows who is asking. Who sees what is decided in [`office::sight`] alone, and what a failure
//! is in HTTP in [`problem`] alone. Units: instants are RFC 3339 with the calendar's offset, amounts are decimal
//! strings of yuan. Errors: [`office::cannot::Cannot`] inside, a problem document (RFC 9457) outside.

pub mod identity;
pub mod listen;
pub mod office;
pub mod pages;
pub mod problem;
pub mod refusals;
pub mod routes;
pub mod setting;
pub mod watch;
pub mod wire;
pub mod words;

pub use setting::{Server, Setting};
