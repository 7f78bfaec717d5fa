//! One page a file.

pub mod amount;
pub mod case;
pub mod cases;
pub mod catalogue;
pub mod comparison;
pub mod inbox;
pub mod login;
pub mod outbox;
pub mod problem;
pub mod process;
pub mod settlement;

#[cfg(test)]
mod tests;
