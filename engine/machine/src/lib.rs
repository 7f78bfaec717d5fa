//! Definition + case + event -> step. One pure function and the values it speaks in.
