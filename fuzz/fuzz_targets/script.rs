//! Any bytes as a script or story about a leave request.
#![no_main]

use std::sync::{Arc, LazyLock};

static LEAVE: LazyLock<Arc<machine::definition::Definition>> = LazyLock::new(entries::leave);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = entries::script(bytes, &LEAVE);
});
