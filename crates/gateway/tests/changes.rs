//! What is taken away ends running connections, in every protocol, idle or busy; what is renewed does not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::client::End;
use common::tls::{certificate, dial_tls};
use common::{Account, Lab, Origin, PATIENCE, Setup, Wire, auth, origin};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use turnpike_base::{AccountId, CustomerId, ExitId, ProductType};
use turnpike_gateway::{Config, Destinations};
use turnpike_wire::{Change, Revocation};

const ALICE: AccountId = AccountId(1);

fn account(running: Revocation) -> Change {
    Change::Account { account: ALICE, running }
}

/// An origin that says `ok` to every request, and a lab that takes TLS.
async fn lab_with_tls() -> (Lab, Origin, rustls::RootCertStore) {
    lab_with(|_| {}).await
}

/// The same with other settings.
async fn lab_with(other: impl FnOnce(&mut Config)) -> (Lab, Origin, rustls::RootCertStore) {
    let origin = Origin::http(|_| "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".into()).await;
    let mut setup = Setup::new(&[origin.address]);
    let (server, roots) = certificate();
    setup.config.tls = Some(server);
    other(&mut setup.config);
    (setup.start().await, origin, roots)
}

/// One idle connection of alice's per protocol.
async fn one_of_each(lab: &Lab, at: SocketAddr, roots: &rustls::RootCertStore) -> Vec<(&'static str, Wire)> {
    let mut socks = lab.dial().await;
    assert_eq!(socks.socks5("alice", at).await, 0);
    let mut kept = lab.dial().await;
    assert_eq!(kept.get(at, "/", "").await.status, 200);
    let mut tls = dial_tls(lab.proxy, roots.clone()).await;
    assert_eq!(tls.connect_to("alice", at).await.status, 200);
    let mut tls_kept = dial_tls(lab.proxy, roots.clone()).await;
    assert_eq!(tls_kept.get(at, "/", "").await.status, 200);
    let mut half = lab.dial().await;
    half.send(format!(
        "POST http://{at}/ HTTP/1.1\r\nHost: {at}\r\n{}Content-Length: 9\r\n\r\nhalf",
        auth("alice")
    ))
    .await;
    vec![
        ("CONNECT", lab.tunnel("alice", at).await),
        ("SOCKS5", socks),
        ("kept alive", kept),
        ("CONNECT in TLS", tls),
        ("kept alive in TLS", tls_kept),
        ("half a request", half),
    ]
}

#[tokio::test]
async fn a_disabled_account_is_reset_in_every_protocol() {
    let (lab, origin, roots) = lab_with_tls().await;
    let wires = one_of_each(&lab, origin.address, &roots).await;
    lab.settle("all are admitted", |m| m.tunnels.load(std::sync::atomic::Ordering::Relaxed) == 6).await;
    lab.control.tell(account(Revocation::Reset));
    for (what, mut wire) in wires {
        assert_eq!(wire.rest().await, (Vec::new(), End::Rst), "{what}");
    }
}

#[tokio::test]
async fn who_has_nothing_left_ends_with_fin_in_every_protocol() {
    let (lab, origin, roots) = lab_with_tls().await;
    let wires = one_of_each(&lab, origin.address, &roots).await;
    lab.settle("all are admitted", |m| m.tunnels.load(std::sync::atomic::Ordering::Relaxed) == 6).await;
    lab.control.fill_purse(Account::new(1).permit.subject, 0, 0);
    lab.control.tell(Change::Package { customer: CustomerId(1), product: ProductType::Dynamic });
    for (what, mut wire) in wires {
        let (said, end) = wire.rest().await;
        assert_eq!(end, End::Fin, "{what}");
        let said = String::from_utf8(said).unwrap();
        let told = said.starts_with("HTTP/1.1 402 ") && said.contains("X-Proxy-Error: package_empty\r\n");
        assert!(said.is_empty() || what == "half a request" && told, "{what}: {said}");
    }
}

