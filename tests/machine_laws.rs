//! The machine judged: by the W3C algorithm over random charts, by tables of the rules, and by its own laws.

#![expect(clippy::unwrap_used, reason = "what a test takes for granted may fail loudly")]

mod oracle;
