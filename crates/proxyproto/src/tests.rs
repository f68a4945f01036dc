//! Tests of the parsers: what they accept, what they refuse, and that it does not matter how the bytes
//! arrive.

use crate::body::{Chunks, Framing};
use crate::head::{self, Target};
use crate::username::{Username, WrongUsername};
use crate::{HostPort, Parsed, basic, proxy_header, socks};
use proptest::prelude::*;

fn at(host: &str, port: u16) -> HostPort {
    HostPort { host: host.into(), port }
}

#[test]
fn keys_come_in_any_order_and_case() {
    let name =
        Username::parse("u1_City-Los-Angeles_AREA-us_sid-x.1_life-15_asn-AS7922_mode-strict_ip-127.0.9.3")
            .unwrap();
    let want = Username {
        account: "u1".into(),
        country: Some("us".into()),
        city: Some("Los-Angeles".into()),
        asn: Some(7922),
        life: Some(15),
        session: Some("x.1".into()),
        strict: true,
        ip: Some("127.0.9.3".into()),
        state: None,
    };
    assert_eq!(name, want);
}

#[test]
fn what_a_username_can_not_say_is_refused() {
    use WrongUsername::{Needs, NoAccount, Twice, UnknownKey, Value};
    let cases: [(&str, WrongUsername); 6] = [
        ("u_color-red", UnknownKey("color".into())),
        ("u_area", UnknownKey("area".into())),
        ("u_area-US_country-DE", Twice("area")),
        ("u_mode-flex_mode-flex", Twice("mode")),
        ("u_life-15", Needs("life", "session")),
        ("_area-US", NoAccount),
    ];
    for (text, want) in cases {
        assert_eq!(Username::parse(text), Err(want), "{text}");
    }
    let long = format!("u_session-{}", "a".repeat(65));
    for (text, key, bound) in [
        ("u_life-0_session-a", "life", "1440"),
        ("u_life-1441", "life", "1440"),
        ("u_mode-maybe", "mode", "strict"),
        ("u_session-a b", "session", "64"),
        (&long, "session", "64"),
        ("u_asn-0", "asn", "4294967295"),
        ("u_area-", "area", "128"),
    ] {
        let wrong = Username::parse(text).unwrap_err();
        assert!(matches!(wrong, Value(of, _) if of == key), "{wrong:?}");
        let (zh, en) = (wrong.in_chinese(), wrong.to_string());
        assert!(
            zh.contains(key) && zh.contains(bound) && en.contains(key) && en.contains(bound),
            "{zh} {en}"
        );
        // In the Chinese sentence only names and values are of letters.
        let english = zh.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
        for word in english {
            assert!([key, "strict", "flex"].contains(&word), "{zh}");
        }
    }
}

#[test]
fn destinations_are_host_and_port() {
    assert_eq!(HostPort::parse("Example.com:443", None), Ok(at("example.com", 443)));
    assert_eq!(HostPort::parse("[::1]:8", None), Ok(at("::1", 8)));
    assert_eq!(HostPort::parse("[::1]", Some(80)), Ok(at("::1", 80)));
    assert_eq!(HostPort::parse("a", Some(80)), Ok(at("a", 80)));
    for bad in
        ["a", "a:", "a:0", "a:65536", "a:+1", ":1", "::1:1", "[::1]1", "[x]:1", "a b:1", "a/b:1", "..:1"]
    {
        assert!(HostPort::parse(bad, None).is_err(), "{bad}");
    }
}

fn read(text: &str) -> Result<Parsed<head::RequestHead<'_>>, crate::Malformed> {
    head::request(text.as_bytes())
}

#[test]
fn requests_are_read_by_their_form() {
    let Ok(Parsed::Done(connect, _)) = read("CONNECT a.com:443 HTTP/1.1\r\nHost: a.com:443\r\n\r\n") else {
        panic!("CONNECT")
    };
    assert_eq!(connect.target, Target::Tunnel(at("a.com", 443)));
    let Ok(Parsed::Done(get, used)) = read("GET http://A.com?q=1 HTTP/1.1\r\nHost: a.com\r\n\r\nrest") else {
        panic!("GET")
    };
    assert_eq!((get.target, used), (Target::Forward(at("a.com", 80), "/?q=1".into()), 46));
    assert!(get.keep_alive);
    let Ok(Parsed::Done(own, _)) = read("GET / HTTP/1.0\r\n\r\n") else { panic!("own") };
    assert_eq!((own.target, own.keep_alive), (Target::Own("/".into()), false));
    assert!(matches!(read("GET http://a.com/ HTTP/1.1\r\nHost: a.c"), Ok(Parsed::Incomplete)));
}

