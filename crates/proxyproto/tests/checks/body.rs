//! Chunked bodies: the tracker agrees with a plain reader of RFC 9112 section 7.1 about where a body ends.

use turnpike_proxyproto::Malformed;
use turnpike_proxyproto::body::Chunks;

/// Checks one body, with whatever follows it.
pub(crate) fn check(input: &[u8]) {
    let (outcome, done) = fed(input, input.len().max(1));
    for size in [1, 7] {
        assert_eq!(fed(input, size), (outcome, done), "in pieces of {size}");
    }
    match outcome {
        Ok(taken) if done => assert_eq!(plain_end(input), Some(taken), "ends elsewhere for a plain reader"),
        Ok(taken) => assert_eq!(taken, input.len(), "bytes are left over but the body is not done"),
        Err(_) => assert!(!done),
    }
}

/// Feeds pieces of a size; gives the bytes taken and whether the body is done.
fn fed(input: &[u8], size: usize) -> (Result<usize, Malformed>, bool) {
    let mut chunks = Chunks::default();
    let mut taken = 0;
    for piece in input.chunks(size) {
        match chunks.feed(piece) {
            Ok(count) => taken += count,
            Err(wrong) => return (Err(wrong), chunks.is_done()),
        }
        if chunks.is_done() {
            break;
        }
    }
    (Ok(taken), chunks.is_done())
}

/// The end of a chunked body for a reader that knows lines and sizes only.
fn plain_end(input: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let line = line(input, at)?;
        at += line.len() + 2;
        let digits = line.iter().take_while(|b| b.is_ascii_hexdigit()).count();
        let size = usize::from_str_radix(std::str::from_utf8(&line[..digits]).ok()?, 16).ok()?;
        let rest = line[digits..].trim_ascii_start();
        if !rest.is_empty() && rest[0] != b';' {
            return None;
        }
        if size == 0 {
            break;
        }
        at = at.checked_add(size)?;
        if input.get(at..at + 2)? != b"\r\n" {
            return None;
        }
        at += 2;
    }
    loop {
        let trailer = line(input, at)?;
        at += trailer.len() + 2;
        if trailer.is_empty() {
            return Some(at);
        }
    }
}

fn line(input: &[u8], at: usize) -> Option<&[u8]> {
    let rest = input.get(at..)?;
    rest.windows(2).position(|pair| pair == b"\r\n").map(|end| &rest[..end])
}
