//! Forwarded HTTP is correct HTTP (RFC 9110, RFC 9112): heads, bodies, interim responses, reuse, upgrades.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::client::End;
use common::origin::read_until;
use common::{Lab, Origin, Wire, auth};
use std::sync::atomic::Ordering;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An origin that reads one head and answers with these bytes, then does what `end` says.
async fn canned(answer: &'static str, end: End) -> Origin {
    Origin::raw(move |mut stream| {
        let is_reset = end == End::Rst;
        async move {
            if read_until(&mut stream, b"\r\n\r\n").await.is_none() {
                return;
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            if is_reset {
                // What was sent has to arrive before the reset does.
                read_until(&mut stream, b"go").await;
                stream.set_zero_linger().unwrap();
            }
        }
    })
    .await
}

async fn ask(wire: &mut Wire, origin: &Origin, line: &str, more: &str) {
    let at = origin.address;
    let line = line.replace("{at}", &format!("http://{at}"));
    wire.send(format!("{line}\r\nHost: {at}\r\n{}{more}\r\n", auth("alice"))).await;
}

#[tokio::test]
async fn fields_for_one_connection_stay_there() {
    let origin = Origin::http(|asked| {
        let text = asked.head.clone();
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-Mine: 1\r\nConnection: X-Mine, keep-alive\r\nKeep-Alive: timeout=5\r\n\
             Proxy-Authenticate: Basic\r\nX-Kept: 2\r\n\r\n{text}",
            text.len()
        )
    })
    .await;
    let lab = Lab::at(&origin).await;
    let mut wire = lab.dial().await;
    ask(
        &mut wire,
        &origin,
        "GET {at}/ HTTP/1.1",
        "Connection: X-Hop\r\nX-Hop: 1\r\nProxy-Connection: keep-alive\r\nKeep-Alive: 3\r\nTE: gzip\r\nX-End: 2\r\n",
    )
    .await;
    let got = wire.response().await;
    assert_eq!(got.body, format!("GET / HTTP/1.1\r\nHost: {}\r\nX-End: 2\r\n\r\n", origin.address));
    let names: Vec<_> = got.head.lines().filter_map(|l| l.split_once(':')).map(|(n, _)| n).collect();
    assert_eq!(names, ["Content-Length", "X-Kept", "Connection"], "no Via, nothing of the other connection");
}

#[tokio::test]
async fn chunks_and_trailers_pass_both_ways() {
    let body = "5;x=1\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n";
    let origin = Origin::http(|asked| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n";
        format!("{head}{}", String::from_utf8_lossy(&asked.body))
    })
    .await;
    let lab = Lab::at(&origin).await;
    let mut wire = lab.dial().await;
    for _ in 0..2 {
        ask(
            &mut wire,
            &origin,
            "POST {at}/ HTTP/1.1",
            format!("Transfer-Encoding: chunked\r\nTE: trailers\r\nConnection: TE\r\n\r\n{body}")
                .strip_suffix("\r\n")
                .unwrap(),
        )
        .await;
        // The helper ends the head with an empty line; the last one of the body was taken off for it.
        let got = wire.response().await;
        assert_eq!((got.status, got.body.as_str()), (200, body));
    }
    assert_eq!(origin.connections(), 1, "one origin connection serves both");
}

