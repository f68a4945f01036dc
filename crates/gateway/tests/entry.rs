//! Every protocol on one port, told apart by the first bytes (contract section 9).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::client::End;
use common::tls::{certificate, dial_tls};
use common::{Account, Lab, Origin, Setup, Wire, auth, origin};
use std::net::SocketAddr;

/// Account `bob` leaves from 127.0.0.3 only.
fn with_one_exit(mut setup: Setup) -> Setup {
    setup.control = common::Script::default();
    setup.control.put_account("alice", Account::new(1));
    setup.control.put_exit(common::control::local_exit(3, "127.0.0.3".parse().unwrap()));
    setup
}

async fn lab(origin: &Origin) -> Lab {
    with_one_exit(Setup::new(&[origin.address])).start().await
}

#[tokio::test]
async fn get_post_and_head_leave_from_the_exit() {
    let origin = Origin::mirror().await;
    let lab = lab(&origin).await;
    let at = origin.address;
    let mut wire = lab.dial().await;
    let got = wire.get(at, "/x?y=1", "").await;
    assert_eq!(got.body, format!("127.0.0.3\nGET /x?y=1 HTTP/1.1\r\nHost: {at}\r\n\r\n"));
    wire.send(format!(
        "POST http://{at}/p HTTP/1.1\r\nHost: {at}\r\n{}Content-Length: 5\r\n\r\nhello",
        auth("alice")
    ))
    .await;
    let got = wire.response().await;
    assert!(got.body.ends_with("Content-Length: 5\r\n\r\nhello"), "{got:?}");
    wire.send(format!("HEAD http://{at}/ HTTP/1.1\r\nHost: {at}\r\n{}\r\n", auth("alice"))).await;
    let head = wire.head().await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && !head.contains("Content-Length: 0"), "{head}");
}

#[tokio::test]
async fn connect_tunnels_and_names_the_exit() {
    let origin = Origin::raw(|stream| async move {
        let peer = stream.peer_addr().unwrap().ip();
        assert_eq!(peer.to_string(), "127.0.0.3");
        origin::echo(stream).await;
    })
    .await;
    let lab = lab(&origin).await;
    let mut wire = lab.dial().await;
    let response = wire.connect_to("alice", origin.address).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.field("x-proxy-exit"), Some("id=3; country=US; city=\"Los Angeles\""));
    wire.send("ping").await;
    wire.expect("ping").await;
    wire.finish().await;
    assert_eq!(wire.rest().await, (Vec::new(), End::Fin));
}

#[tokio::test]
async fn a_city_that_is_more_than_ascii_is_named_folded_and_whole() {
    let origin = Origin::echo().await;
    let mut setup = with_one_exit(Setup::new(&[origin.address]));
    let mut exit = common::control::local_exit(3, "127.0.0.3".parse().unwrap());
    (exit.city, exit.city_key) = (Some("São Paulo".into()), Some("saopaulo".into()));
    setup.control = common::Script::default();
    setup.control.put_account("alice", Account::new(1));
    setup.control.put_exit(exit);
    let lab = setup.start().await;
    let response = lab.dial().await.connect_to("alice", origin.address).await;
    let shown = "id=3; country=US; city=\"saopaulo\"; city*=UTF-8''S%C3%A3o%20Paulo";
    assert_eq!(response.field("x-proxy-exit"), Some(shown));
}

#[tokio::test]
async fn bytes_behind_the_handshake_are_not_lost() {
    let origin = Origin::echo().await;
    let lab = lab(&origin).await;
    lab.control.put_address("127.0.0.1", Account::address(9));
    let at = origin.address;
    let mut wire = lab.dial().await;
    wire.send(format!("CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n{}\r\nearly", auth("alice"))).await;
    wire.head().await;
    wire.expect("early").await;
    let mut wire = lab.dial().await;
    let SocketAddr::V4(v4) = at else { panic!() };
    let mut all = vec![4, 1];
    all.extend(v4.port().to_be_bytes());
    all.extend(v4.ip().octets());
    all.extend(b"id\0early");
    wire.send(all).await;
    wire.expect([0, 90, 0, 0, 0, 0, 0, 0]).await;
    wire.expect("early").await;
}

#[tokio::test]
async fn socks5_asks_for_the_password_whenever_it_may() {
    let origin = Origin::echo().await;
    let lab = lab(&origin).await;
    lab.control.put_address("127.0.0.1", Account::address(9));
    let mut wire = lab.dial().await;
    assert_eq!(wire.socks5("alice", origin.address).await, 0);
    wire.send("ping").await;
    wire.expect("ping").await;
    let mut wrong = lab.dial().await;
    assert_eq!(wrong.socks5("mallory", origin.address).await, u8::MAX, "the allowlist does not help");
    assert_eq!(wrong.rest().await, (Vec::new(), End::Fin));
}

#[tokio::test]
async fn socks5_without_password_needs_the_allowlist() {
    let origin = Origin::echo().await;
    let lab = lab(&origin).await;
    lab.control.put_address("127.0.0.9", Account::address(9));
    let mut wire = Wire::connect_from("127.0.0.9", lab.proxy).await;
    wire.send([5, 1, 0]).await;
    wire.expect([5, 0]).await;
    assert_eq!(wire.socks5_connect(origin.address).await, 0);
    wire.send("ping").await;
    wire.expect("ping").await;
    let mut stranger = lab.dial().await;
    stranger.send([5, 1, 0]).await;
    stranger.expect([5, 0xff]).await;
    assert_eq!(stranger.rest().await, (Vec::new(), End::Fin));
}