#[test]
fn smuggling_is_refused() {
    let cases = [
        "GET http://a/ HTTP/1.1\nHost: a\n\n",
        "GET http://a/ HTTP/1.1\r\nHost: a\r\nX: 1\n\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a:81\r\n\r\n",
        "GET http://a/ HTTP/1.0\r\nHost: b\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a, b\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length : 1\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer Encoding: chunked\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
        "POST http://a/ HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/ HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nContent-Length: 5\r\n\r\nhello",
        "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ];
    for case in cases {
        assert!(read(case).is_err(), "{case:?}");
    }
}

#[test]
fn hop_by_hop_fields_stay_here() {
    let text = "GET http://a.com:81/x HTTP/1.1\r\nX-Private: 1\r\nHost: a.com:81\r\nProxy-Authorization: Basic eA==\r\n\
                Connection: X-Private, keep-alive\r\nTE: trailers, deflate\r\nAccept: */*\r\nProxy-Connection: close\r\n\r\n";
    let Ok(Parsed::Done(request, _)) = read(text) else { panic!("a request") };
    let mut out = Vec::new();
    request.forward(&mut out);
    let want = "GET /x HTTP/1.1\r\nHost: a.com:81\r\nAccept: */*\r\nTE: trailers\r\nConnection: TE\r\n\r\n";
    assert_eq!(String::from_utf8(out).unwrap(), want);
}

#[test]
fn the_target_names_the_host() {
    let cases = [
        ("GET http://A.com:80/x HTTP/1.1\r\nHost: a.COM", "GET /x HTTP/1.1\r\nHost: a.com\r\n\r\n"),
        ("OPTIONS http://a.com:8001 HTTP/1.1\r\nHost:", "OPTIONS * HTTP/1.1\r\nHost: a.com:8001\r\n\r\n"),
        ("OPTIONS http://a.com/ HTTP/1.1\r\nHost: a.com", "OPTIONS / HTTP/1.1\r\nHost: a.com\r\n\r\n"),
    ];
    for (text, want) in cases {
        let text = format!("{text}\r\n\r\n");
        let Ok(Parsed::Done(request, _)) = read(&text) else { panic!("{text:?}") };
        let mut out = Vec::new();
        request.forward(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), want);
    }
}

#[test]
fn an_upgrade_goes_on_as_one() {
    let text = "GET http://a/ HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    let Ok(Parsed::Done(request, _)) = read(text) else { panic!("a request") };
    let mut out = Vec::new();
    request.forward(&mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    );
}

#[test]
fn an_upgrade_with_trailers_names_both() {
    let text =
        "GET http://a/ HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nUpgrade: x\r\nConnection: Upgrade, TE\r\n\r\n";
    let Ok(Parsed::Done(request, _)) = read(text) else { panic!("a request") };
    let mut out = Vec::new();
    request.forward(&mut out);
    assert!(String::from_utf8(out).unwrap().ends_with("\r\nConnection: TE, Upgrade\r\n\r\n"));
}

#[test]
fn chunks_in_http_1_0_end_the_connection() {
    let text = b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n";
    let Ok(Parsed::Done(response, _)) = head::response(text, "GET") else { panic!("a response") };
    assert!(!response.keep_alive);
}

#[test]
fn response_bodies_end_where_rfc_9112_says() {
    let cases = [
        ("GET", "200 OK\r\nContent-Length: 5", Framing::Length(5)),
        ("GET", "200 OK\r\nTransfer-Encoding: chunked", Framing::Chunked),
        ("GET", "200 OK", Framing::UntilClose),
        ("HEAD", "200 OK\r\nContent-Length: 5", Framing::None),
        ("GET", "204 No Content", Framing::None),
        ("GET", "304 Not Modified\r\nContent-Length: 5", Framing::None),
        ("GET", "100 Continue", Framing::None),
    ];
    for (method, rest, framing) in cases {
        let text = format!("HTTP/1.1 {rest}\r\n\r\n");
        let Ok(Parsed::Done(response, _)) = head::response(text.as_bytes(), method) else { panic!("{rest}") };
        assert_eq!(response.framing, framing, "{method} {rest}");
    }
}

