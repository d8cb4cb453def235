#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| exchange::hl7v2::fuzzing::interpretation(data));