#[tokio::test]
async fn socks4a_needs_the_allowlist() {
    let origin = Origin::echo().await;
    let lab = lab(&origin).await;
    lab.control.put_address("127.0.0.9", Account::address(9));
    let mut request = vec![4, 1];
    request.extend(origin.address.port().to_be_bytes());
    request.extend(b"\0\0\0\x01me\x00127.0.0.1\0");
    let mut wire = Wire::connect_from("127.0.0.9", lab.proxy).await;
    wire.send(&request).await;
    wire.expect([0, 90, 0, 0, 0, 0, 0, 0]).await;
    wire.send("ping").await;
    wire.expect("ping").await;
    let mut stranger = lab.dial().await;
    stranger.send(&request).await;
    stranger.expect([0, 91, 0, 0, 0, 0, 0, 0]).await;
}

#[tokio::test]
async fn tls_may_come_first() {
    let origin = Origin::echo().await;
    let mut setup = with_one_exit(Setup::new(&[origin.address]));
    let (server, roots) = certificate();
    setup.config.tls = Some(server);
    let lab = setup.start().await;
    let mut wire = dial_tls(lab.proxy, roots.clone()).await;
    assert_eq!(wire.connect_to("alice", origin.address).await.status, 200);
    // More than any buffer on the way holds, so that TLS has to be flushed late.
    let bulk: Vec<u8> = (0..4_000_000_u32).map(|n| (n % 251) as u8).collect();
    for part in bulk.chunks(100_000) {
        wire.send(part).await;
        assert!(wire.read(part.len()).await == part);
    }
    wire.finish().await;
    assert_eq!(wire.rest().await, (Vec::new(), End::Fin));
    let mut wire = dial_tls(lab.proxy, roots).await;
    assert_eq!(wire.socks5("alice", origin.address).await, 0);
    wire.send("ping").await;
    wire.expect("ping").await;
    // Plain text goes on beside it.
    lab.tunnel("alice", origin.address).await.send("x").await;
}

#[tokio::test]
async fn a_slow_reader_behind_tls_gets_every_byte() {
    let origin = Origin::raw(|mut stream| async move {
        use tokio::io::AsyncWriteExt;
        let _ = stream.write_all(&vec![7; 8_000_000]).await;
    })
    .await;
    let mut setup = with_one_exit(Setup::new(&[origin.address]));
    let (server, roots) = certificate();
    setup.config.tls = Some(server);
    let lab = setup.start().await;
    let mut wire = dial_tls(lab.proxy, roots).await;
    assert_eq!(wire.connect_to("alice", origin.address).await.status, 200);
    lab.settle("the origin is far ahead", |m| m.down.load(std::sync::atomic::Ordering::Relaxed) > 0).await;
    let (bytes, end) = wire.rest().await;
    assert_eq!((bytes.len(), end), (8_000_000, End::Fin));
}

#[tokio::test]
async fn ipv6_in_and_out() {
    let origin = Origin::http_on("[::1]:0", origin::mirror).await;
    let mut setup = Setup::new(&[origin.address]);
    setup.config.listen = vec!["[::1]:0".parse().unwrap(), "127.0.0.1:0".parse().unwrap()];
    setup.control.drop_exits();
    setup.control.put_exit(common::control::local_exit(6, "::1".parse().unwrap()));
    let lab = setup.start().await;
    let at = origin.address;
    for proxy in lab.gateway.addresses() {
        let mut wire = Wire::connect(*proxy).await;
        let got = wire.get(at, "/", "").await;
        assert_eq!(got.body, format!("::1\nGET / HTTP/1.1\r\nHost: {at}\r\n\r\n"));
        let mut wire = Wire::connect(*proxy).await;
        assert_eq!(wire.socks5("alice", at).await, 0);
        let mut wire = Wire::connect(*proxy).await;
        assert_eq!(wire.connect_to("alice", at).await.status, 200);
    }
    let asked = lab.control.admissions();
    assert!(asked.iter().any(|a| a.client.to_string() == "::1" && a.dialled == lab.proxy), "{asked:?}");
}

#[tokio::test]
async fn an_exit_of_the_wrong_family_is_no_way() {
    let origin = Origin::http_on("[::1]:0", origin::mirror).await;
    let lab = lab(&origin).await;
    let got = lab.dial().await.get(origin.address, "/", "").await;
    assert_eq!((got.status, got.field("x-proxy-error")), (502, Some("destination_failed")));
}

#[tokio::test]
async fn what_is_none_of_ours_is_closed() {
    let origin = Origin::echo().await;
    let lab = lab(&origin).await;
    for first in [&b"\x00hello"[..], b"\x16\x03\x01\x00\x05hello", b"\x80\x01"] {
        let mut wire = lab.dial().await;
        wire.send(first).await;
        assert!(wire.rest().await.0.is_empty());
    }
    assert_eq!(origin.connections(), 0);
}
