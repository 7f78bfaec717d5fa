//! Any bytes as a period.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entries::period(bytes));
