//! Slow clients are cut in every handshake, and load balancers tell who the client is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::tls::certificate;
use common::{Lab, Origin, Setup, auth};
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

const HANDSHAKE: Duration = Duration::from_millis(400);

async fn lab(origin: &Origin, balanced: bool) -> Lab {
    let mut setup = Setup::new(&[origin.address]);
    setup.config.timeouts.handshake = HANDSHAKE;
    setup.config.tls = Some(certificate().0);
    if balanced {
        setup.config.balancers = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    }
    setup.start().await
}

/// Sends `whole` at once, then the rest byte by byte, never silent, never done; gives how long that lasted.
async fn trickle(lab: &Lab, whole: &[u8], bytes: &[u8]) -> Duration {
    // Before the dial: the gateway's clock may start before the dial returns here.
    let began = Instant::now();
    let mut wire = lab.dial().await;
    wire.send(whole).await;
    for byte in bytes.iter().cycle() {
        if wire.try_send([*byte]).await.is_err() {
            break;
        }
        if !wire.is_silent(Duration::from_millis(20)).await {
            break;
        }
    }
    began.elapsed()
}

#[tokio::test]
async fn a_handshake_that_trickles_is_cut_in_time() {
    let origin = Origin::echo().await;
    let (plain, balanced) = (lab(&origin, false).await, lab(&origin, true).await);
    let head = format!("GET http://{}/ HTTP/1.1\r\nX: ", origin.address);
    let socks = |more: &[u8]| [&[5, 1, 2][..], more].concat();
    let cases: [(&Lab, &[u8], &[u8]); 7] = [
        (&plain, b"G", b"E"),
        (&plain, head.as_bytes(), b"x"),
        (&plain, b"\x05\xff", b"\x01"),
        (&plain, b"\x04\x01\x00\x50\x00\x00\x00\x01", b"i"),
        (&plain, b"\x16\x03\x01\x02\x00", b"\x01"),
        (&balanced, b"PROXY TCP4 1.2.3.4", b"5"),
        (&balanced, b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x04\x00", b"\x00"),
    ];
    let all = cases.iter().map(|(lab, whole, bytes)| trickle(lab, whole, bytes));
    for (took, (_, whole, _)) in futures_util::future::join_all(all).await.into_iter().zip(cases) {
        assert!(took >= HANDSHAKE && took < HANDSHAKE * 10, "{took:?} for {whole:?}");
    }
    // The method is answered, so the silence before is checked apart.
    let mut wire = plain.dial().await;
    wire.send(socks(&[])).await;
    wire.expect([5, 2]).await;
    wire.send([1, 255]).await;
    assert!(wire.rest().await.0.is_empty());
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn silence_is_cut_and_so_is_a_slow_second_request() {
    let origin = Origin::mirror().await;
    let lab = lab(&origin, false).await;
    let began = Instant::now();
    assert!(lab.dial().await.rest().await.0.is_empty());
    assert!(began.elapsed() >= HANDSHAKE);
    let mut wire = lab.dial().await;
    assert_eq!(wire.get(origin.address, "/", "").await.status, 200);
    // Between requests nobody hurries, within one there is a handshake's time.
    assert!(wire.is_silent(HANDSHAKE * 2).await);
    wire.send("GET http://").await;
    assert!(wire.rest().await.0.is_empty());
}

#[tokio::test]
async fn the_balancer_names_the_client_in_both_versions() {
    let origin = Origin::mirror().await;
    let lab = lab(&origin, true).await;
    let at = origin.address;
    let request = format!("GET http://{at}/ HTTP/1.1\r\nHost: {at}\r\n{}\r\n", auth("alice"));
    let one = b"PROXY TCP4 198.51.100.7 203.0.113.1 4000 3120\r\n".to_vec();
    let mut two = b"\r\n\r\n\0\r\nQUIT\n\x21\x21\x00\x24".to_vec();
    two.extend("2001:db8::7".parse::<std::net::Ipv6Addr>().unwrap().octets());
    two.extend("2001:db8::1".parse::<std::net::Ipv6Addr>().unwrap().octets());
    two.extend([15, 160, 12, 48]);
    for header in [one, two, b"PROXY UNKNOWN\r\n".to_vec()] {
        let mut wire = lab.dial().await;
        wire.send([&header[..], request.as_bytes()].concat()).await;
        assert_eq!(wire.response().await.status, 200);
    }
    let clients: Vec<_> = lab.control.admissions().iter().map(|a| a.client.to_string()).collect();
    assert_eq!(
        clients[..2],
        ["198.51.100.7", "2001:db8::7"],
        "each dialled another address, so each was asked"
    );
    assert_eq!(clients[2..], ["127.0.0.1"]);
    let mut without = lab.dial().await;
    without.send(&request).await;
    assert!(without.rest().await.0.is_empty(), "a balancer always says who");
}

#[tokio::test]
async fn a_stranger_can_not_say_who_he_is() {
    let origin = Origin::mirror().await;
    let lab = lab(&origin, false).await;
    let mut wire = lab.dial().await;
    wire.send(b"PROXY TCP4 198.51.100.7 203.0.113.1 4000 3120\r\n\r\n").await;
    assert!(wire.response().await.status == 400 && lab.control.admissions().is_empty());
}
