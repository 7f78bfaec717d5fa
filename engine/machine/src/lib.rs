//! Definition + case + event -> step: one pure function and the values it speaks in.
//!
//! [`step::step`] decides; [`replay::replay`] folds what was decided back into a case. Units: instants are
//! UTC, civil dates are in the calendar's zone, money is yuan. Errors are [`refusal::Refusal`] (the rules say
//! no) and [`incident::Incident`] (the definition is at fault). Nothing here reads a clock, draws a random
//! number, or does anything to the world.

pub mod act;
pub mod action;
pub mod administer;
pub mod admit;
pub mod case;
pub mod chart;
pub mod children;
pub mod definition;
pub mod event;
pub mod fact;
pub mod ids;
pub mod incident;
pub mod inputs;
pub mod opening;
pub mod possible;
pub mod reason;
pub mod refusal;
pub mod replay;
pub mod spoken;
pub mod step;
pub mod table;
pub mod tasks;
pub mod travel;
pub mod turn;
pub mod waiting;
