//! Refusals say why, on the wire and in the customer's log; what could be read in two ways is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::client::{End, Response};
use common::{Account, Lab, Origin, Setup, auth};
use std::time::{Duration, Instant};
use turnpike_wire::{Reason, Refusal};

/// Everything a refusal over HTTP has to carry.
fn assert_refused(got: &Response, status: u16, slug: &str, error: &str) {
    assert_eq!((got.status, got.field("x-proxy-error")), (status, Some(slug)), "{got:?}");
    let shown = format!("turnpike; error={error}; details=\"{slug}\"");
    assert_eq!(got.field("proxy-status"), Some(shown.as_str()));
    assert_eq!(got.field("content-type"), Some("application/json; charset=utf-8"));
    let body: serde_json::Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!(body["error"], slug);
    assert!(body["message"].as_str().is_some_and(|t| t.is_ascii()) && is_chinese(&body), "{body}");
    assert_eq!(got.field("proxy-authenticate").is_some(), status == 407);
}

/// Whether the Chinese text is so in all its parts: no English behind a Chinese beginning.
fn is_chinese(body: &serde_json::Value) -> bool {
    body["message_zh"].as_str().unwrap().split('：').all(|part| !part.is_ascii())
}

#[tokio::test]
async fn what_is_malformed_is_told_in_both_languages() {
    let lab = Lab::at(&Origin::mirror().await).await;
    for head in [
        "BLAH",
        "CONNECT x HTTP/1.1\r\nHost: x",
        "GET ftp://a.test/ HTTP/1.1\r\nHost: a.test",
        "GET http://a.test/ HTTP/1.1",
        "GET / HTTP/1.1\r\nHost: a.test",
    ] {
        let mut wire = lab.dial().await;
        wire.send(format!("{head}\r\n\r\n")).await;
        assert_refused(&wire.response().await, 400, "bad_request", "http_request_error");
    }
    let mut wire = lab.dial().await;
    wire.send("GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\nProxy-Authorization: Bearer x\r\n\r\n").await;
    assert_refused(&wire.response().await, 407, "bad_credentials", "http_request_denied");
}

/// The reasons that the customer's log got, oldest first.
async fn logged(lab: &Lab) -> Vec<(Reason, String)> {
    lab.gateway.report_now().await;
    let batches = lab.control.batches();
    batches.iter().flat_map(|b| &b.refusals).map(|r| (r.reason, r.detail.clone())).collect()
}

#[tokio::test]
async fn every_wish_that_can_not_be_met_has_its_reason() {
    let origin = Origin::mirror().await;
    let setup = Setup::new(&[origin.address]);
    let disabled = Account { refusal: Some(Refusal::new(Reason::AccountDisabled)), ..Account::new(2) };
    setup.control.put_account("gone", disabled);
    let lab = setup.start().await;
    let at = origin.address;
    for (name, status, slug, error) in [
        ("mallory", 407, "bad_credentials", "http_request_denied"),
        ("gone", 407, "account_disabled", "http_request_denied"),
        ("alice_colour-red", 400, "unknown_parameter", "http_request_error"),
        ("alice_life-0", 400, "unknown_parameter", "http_request_error"),
        ("alice_area-ZZZ", 400, "unknown_place", "http_request_error"),
        ("alice_area-DE", 503, "no_exit", "destination_unavailable"),
        ("alice_area-US_city-boston", 503, "no_exit", "destination_unavailable"),
        ("alice_asn-1", 503, "no_exit", "destination_unavailable"),
    ] {
        assert_refused(&lab.dial().await.connect_to(name, at).await, status, slug, error);
        assert_refused(&lab.dial().await.ask(name, at, "/", "").await, status, slug, error);
    }
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn the_reasons_are_kept_for_who_knows_the_password() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    lab.dial().await.connect_to("alice_colour-red", origin.address).await;
    let reply = lab.dial().await.socks5("alice_life-9999", origin.address).await;
    assert_eq!(reply, 2, "not allowed by the rules");
    assert_eq!(lab.dial().await.socks5("alice_area-DE", origin.address).await, 4, "host unreachable");
    let unknown = "unknown username parameter \"colour\"".to_owned();
    let life = "username parameter life must be 1 to 1440 minutes".to_owned();
    let log = logged(&lab).await;
    let reasons: Vec<_> = log.iter().map(|(reason, _)| *reason).collect();
    assert_eq!(reasons, [Reason::UnknownParameter, Reason::UnknownParameter, Reason::NoExit]);
    assert_eq!((&log[0].1, &log[1].1), (&unknown, &life));
}

#[tokio::test]
async fn failed_logins_count_for_the_account_and_tell_the_caller_nothing_new() {
    let origin = Origin::mirror().await;
    let setup = Setup::new(&[origin.address]);
    let tried = Account { refusal: Some(Refusal::new(Reason::BadCredentials)), ..Account::new(2) };
    setup.control.put_account("tried", tried);
    let lab = setup.start().await;
    let unknown = lab.dial().await.connect_to("mallory", origin.address).await;
    for _ in 0..3 {
        let known = lab.dial().await.connect_to("tried", origin.address).await;
        assert_eq!((known.status, &known.head, &known.body), (407, &unknown.head, &unknown.body));
    }
    lab.gateway.report_now().await;
    let batches = lab.control.batches();
    let rows: Vec<_> = batches.iter().flat_map(|batch| &batch.refusals).collect();
    let told: Vec<_> = rows.iter().map(|row| (row.reason, row.client, row.times)).collect();
    assert_eq!(told, [(Reason::BadCredentials, [127, 0, 0, 1].into(), 3)]);
}