#[tokio::test]
async fn interim_responses_pass_and_the_body_waits_for_its_permission() {
    let origin = Origin::raw(|mut stream| async move {
        let head = String::from_utf8(read_until(&mut stream, b"\r\n\r\n").await.unwrap()).unwrap();
        assert!(head.contains("Expect: 100-continue\r\n"), "{head}");
        let mut byte = [0];
        assert!(stream.try_read(&mut byte).is_err(), "the body waits");
        stream
            .write_all(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
            .await
            .unwrap();
        let mut body = [0; 5];
        stream.read_exact(&mut body).await.unwrap();
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
    })
    .await;
    let lab = Lab::at(&origin).await;
    let mut wire = lab.dial().await;
    ask(&mut wire, &origin, "PUT {at}/ HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 5\r\n").await;
    assert_eq!(wire.head().await, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
    assert_eq!(wire.head().await, "HTTP/1.1 100 Continue\r\n\r\n");
    wire.send("hello").await;
    assert_eq!(wire.response().await.status, 204);
}

#[tokio::test]
async fn an_answer_before_the_end_of_the_body_arrives() {
    let origin = canned("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno", End::Fin).await;
    let lab = Lab::at(&origin).await;
    let mut wire = lab.dial().await;
    ask(&mut wire, &origin, "POST {at}/ HTTP/1.1", "Content-Length: 1000000\r\n").await;
    let got = wire.response().await;
    assert_eq!((got.status, got.body.as_str()), (413, "no"));
    assert_eq!(wire.rest().await, (Vec::new(), End::Fin), "the rest of the body has nowhere to go");
}

#[tokio::test]
async fn responses_without_a_body_leave_the_connection_in_step() {
    let origin = Origin::http(|asked| {
        match asked.path() {
            "/head" => "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
            "/304" => "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
            "/204" => "HTTP/1.1 204 No Content\r\n\r\n",
            _ => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        }
        .to_owned()
    })
    .await;
    let lab = Lab::at(&origin).await;
    let mut wire = lab.dial().await;
    ask(&mut wire, &origin, "HEAD {at}/head HTTP/1.1", "").await;
    assert!(wire.head().await.contains("Content-Length: 10\r\n"));
    for (path, status) in [("/304", 304), ("/204", 204), ("/", 200)] {
        assert_eq!(wire.get(origin.address, path, "").await.status, status);
    }
    assert_eq!(origin.connections(), 1);
}

#[tokio::test]
async fn a_body_that_ends_with_its_connection_ends_the_clients_too() {
    let origin = canned("HTTP/1.0 200 OK\r\n\r\nall of it", End::Fin).await;
    let lab = Lab::at(&origin).await;
    let mut wire = lab.dial().await;
    ask(&mut wire, &origin, "GET {at}/ HTTP/1.1", "").await;
    assert!(wire.head().await.contains("Connection: close\r\n"));
    assert_eq!(wire.rest().await, (b"all of it".to_vec(), End::Fin));
}

#[tokio::test]
async fn a_body_that_is_cut_short_does_not_look_whole() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
    ] {
        let origin = canned(answer, End::Fin).await;
        let lab = Lab::at(&origin).await;
        let mut wire = lab.dial().await;
        ask(&mut wire, &origin, "GET {at}/ HTTP/1.1", "").await;
        wire.head().await;
        assert_eq!(wire.rest().await.1, End::Rst, "{answer}");
    }
}

#[tokio::test]
async fn what_an_origin_may_not_say_becomes_502() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "SSH-2.0-nonsense\r\n\r\n",
    ] {
        let origin = canned(answer, End::Fin).await;
        let lab = Lab::at(&origin).await;
        let got = lab.dial().await.get(origin.address, "/", "").await;
        assert_eq!((got.status, got.field("x-proxy-error")), (502, Some("destination_failed")), "{answer}");
    }
}

#[tokio::test]
async fn one_client_connection_visits_many_origins_and_keeps_its_exit() {
    let (one, two) = (Origin::mirror().await, Origin::mirror().await);
    let lab = common::Setup::new(&[one.address, two.address]).start().await;
    let mut wire = lab.dial().await;
    let mut exits = std::collections::HashSet::new();
    for origin in [&one, &two, &one, &two, &two, &two] {
        let got = wire.get(origin.address, "/", "").await;
        exits.insert(got.body.lines().next().unwrap().to_owned());
    }
    assert_eq!(exits.len(), 1, "{exits:?}");
    assert_eq!((one.connections(), two.connections()), (2, 2), "the next request to the same place reuses");
}

#[tokio::test]
async fn an_origin_that_closed_between_requests_is_dialled_anew() {
    let origin =
        Origin::http(|_| "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: Connection: close\r\n\r\nok".into())
            .await;
    let lab = Lab::at(&origin).await;
    let mut wire = lab.dial().await;
    assert_eq!(wire.get(origin.address, "/", "").await.status, 200);
    // The origin is gone; nobody keeps a dead connection for a request that may never come.
    lab.settle("the dead connection is let go", |m| m.tunnels.load(Ordering::Relaxed) == 0).await;
    assert_eq!(wire.get(origin.address, "/", "").await.status, 200);
    ask(&mut wire, &origin, "POST {at}/ HTTP/1.1", "Content-Length: 0\r\n").await;
    assert_eq!(wire.response().await.status, 200);
    assert_eq!(origin.connections(), 3);
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_their_order() {
    let origin = Origin::http(|asked| {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", asked.path().len(), asked.path())
    })
    .await;
    let lab = Lab::at(&origin).await;
    let (at, auth) = (origin.address, auth("alice"));
    let mut wire = lab.dial().await;
    let one = |n: usize| format!("GET http://{at}/{n} HTTP/1.1\r\nHost: {at}\r\n{auth}\r\n");
    wire.send((0..20).map(one).collect::<String>()).await;
    for n in 0..20 {
        assert_eq!(wire.response().await.body, format!("/{n}"));
    }
}

#[tokio::test]
async fn http_1_0_is_served_as_such() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    let mut wire = lab.dial().await;
    ask(&mut wire, &origin, "GET {at}/ HTTP/1.0", "Connection: keep-alive\r\n").await;
    let got = wire.response().await;
    assert!(
        got.body.contains("GET / HTTP/1.0\r\n") && got.field("connection") == Some("keep-alive"),
        "{got:?}"
    );
    ask(&mut wire, &origin, "GET {at}/ HTTP/1.0", "").await;
    assert_eq!(wire.response().await.field("connection"), Some("close"));
    assert_eq!(wire.rest().await, (Vec::new(), End::Fin));
}

