//! Any bytes as a script or story about a leave request.
#![no_main]

#[path = "../entries.rs"]
mod entries;

use std::sync::{Arc, LazyLock};

static LEAVE: LazyLock<Arc<machine::definition::Definition>> = LazyLock::new(entries::leave);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| _ = entries::script(bytes, &LEAVE));