#[tokio::test]
async fn addresses_lose_only_what_they_authenticated() {
    let origin = Origin::echo().await;
    let lab = Lab::at(&origin).await;
    lab.control.put_address("127.0.0.9", Account::address(1));
    let mut by_address = Wire::connect_from("127.0.0.9", lab.proxy).await;
    let mut request = vec![4, 1];
    request.extend(origin.address.port().to_be_bytes());
    request.extend(b"\x7f\x00\x00\x01\0");
    by_address.send(&request).await;
    by_address.expect([0, 90, 0, 0, 0, 0, 0, 0]).await;
    let mut by_password = lab.tunnel("alice", origin.address).await;
    lab.control.drop_address("127.0.0.9");
    let client = "127.0.0.9".parse().unwrap();
    lab.tell(Change::Address { customer: CustomerId(1), client, running: Revocation::Reset }).await;
    assert_eq!(by_address.rest().await, (Vec::new(), End::Rst));
    by_password.send("on").await;
    by_password.expect("on").await;
    let mut again = Wire::connect_from("127.0.0.9", lab.proxy).await;
    again.send(&request).await;
    again.expect([0, 91, 0, 0, 0, 0, 0, 0]).await;
}

#[tokio::test]
async fn a_new_password_refuses_new_connections_and_leaves_running_ones() {
    let origin = Origin::echo().await;
    let lab = Lab::at(&origin).await;
    let mut running = lab.tunnel("alice", origin.address).await;
    lab.control.edit("alice", |account| account.password = "fresh".into());
    lab.tell(account(Revocation::Renew)).await;
    let got = lab.dial().await.connect_to("alice", origin.address).await;
    assert_eq!((got.status, got.field("x-proxy-error")), (407, Some("bad_credentials")));
    running.send("on").await;
    running.expect("on").await;
}

#[tokio::test]
async fn an_exit_that_is_gone_takes_its_connections_along() {
    let origin = Origin::echo().await;
    let lab = Lab::at(&origin).await;
    let mut wires = Vec::new();
    for _ in 0..12 {
        let mut wire = lab.dial().await;
        let head = wire.connect_to("alice", origin.address).await;
        wires.push((head.field("x-proxy-exit").unwrap().to_owned(), wire));
    }
    lab.tell(Change::ExitGone(ExitId(2))).await;
    for (exit, mut wire) in wires {
        if exit.starts_with("id=2;") {
            assert_eq!(wire.rest().await.1, End::Rst, "{exit}");
        } else {
            wire.send("on").await;
            wire.expect("on").await;
        }
    }
}

/// Sends without end.
async fn flood(mut stream: tokio::net::TcpStream) {
    while stream.write_all(&[7; 65_536]).await.is_ok() {}
}

#[tokio::test]
async fn a_customer_who_does_not_read_is_cut_as_well() {
    let origin = Origin::raw(flood).await;
    let lab = Lab::at(&origin).await;
    let mut wire = lab.tunnel("alice", origin.address).await;
    lab.settle("bytes are under way", |m| m.down.load(std::sync::atomic::Ordering::Relaxed) > 1 << 20).await;
    lab.control.tell(account(Revocation::Reset));
    lab.settle("it is over", |m| m.open.load(std::sync::atomic::Ordering::Relaxed) == 0).await;
    assert_eq!(wire.rest().await.1, End::Rst);
}

