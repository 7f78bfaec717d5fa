//! How requests are read and answers written: bodies, cursors, keys, conditions, languages.

pub mod body;
pub mod caller;
pub mod condition;
pub mod cookie;
pub mod cursor;
pub mod hop;
pub mod slow;
pub mod tongue;
