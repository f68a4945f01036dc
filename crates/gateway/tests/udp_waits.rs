//! Datagrams that wait: what of them is delivered, and what is counted.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::udp::{Association, origin, setup};
use common::{Account, Lab, Setup};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use tokio::net::UdpSocket;
use turnpike_base::CustomerId;
use turnpike_wire::Change;

/// What the first datagram costs uses up the lease.
const LEASE: usize = 1_000;
const ANSWER: usize = 500;

/// An association of alice, and an answer of 500 bytes to her that waits for funds while the gate is held.
struct Waits<'l> {
    gate: tokio::sync::MutexGuard<'l, ()>,
    association: Association,
    at: SocketAddr,
}

async fn waiting_answer<'l>(lab: &'l Lab, server: &UdpSocket) -> Waits<'l> {
    let association = Association::open(lab.proxy, "alice").await;
    let gate = lab.control.lease_gate.lock().await;
    let waits = lab.gateway.metrics().lease_waits.load(Ordering::Relaxed);
    let at = server.local_addr().unwrap();
    association.send(at, &[1; LEASE]).await;
    let (_, exit) = server.recv_from(&mut [0; LEASE]).await.unwrap();
    server.send_to(&[2; ANSWER], exit).await.unwrap();
    lab.settle("the answer waits", |m| m.lease_waits.load(Ordering::Relaxed) > waits).await;
    Waits { gate, association, at }
}

fn in_small_leases(setup: Setup) -> Setup {
    let subject = Account::new(1).permit.subject;
    setup.control.fill_purse(subject, 100_000, i64::try_from(LEASE).unwrap());
    setup
}

async fn counted_at_the_end(lab: &Lab, association: Association) -> (i64, i64) {
    drop(association);
    lab.settle("it ended", |m| m.tunnels.load(Ordering::Relaxed) == 0).await;
    lab.gateway.report_now().await;
    lab.control.counted()
}

#[tokio::test]
async fn an_answer_that_waited_while_its_host_was_blocked_is_not_delivered() {
    let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let lab = in_small_leases(setup(&[server.local_addr().unwrap()])).start().await;
    let Waits { gate, association, .. } = waiting_answer(&lab, &server).await;
    let hosts = vec!["127.0.0.1".to_owned()];
    lab.control.edit("alice", |account| account.permit.blocked_hosts = hosts.clone());
    lab.tell(Change::Blocked { customer: CustomerId(1), hosts }).await;
    drop(gate);
    assert!(association.is_silent().await);
    assert_eq!(counted_at_the_end(&lab, association).await, (1_000, 0));
}

#[tokio::test]
async fn an_answer_that_waited_is_counted_though_its_flow_was_forgotten() {
    let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (other, mut told) = origin("127.0.0.1:0").await;
    let mut setup = in_small_leases(setup(&[]));
    setup.config.destinations.allow_private = true;
    let lab = setup.start().await;
    let Waits { gate, association, at } = waiting_answer(&lab, &server).await;
    // Empty datagrams are free. Among flows of one second any may be forgotten for a new one: so many leave none.
    for port in 20_000..23_000_u16 {
        association.send(SocketAddr::new([127, 0, 0, 1].into(), port), b"").await;
        if port % 50 == 0 {
            association.send(other, b"").await;
            told.recv().await.unwrap();
        }
    }
    drop(gate);
    loop {
        let answer = association.receive().await;
        if !answer.1.is_empty() {
            assert_eq!(answer, (at, vec![2; ANSWER]));
            break;
        }
    }
    assert_eq!(counted_at_the_end(&lab, association).await, (1_000, 500));
}
