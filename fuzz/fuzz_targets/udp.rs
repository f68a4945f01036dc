#![no_main]
//! Feeds strangers' bytes to the checks of `crates/proxyproto/tests/checks/udp.rs`.

#[path = "../../crates/proxyproto/tests/checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|input: &[u8]| checks::udp::check(input));
