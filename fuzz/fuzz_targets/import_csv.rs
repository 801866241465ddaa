#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| learnr_fuzz::import_csv(data));
