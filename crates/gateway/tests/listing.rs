//! What runs of a customer's, as the gateway tells it when it is asked: all of his, nobody else's, nothing that ended.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::{Account, Lab, Origin, PATIENCE, Setup};
use std::time::Duration;
use turnpike_base::{Bytes, CustomerId};
use turnpike_wire::{AskConnections, ConnectionKind, RunningConnection};

const ALICE: CustomerId = CustomerId(1);
const BOB: CustomerId = CustomerId(2);

/// Three loops, so that connections are spread; alice and bob.
async fn lab(origin: &Origin) -> Lab {
    let mut setup = Setup::new(&[origin.address]);
    setup.control.put_account("bob", Account::new(2));
    setup.config.loops = 3;
    setup.start().await
}

/// What runs, once there is so much of it.
async fn so_many(ask: &AskConnections, customer: CustomerId, count: usize) -> Vec<RunningConnection> {
    let poll = async {
        let mut beat = tokio::time::interval(Duration::from_millis(5));
        loop {
            beat.tick().await;
            let told = ask(customer).await;
            if told.len() == count {
                return told;
            }
        }
    };
    tokio::time::timeout(PATIENCE, poll).await.expect("as many never run")
}

#[tokio::test]
async fn a_running_tunnel_is_told_to_its_customer_alone_until_it_ends() {
    let origin = Origin::echo().await;
    let lab = lab(&origin).await;
    let ask = lab.gateway.connections();
    assert!(ask(ALICE).await.is_empty());
    let before = lab.now();
    let mut tunnel = lab.tunnel("alice", origin.address).await;
    tunnel.send(b"five!").await;
    tunnel.expect(b"five!").await;
    let told = ask(ALICE).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let one = &told[0];
    assert_eq!((one.subject.customer, one.kind), (ALICE, ConnectionKind::Connect));
    assert_eq!((&one.destination, one.client), (&origin.address.to_string(), lab.proxy.ip()));
    assert!((2..=4).contains(&one.exit.0) && (before..=lab.now()).contains(&one.opened), "{one:?}");
    assert_eq!((one.up, one.down), (Bytes(5), Bytes(5)), "counted while it runs");
    assert!(ask(BOB).await.is_empty(), "another's");
    drop(tunnel);
    so_many(&ask, ALICE, 0).await;
}

#[tokio::test]
async fn all_loops_tell_and_the_newest_stand_first() {
    let origin = Origin::echo().await;
    let lab = lab(&origin).await;
    let mut wires = Vec::new();
    for _ in 0..12 {
        wires.push(lab.tunnel("alice", origin.address).await);
    }
    wires.push(lab.tunnel("bob", origin.address).await);
    let ask = lab.gateway.connections();
    let told = so_many(&ask, ALICE, 12).await;
    assert!(told.is_sorted_by(|a, b| a.opened >= b.opened), "{told:?}");
    assert_eq!(ask(BOB).await.len(), 1);
}

#[tokio::test]
async fn each_is_told_by_how_it_was_asked_for() {
    let origin = Origin::http(|_| "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".into()).await;
    let lab = lab(&origin).await;
    let ask = lab.gateway.connections();
    let kind = async || so_many(&ask, ALICE, 1).await[0].kind;
    let mut kept = lab.dial().await;
    assert_eq!(kept.get(origin.address, "/", "").await.status, 200);
    assert_eq!(kind().await, ConnectionKind::Http);
    drop(kept);
    so_many(&ask, ALICE, 0).await;
    let mut socks = lab.dial().await;
    assert_eq!(socks.socks5("alice", origin.address).await, 0);
    assert_eq!(kind().await, ConnectionKind::Socks5);
}

#[tokio::test]
async fn who_may_ask_does_not_keep_a_gateway_from_ending() {
    let origin = Origin::echo().await;
    let lab = lab(&origin).await;
    let _tunnel = lab.tunnel("alice", origin.address).await;
    let ask = lab.gateway.connections();
    assert_eq!(ask(ALICE).await.len(), 1);
    let drained = tokio::time::timeout(PATIENCE, lab.gateway.drain(Duration::ZERO));
    drained.await.expect("its loops end");
    assert!(ask(ALICE).await.is_empty());
}
