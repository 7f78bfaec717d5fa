//! Any bytes as a golden table.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entries::table(bytes));
