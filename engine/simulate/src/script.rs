//! Scripts of events, as programs write them.
