//! What has to hold for the parsers whatever a stranger sends. The fuzz targets in `fuzz/` and the replay
//! of their corpora (`corpus.rs`) include this file, so both ask the same questions.

#![allow(dead_code, reason = "each fuzz target uses one of the checks")]

pub(crate) mod body;
pub(crate) mod http;
pub(crate) mod proxy_header;
pub(crate) mod socks5;
pub(crate) mod udp;
pub(crate) mod username;

use std::fmt::Debug;
use turnpike_proxyproto::{HostPort, Malformed, Parsed};

/// Longer inputs are cut at some places only: reading every prefix costs the square of the length.
const EVERY_PREFIX: usize = 300;

/// Checks that it does not matter how the bytes arrive: a parser asked after every byte gives, once it
/// gives one, the answer that it gives for everything at once; what follows a value never changes it, and
/// nobody is made to wait for more than `longest` bytes. Returns the value and its length, if there is one.
pub(crate) fn in_pieces<T: PartialEq + Debug>(
    input: &[u8],
    longest: usize,
    parse: impl Fn(&[u8]) -> Result<Parsed<T>, Malformed>,
) -> Option<(T, usize)> {
    match parse(input) {
        Ok(Parsed::Done(value, used)) => {
            assert!(used > 0 && used <= input.len(), "{used} of {} bytes", input.len());
            for cut in cuts(input.len(), used) {
                match parse(&input[..cut]) {
                    Ok(Parsed::Done(early, length)) => {
                        assert!(cut >= used && length == used && early == value, "another value at {cut}")
                    }
                    other => assert!(cut < used && other == Ok(Parsed::Incomplete), "{other:?} at {cut}"),
                }
            }
            Some((value, used))
        }
        Ok(Parsed::Incomplete) => {
            assert!(input.len() <= longest, "{} bytes and still not enough", input.len());
            for cut in cuts(input.len(), input.len()) {
                assert_eq!(parse(&input[..cut]), Ok(Parsed::Incomplete), "at {cut}");
            }
            None
        }
        Err(_) => {
            let mut refused = false;
            for cut in cuts(input.len(), input.len()) {
                let early = parse(&input[..cut]);
                assert!(
                    !matches!(early, Ok(Parsed::Done(..))),
                    "accepted at {cut}, refused with what follows"
                );
                assert!(!refused || early.is_err(), "refused before {cut}, no longer there");
                refused |= early.is_err();
            }
            None
        }
    }
}

/// Lengths of prefixes to try: all of a short input, else some, and those around `edge`.
fn cuts(length: usize, edge: usize) -> Vec<usize> {
    let step = length.div_ceil(EVERY_PREFIX).max(1);
    let mut cuts: Vec<usize> = (0..length).step_by(step).collect();
    cuts.extend(edge.saturating_sub(2)..length.min(edge + 2));
    cuts.sort_unstable();
    cuts
}

/// A destination that was accepted reads the same once written out.
pub(crate) fn destination(at: &HostPort) {
    assert!(!at.host.is_empty() && at.host.len() <= 253, "{at:?}");
    assert_eq!(at.host, at.host.to_ascii_lowercase());
    if at.port != 0 {
        assert_eq!(HostPort::parse(&at.to_string(), None).as_ref(), Ok(at));
    }
}
