#![no_main]
//! Feeds strangers' bytes to the checks of `crates/proxyproto/tests/checks/socks5.rs`.

#[path = "../../crates/proxyproto/tests/checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|input: &[u8]| checks::socks5::check(input));