#[tokio::test]
async fn the_slowest_of_a_hundred_is_cut_within_a_second() {
    let origin = Origin::raw(origin::echo).await;
    let lab = Lab::at(&origin).await;
    let names: Vec<_> = (1..=100).map(|n| (n, format!("a{n}"))).collect();
    names.iter().for_each(|(n, name)| lab.control.put_account(name, Account::new(*n)));
    let all = names.iter().map(|(n, name)| async { (*n, lab.tunnel(name, origin.address).await) });
    let mut wires = futures_util::future::join_all(all).await;
    for (n, wire) in &mut wires {
        let began = Instant::now();
        lab.control.tell(Change::Account { account: AccountId(*n), running: Revocation::Reset });
        assert_eq!(wire.rest().await.1, End::Rst);
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_change_that_was_missed_is_made_up_for() {
    let origin = Origin::echo().await;
    let lab = Lab::at(&origin).await;
    lab.tunnel("alice", origin.address).await;
    lab.control.edit("alice", |account| account.password = "fresh".into());
    lab.control.lose_a_change();
    lab.tell(Change::SessionEnded { customer: CustomerId(1), account: ALICE, session: "x".into() }).await;
    let refused = async { while lab.dial().await.connect_to("alice", origin.address).await.status != 407 {} };
    tokio::time::timeout(PATIENCE, refused).await.unwrap();
}

#[tokio::test]
async fn a_host_that_the_operator_closes_ends_what_runs_there() {
    // What is exempt is so from the operator's rules, too.
    let open = Destinations { allow_private: true, ..Destinations::default() };
    let (lab, origin, roots) = lab_with(|config| config.destinations = open).await;
    let wires = one_of_each(&lab, origin.address, &roots).await;
    lab.settle("all are admitted", |m| m.tunnels.load(std::sync::atomic::Ordering::Relaxed) == 6).await;
    lab.control.close("127.0.0.1");
    lab.tell(Change::Rules).await;
    for (what, mut wire) in wires {
        let (said, end) = wire.rest().await;
        assert_eq!(end, End::Fin, "{what}");
        let told = String::from_utf8(said).unwrap();
        assert!(told.is_empty() || told.contains("destination_denied"), "{what}: {told}");
    }
    let refused = lab.dial().await.connect_to("alice", origin.address).await;
    assert_eq!(refused.field("x-proxy-error"), Some("destination_denied"));
}

#[tokio::test]
async fn a_host_that_its_customer_blocks_is_closed_to_him_at_once() {
    let (lab, origin, roots) = lab_with_tls().await;
    lab.control.put_account("bob", Account::new(2));
    let mut other = lab.tunnel("bob", origin.address).await;
    let wires = one_of_each(&lab, origin.address, &roots).await;
    lab.settle("all are admitted", |m| m.tunnels.load(std::sync::atomic::Ordering::Relaxed) == 7).await;
    let blocked = vec!["example.com".to_owned(), "127.0.0.1".to_owned()];
    lab.control.edit("alice", |account| account.permit.blocked_hosts = blocked.clone());
    lab.tell(Change::Blocked { customer: CustomerId(1), hosts: blocked }).await;
    for (what, mut wire) in wires {
        let (said, end) = wire.rest().await;
        assert_eq!(end, End::Fin, "{what}");
        let told = String::from_utf8(said).unwrap();
        assert!(told.is_empty() || told.contains("destination_denied"), "{what}: {told}");
    }
    let at = origin.address;
    assert_eq!(
        lab.dial().await.connect_to("alice", at).await.field("x-proxy-error"),
        Some("destination_denied")
    );
    assert_eq!(lab.dial().await.get(at, "/", "").await.status, 403);
    assert_eq!(lab.dial().await.socks5("alice", at).await, 2, "not allowed by the rules");
    for disguise in ["localhost", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"] {
        let mut wire = lab.dial().await;
        let to = format!("{disguise}:{}", at.port());
        wire.send(format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{}\r\n", auth("alice"))).await;
        assert_eq!(wire.response().await.field("x-proxy-error"), Some("destination_denied"), "{disguise}");
    }
    other.send(format!("GET / HTTP/1.1\r\nHost: {at}\r\n\r\n")).await;
    assert_eq!(other.response().await.status, 200, "others are not concerned");
    lab.control.edit("alice", |account| account.permit.blocked_hosts.clear());
    lab.tell(Change::Blocked { customer: CustomerId(1), hosts: Vec::new() }).await;
    assert_eq!(lab.dial().await.get(at, "/", "").await.status, 200, "and opened again");
}
