//! HTTP heads: what is accepted has one meaning, and keeps it on its way to the other side.

use super::{destination, in_pieces};
use turnpike_proxyproto::body::Framing;
use turnpike_proxyproto::head::{self, RequestHead, ResponseHead, Target};
use turnpike_proxyproto::{HostPort, Malformed, Parsed, basic};

type Fields<'a> = [(&'a str, &'a [u8])];

/// Checks the bytes as a request, as a response and as a chunked body.
pub(crate) fn check(input: &[u8]) {
    let seen = in_pieces(input, head::LONGEST, |bytes| shown(head::request(bytes)));
    if let Some((_, used)) = seen {
        lines(&input[..used]);
        if let Ok(Parsed::Done(request, _)) = head::request(input) {
            check_request(&request, used);
        }
    }
    for method in ["GET", "HEAD"] {
        let seen = in_pieces(input, head::LONGEST, |bytes| shown(head::response(bytes, method)));
        if let Some((_, used)) = seen {
            lines(&input[..used]);
            if let Ok(Parsed::Done(response, _)) = head::response(input, method) {
                check_response(&response, method, used);
            }
        }
    }
    super::body::check(input);
}

/// Heads borrow from their bytes; their text can be compared between two readings.
fn shown<T: std::fmt::Debug>(parsed: Result<Parsed<T>, Malformed>) -> Result<Parsed<String>, Malformed> {
    Ok(match parsed? {
        Parsed::Incomplete => Parsed::Incomplete,
        Parsed::Done(value, used) => Parsed::Done(format!("{value:?}"), used),
    })
}

/// No byte of an accepted head can be taken for another end of a line.
fn lines(bytes: &[u8]) {
    let head = bytes.strip_suffix(b"\r\n\r\n").expect("the head ends with an empty line");
    let text = head.strip_prefix(b"\r\n").unwrap_or(head);
    for line in String::from_utf8_lossy(text).split("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
        assert!(!line.starts_with([' ', '\t']), "{line:?}");
    }
}

fn values<'a>(fields: &Fields<'a>, name: &str) -> Vec<&'a [u8]> {
    fields.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| *value).collect()
}

/// The one meaning of the length fields: at most one of them, read in the plainest way.
fn length(fields: &Fields<'_>) -> Option<Framing> {
    let (lengths, codings) = (values(fields, "content-length"), values(fields, "transfer-encoding"));
    match (lengths.as_slice(), codings.as_slice()) {
        ([], []) => None,
        ([], [coding]) => {
            assert!(coding.eq_ignore_ascii_case(b"chunked"));
            Some(Framing::Chunked)
        }
        ([digits], []) => {
            let number: u64 = String::from_utf8_lossy(digits).parse().expect("a number");
            assert!(digits.iter().all(u8::is_ascii_digit));
            Some(if number == 0 { Framing::None } else { Framing::Length(number) })
        }
        other => panic!("more than one length: {other:?}"),
    }
}

fn check_request(request: &RequestHead<'_>, used: usize) {
    assert!(request.fields.len() <= 100);
    assert_eq!(length(&request.fields).unwrap_or(Framing::None), request.framing);
    assert!(request.framing == Framing::None || request.method != "CONNECT", "a tunnel with a body");
    assert!(request.v11 || request.framing != Framing::Chunked, "chunks in HTTP/1.0");
    if let Some((name, password)) = request.authorization().and_then(|value| basic::decode(value).ok()) {
        let again = basic::encode(&name, &password);
        assert_eq!(basic::decode(again.as_bytes()), Ok((name, password)));
    }
    match &request.target {
        Target::Tunnel(at) => destination(at),
        Target::Forward(at, path) => {
            destination(at);
            check_forwarded(request, at, path, used);
        }
        Target::Own(_) => {}
    }
}

/// What the origin reads is the same request.
fn check_forwarded(request: &RequestHead<'_>, at: &HostPort, path: &str, used: usize) {
    let mut out = Vec::new();
    request.forward(&mut out);
    assert!(out.len() <= used + 256, "{} bytes became {}", used, out.len());
    let Ok(Parsed::Done(again, length)) = head::request(&out) else {
        panic!("not a request: {:?}", String::from_utf8_lossy(&out))
    };
    assert_eq!(length, out.len());
    assert_eq!((again.method, &again.framing, again.v11), (request.method, &request.framing, request.v11));
    assert_eq!((&again.target, again.upgrade), (&Target::Own(path.to_owned()), request.upgrade));
    let host = String::from_utf8_lossy(values(&again.fields, "host")[0]).into_owned();
    assert_eq!(HostPort::parse(&host, Some(80)).as_ref(), Ok(at));
    hop_by_hop_is_named(&again.fields);
    assert!(values(&again.fields, "proxy-authorization").is_empty(), "the password went on");
}

fn check_response(response: &ResponseHead<'_>, method: &str, used: usize) {
    let bodiless = method == "HEAD" || response.status < 200 || matches!(response.status, 204 | 304);
    let meant =
        if bodiless { Framing::None } else { length(&response.fields).unwrap_or(Framing::UntilClose) };
    assert_eq!(meant, response.framing);
    assert!(!(response.framing == Framing::UntilClose && response.keep_alive), "kept, but ends by closing");
    for keep in [false, true] {
        let mut out = Vec::new();
        response.forward(&mut out, keep);
        assert!(out.len() <= used + 256, "{} bytes became {}", used, out.len());
        let Ok(Parsed::Done(again, _)) = head::response(&out, method) else {
            panic!("not a response: {:?}", String::from_utf8_lossy(&out))
        };
        assert_eq!((again.status, again.framing), (response.status, response.framing));
        hop_by_hop_is_named(&again.fields);
        if response.status >= 200 && response.framing != Framing::UntilClose {
            assert_eq!(again.keep_alive, keep);
        }
    }
}

/// Fields for one connection that go on are named in `Connection` (RFC 9110 section 7.6.1).
fn hop_by_hop_is_named(fields: &Fields<'_>) {
    let named = values(fields, "connection").join(&b","[..]).to_ascii_lowercase();
    let named: Vec<&[u8]> = named.split(|b| *b == b',').map(<[u8]>::trim_ascii).collect();
    for name in ["te", "upgrade"] {
        let there = !values(fields, name).is_empty();
        assert_eq!(there, named.contains(&name.as_bytes()), "{name}");
    }
    for name in ["keep-alive", "proxy-connection"] {
        assert!(values(fields, name).is_empty(), "{name} went on");
    }
}
