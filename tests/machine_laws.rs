//! The machine judged: by the W3C algorithm over random charts, by tables of the rules, and by its own laws.

mod oracle;