async fn upgrading(mut stream: TcpStream) {
    let head = String::from_utf8(read_until(&mut stream, b"\r\n\r\n").await.unwrap()).unwrap();
    assert!(head.contains("Upgrade: websocket\r\nConnection: Upgrade\r\n"), "{head}");
    let answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\nfirst";
    stream.write_all(answer).await.unwrap();
    common::origin::echo(stream).await;
}

#[tokio::test]
async fn an_upgrade_becomes_a_tunnel() {
    let origin = Origin::raw(upgrading).await;
    let lab = Lab::at(&origin).await;
    let mut wire = lab.dial().await;
    ask(
        &mut wire,
        &origin,
        "GET {at}/ws HTTP/1.1",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: k\r\n",
    )
    .await;
    let head = wire.head().await;
    assert!(head.starts_with("HTTP/1.1 101 ") && head.contains("Sec-WebSocket-Accept: x\r\n"), "{head}");
    assert!(head.contains("Upgrade: websocket\r\nConnection: Upgrade\r\n"), "{head}");
    wire.expect("first").await;
    wire.send("frames").await;
    wire.expect("frames").await;
    wire.finish().await;
    assert_eq!(wire.rest().await, (Vec::new(), End::Fin));
}

#[tokio::test]
async fn every_byte_of_an_exchange_is_counted_once() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    let mut wire = lab.dial().await;
    for _ in 0..3 {
        wire.get(origin.address, "/", "").await;
    }
    drop_and_report(&lab, wire.sent, wire.received).await;
}

async fn drop_and_report(lab: &Lab, up: usize, down: usize) {
    lab.gateway.report_now().await;
    assert_eq!(lab.control.counted(), (i64::try_from(up).unwrap(), i64::try_from(down).unwrap()));
    assert_eq!(lab.control.leased(), i64::try_from(up + down).unwrap());
}

#[tokio::test]
async fn trace_and_options_are_forwarded_as_often_as_they_say() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    let mut wire = lab.dial().await;
    let at = origin.address;
    for (line, left, seen) in [
        ("OPTIONS {at} HTTP/1.1", "3", "OPTIONS * HTTP/1.1"),
        ("TRACE {at}/a HTTP/1.1", "1", "TRACE /a HTTP/1.1"),
        ("GET {at}/a HTTP/1.1", "0", "GET /a HTTP/1.1"),
        ("OPTIONS {at}/a HTTP/1.1", "many", "OPTIONS /a HTTP/1.1"),
    ] {
        ask(&mut wire, &origin, line, &format!("Max-Forwards: {left}\r\n")).await;
        let body = wire.response().await.body;
        let counted = line.starts_with("GET") || left == "many";
        let passed = if counted { left.to_owned() } else { (left.parse::<u64>().unwrap() - 1).to_string() };
        assert!(body.contains(seen) && body.contains(&format!("Max-Forwards: {passed}\r\n")), "{body}");
    }
    let before = origin.connections();
    ask(&mut wire, &origin, "TRACE {at}/a HTTP/1.1", "Max-Forwards: 0\r\nCookie: a=b\r\nX-Mine: 1\r\n").await;
    let got = wire.response().await;
    assert_eq!((got.status, got.field("content-type")), (200, Some("message/http")));
    assert_eq!(
        got.body,
        format!("TRACE http://{at}/a HTTP/1.1\r\nHost: {at}\r\nMax-Forwards: 0\r\nX-Mine: 1\r\n\r\n")
    );
    ask(&mut wire, &origin, "OPTIONS {at} HTTP/1.1", "Max-Forwards: 0\r\n").await;
    let got = wire.response().await;
    assert_eq!((got.status, got.body.as_str()), (200, ""));
    wire.send(format!("TRACE http://{at}/ HTTP/1.1\r\nHost: {at}\r\nMax-Forwards: 0\r\n\r\n")).await;
    assert_eq!(wire.response().await.status, 407, "for customers only");
    assert_eq!(origin.connections(), before, "the origin heard of none of these");
}
