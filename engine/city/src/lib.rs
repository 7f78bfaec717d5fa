//! A city out of one seed number: enterprises, institutions, demands, claims, loans, and everything else of the
//! deck's pages, so that every printed total is met exactly. Pure: numbers in, rows out.
//!
//! Nothing in it is real: names say 示例 (example), codes are of region 320599, which is assigned to nobody.
//! Units: amounts are 万元 (10,000 yuan), rates hundredths of a percent, times [`days::Moment`]s. Nothing fails.

pub mod bad;
pub mod changes;
pub mod checks;
pub mod city;
pub mod claims;
pub mod codes;
pub mod consents;
pub mod days;
pub mod demands;
pub mod draw;
pub mod enterprises;
pub mod equity;
pub mod figures;
pub mod institutions;
pub mod items;
pub mod loans;
pub mod programmes;
pub mod scale;
pub mod scores;
pub mod script;
pub mod sets;
pub mod staff;

pub use city::City;
pub use scale::Scale;
