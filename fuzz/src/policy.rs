//! A whole policy file, as any bytes at all.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    rheostat_policy::fuzz::fuzz_policy(bytes);
});
