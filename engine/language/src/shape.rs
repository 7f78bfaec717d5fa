//! The shape of a process document.
use crate::keys::Shape;
/// Stand-in.
pub static PROCESS: Shape = Shape::Any;
