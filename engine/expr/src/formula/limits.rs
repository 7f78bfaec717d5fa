//! How much a formula may be and do.

/// Bytes of text.
pub(crate) const TEXT: usize = 4096;
/// Levels of nesting.
pub(crate) const DEPTH: usize = 64;
/// Steps of one evaluation.
pub(crate) const STEPS: u32 = 100_000;
/// Bytes of a text or list made on the way.
pub(crate) const SIZE: usize = 1 << 20;
/// Bytes a list item counts for.
pub(crate) const ITEM: usize = 48;
/// Parts a trace records; a long loop is cut off.
pub(crate) const TRACE: u32 = 5_000;
/// Levels of lists within lists that a formula may build.
pub(crate) const VALUE_DEPTH: usize = 200;
