//! What is seen of the engine at work: figures for Prometheus, and what was written as it is written.

pub mod figures;
pub mod spans;
pub mod told;
