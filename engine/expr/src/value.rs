//! What a formula can read and yield, and the types that describe it before it runs.