#[test]
fn chunked_bodies_end_after_their_trailers() {
    let body = b"5;x=y\r\nhello\r\n0\r\nTrailer: 1\r\n\r\nnext";
    let mut chunks = Chunks::default();
    assert_eq!(chunks.feed(body).unwrap(), body.len() - 4);
    assert!(chunks.is_done());
    for bad in [
        &b"5\nhello"[..],
        b"x\r\n",
        b"\r\n",
        b"1\r\nab",
        b"1\r\na\n",
        b"0\r\n folded",
        b"fffffffffffffffff\r\n",
        b"-1\r\n",
        b"1 2\r\na\r\n0\r\n\r\n",
    ] {
        assert!(Chunks::default().feed(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn socks_requests_name_addresses_and_names() {
    assert_eq!(socks::greeting(&[5, 2, 0, 2, 9]), Ok(Parsed::Done(vec![0, 2], 4)));
    assert!(socks::greeting(&[5, 0]).is_err());
    assert_eq!(socks::password(b"\x01\x01u\x02pw"), Ok(Parsed::Done(("u".into(), "pw".into()), 6)));
    let request = socks::request(b"\x05\x01\x00\x03\x05A.com\x01\xbb").unwrap();
    let want = socks::Request { command: socks::Command::Connect, destination: at("a.com", 443) };
    assert_eq!(request, Parsed::Done(want, 12));
    assert!(socks::request(b"\x05\x01\x00\x03\x03a b\x01\xbb").is_err());
    assert!(socks::request(b"\x05\x09\x00").is_err());
    assert_eq!(
        socks::request4(b"\x04\x01\x00\x50\x00\x00\x00\x01id\0a.com\0"),
        Ok(Parsed::Done(at("a.com", 80), 17))
    );
    assert_eq!(
        socks::request4(b"\x04\x01\x00\x50\x7f\x00\x00\x01\0"),
        Ok(Parsed::Done(at("127.0.0.1", 80), 9))
    );
    assert!(socks::request4(b"\x04\x02\x00\x50\x7f\x00\x00\x01\0").is_err());
    let long_id = [&b"\x04\x01\x00\x50\x7f\x00\x00\x01"[..], &[b'x'; 256], b"\0"].concat();
    assert!(socks::request4(&long_id).is_err());
}

#[test]
fn the_balancer_names_the_client() {
    let v1 = b"PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\nrest";
    let want = Some(("1.2.3.4:9".parse().unwrap(), "5.6.7.8:10".parse().unwrap()));
    assert_eq!(proxy_header::parse(v1), Ok(Parsed::Done(want, 33)));
    let mut v2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c".to_vec();
    v2.extend([1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 0, 10]);
    assert_eq!(proxy_header::parse(&v2), Ok(Parsed::Done(want, 28)));
    assert_eq!(proxy_header::parse(b"PROXY UNKNOWN\r\n"), Ok(Parsed::Done(None, 15)));
    for bad in [
        &b"GET / HTTP/1.1"[..],
        b"PROXY TCP4 ::1 ::1 1 1\r\n",
        b"PROXY TCP4 1.1.1.1\r\n",
        b"PROXY TCP4 1.1.1.1 1.1.1.1 1 2 3\r\n",
        b"PROXY TCP4 1.1.1.1 1.1.1.1 +1 2\r\n",
        b"PROXY TCP4 1.1.1.1 1.1.1.1 01 2\r\n",
        &[b'P'; 200],
    ] {
        assert!(proxy_header::parse(bad).is_err());
    }
}

#[test]
fn basic_credentials_are_name_and_password() {
    let value = basic::encode("user_area-US", "p:w");
    assert_eq!(basic::decode(value.as_bytes()), Ok(("user_area-US".into(), "p:w".into())));
    for bad in ["", "Basic", "Basic !", "Bearer eDp5", "Basic eA=="] {
        assert!(basic::decode(bad.as_bytes()).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn nothing_a_stranger_sends_panics(input in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = head::request(&input);
        let _ = head::response(&input, "GET");
        let _ = (socks::greeting(&input), socks::password(&input), socks::request(&input), socks::request4(&input));
        let _ = (proxy_header::parse(&input), Chunks::default().feed(&input), basic::decode(&input));
        let _ = Username::parse(&String::from_utf8_lossy(&input));
    }

    #[test]
    fn chunks_may_arrive_in_any_pieces(sizes in prop::collection::vec(1usize..40, 0..6), cut in 0usize..300) {
        let mut body = Vec::new();
        for size in sizes {
            body.extend(format!("{size:x}\r\n{}\r\n", "x".repeat(size)).as_bytes());
        }
        body.extend(b"0\r\n\r\n");
        let cut = cut.min(body.len());
        let mut chunks = Chunks::default();
        prop_assert_eq!(chunks.feed(&body[..cut]).unwrap(), cut);
        prop_assert_eq!(chunks.feed(&body[cut..]).unwrap(), body.len() - cut);
        prop_assert!(chunks.is_done());
    }

    #[test]
    fn a_prefix_of_a_request_is_incomplete(cut in 0usize..60) {
        let text = b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n";
        let cut = cut.min(text.len() - 1);
        prop_assert!(matches!(head::request(&text[..cut]), Ok(Parsed::Incomplete)));
    }
}
