//! The program `charter`.
fn main() {}
