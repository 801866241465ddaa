#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| learnr_fuzz::commonmark(data));