#[tokio::test]
async fn a_stranger_learns_nothing_of_the_username() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    let got = lab.dial().await.connect_to("mallory_colour-red", origin.address).await;
    assert_eq!((got.status, got.field("x-proxy-error")), (407, Some("bad_credentials")));
    assert_eq!(lab.dial().await.socks5("mallory_colour-red", origin.address).await, u8::MAX);
    assert_eq!(logged(&lab).await, []);
}

#[tokio::test]
async fn a_refused_connection_may_try_again() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    let at = origin.address;
    let mut wire = lab.dial().await;
    wire.send(format!("GET http://{at}/ HTTP/1.1\r\nHost: {at}\r\n\r\n")).await;
    assert_refused(&wire.response().await, 407, "bad_credentials", "http_request_denied");
    wire.send(format!("HEAD http://{at}/ HTTP/1.1\r\nHost: {at}\r\n\r\n")).await;
    assert!(wire.head().await.starts_with("HTTP/1.1 407 "), "and no body behind it");
    wire.send(format!("CONNECT {at} HTTP/1.1\r\nHost: {at}\r\nProxy-Authorization: Bearer x\r\n\r\n")).await;
    assert_refused(&wire.response().await, 407, "bad_credentials", "http_request_denied");
    assert_eq!(wire.get(at, "/", "").await.status, 200);
    wire.send(format!("POST http://{at}/ HTTP/1.1\r\nHost: {at}\r\nContent-Length: 5\r\n\r\nhello")).await;
    assert_eq!(wire.response().await.field("connection"), Some("close"), "its body was not read");
    assert_eq!(wire.rest().await, (Vec::new(), End::Fin));
}

#[tokio::test]
async fn wrong_passwords_are_answered_later_and_right_ones_at_once() {
    let origin = Origin::echo().await;
    let lab = Lab::at(&origin).await;
    for _ in 0..5 {
        lab.dial().await.connect_to("mallory", origin.address).await;
    }
    // The sixth mistake waits 400 ms.
    let began = Instant::now();
    let wrong = async {
        lab.dial().await.connect_to("mallory", origin.address).await;
        began.elapsed()
    };
    let right = async {
        let right = lab.dial().await.connect_to("alice", origin.address).await;
        assert_eq!(right.status, 200);
        began.elapsed()
    };
    let (wrong, right) = tokio::join!(wrong, right);
    assert!(wrong >= Duration::from_millis(400) && wrong > right, "{wrong:?} against {right:?}");
}

#[tokio::test]
async fn what_could_be_read_in_two_ways_is_refused() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    let (at, auth) = (origin.address, auth("alice"));
    let head = format!("POST http://{at}/ HTTP/1.1\r\nHost: {at}\r\n{auth}");
    let both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    for case in [
        format!("{head}{both}"),
        format!("{head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
        format!("{head}Content-Length: 5, 5\r\n\r\nhello"),
        format!("{head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        format!("{head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        format!("{head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        format!("{head}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
        format!("{head}X: 1\nContent-Length: 5\r\n\r\nhello"),
        format!("{head}X: a\0b\r\n\r\n"),
        format!("{head}X: a\rb\r\n\r\n"),
        format!("{head}Host: {at}\r\n\r\n"),
        format!("GET http://{at}/ HTTP/1.1\r\nHost: other.example\r\n{auth}\r\n"),
        format!("GET http://{at}/ HTTP/1.1\r\n{auth}\r\n"),
        format!("CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n{auth}Content-Length: 5\r\n\r\nhello"),
        format!("GET / HTTP/1.1\r\nHost: {at}\r\n{auth}\r\n"),
        format!("GET http://{at}/ HTTP/3.0\r\nHost: {at}\r\n{auth}\r\n"),
        format!("{head}X: {}\r\n\r\n", "x".repeat(70_000)),
    ] {
        let mut wire = lab.dial().await;
        // A long head may be refused before it is all sent.
        let _ = wire.try_send(&case).await;
        let got = wire.response().await;
        assert_refused(&got, 400, "bad_request", "http_request_error");
        assert_eq!(wire.rest().await.0, Vec::<u8>::new(), "nothing behind it is served: {case:?}");
    }
    // A chunked body shows its faults late.
    let mut wire = lab.dial().await;
    wire.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n")).await;
    assert_refused(&wire.response().await, 400, "bad_request", "http_request_error");
}

#[tokio::test]
async fn socks_requests_that_make_no_sense_get_the_nearest_reply() {
    let origin = Origin::echo().await;
    let lab = Lab::at(&origin).await;
    lab.control.put_address("127.0.0.1", Account::address(9));
    for (request, reply) in [
        (&b"\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50"[..], 7),
        (b"\x05\x09\x00\x01\x7f\x00\x00\x01\x00\x50", 7),
        (b"\x05\x01\x00\x09\x7f\x00\x00\x01\x00\x50", 8),
        (b"\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x00", 7),
        (b"\x05\x01\x00\x01\x0a\x00\x00\x01\x00\x50", 2),
        (b"\x05\x01\x00\x03\x03a b\x00\x50", 1),
    ] {
        let mut wire = lab.dial().await;
        wire.send([5, 1, 0]).await;
        wire.expect([5, 0]).await;
        wire.send(request).await;
        assert_eq!(wire.read(4).await[..2], [5, reply], "{request:?}");
        wire.read(6).await;
        assert_eq!(wire.rest().await, (Vec::new(), End::Fin));
    }
}
