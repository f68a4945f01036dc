//! Which exits carry datagrams, and where names and addresses lead them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::control::local_exit;
use common::udp::{Association, ask, origin, setup};
use common::{Account, eventually};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use tokio::net::UdpSocket;
use turnpike_base::{AccountId, CustomerId, ExitId, Timestamp};
use turnpike_wire::{
    Bind, Change, Control, ExitKind, ExitRecord, OwnedExit, ParentProtocol, PinAsk, Resolve,
};

#[tokio::test]
async fn a_parent_proxy_carries_none() {
    let mut setup = setup(&[]);
    // A probe would find out that nobody listens there.
    setup.config.probes_per_second = 0;
    setup.control.drop_exits();
    setup.control.put_exit(parent(4));
    let lab = setup.start().await;
    let mut wire = lab.dial().await;
    assert_eq!(ask(&mut wire, "alice", "0.0.0.0:0".parse().unwrap()).await.0, 7);
}

/// A parent, which carries no datagrams.
fn parent(id: i64) -> ExitRecord {
    let kind = ExitKind::Upstream {
        protocol: ParentProtocol::Socks5,
        host: "127.0.0.1".into(),
        port: 1,
        credentials: None,
        resolve: Resolve::Exit,
    };
    ExitRecord { kind, ..local_exit(id, "127.0.0.4".parse().unwrap()) }
}

#[tokio::test]
async fn one_exit_that_carries_datagrams_is_found_among_many_that_do_not() {
    let mut setup = setup(&[]);
    setup.config.probes_per_second = 0;
    (100..300).for_each(|id| setup.control.put_exit(parent(id)));
    let mut holder = Account::new(7);
    holder.permit.udp = true;
    let owned = |id: i64| OwnedExit { exit: ExitId(id), until: Timestamp::FAR };
    holder.permit.owned = Some((100..120).chain([3]).map(owned).collect());
    setup.control.put_account("holder", holder);
    let lab = setup.start().await;
    for n in 0..10 {
        for username in ["alice".to_owned(), format!("alice_session-s{n}"), "holder".to_owned()] {
            let mut wire = lab.dial().await;
            assert_eq!(ask(&mut wire, &username, "0.0.0.0:0".parse().unwrap()).await.0, 0, "{username}");
        }
    }
}

/// Its connections go on through the parent; a strict session has the one exit or none.
#[tokio::test]
async fn a_session_that_leaves_through_a_parent_keeps_another_exit_for_its_datagrams() {
    let (at, mut told) = origin("127.0.0.1:0").await;
    let mut setup = setup(&[at]);
    setup.config.probes_per_second = 0;
    let subject = Account::new(1).permit.subject;
    setup.control.put_exit(parent(100));
    for last in 4..20 {
        setup.control.put_exit(local_exit(last, format!("127.0.0.{last}").parse().unwrap()));
    }
    let (exit, until) = (ExitId(100), Timestamp::FAR);
    let pin = PinAsk { subject, session: "s@@@@@".into(), exit, until, instead_of: None, prolongs: false };
    setup.control.pin(pin).await.unwrap();
    let lab = setup.start().await;
    let mut from = Vec::new();
    for _ in 0..5 {
        let association = Association::open(lab.proxy, "alice_session-s").await;
        association.send(at, b"a").await;
        association.receive().await;
        from.push(told.recv().await.unwrap().ip());
    }
    assert!(from.iter().all(|ip| *ip == from[0]), "{from:?}");
    let pinned = |session: &str| lab.control.pins().get(&(subject, session.to_owned())).map(|pin| pin.exit);
    assert_eq!(pinned("s@@@@@"), Some(ExitId(100)));
    let local = pinned("s@@@@@udp").unwrap();
    assert_eq!(from[0].to_string(), format!("127.0.0.{}", local.0));
    let mut wire = lab.dial().await;
    let strict = ask(&mut wire, "alice_session-s_mode-strict", "0.0.0.0:0".parse().unwrap()).await;
    assert_eq!(strict.0, 7);
    lab.tell(Change::SessionEnded { customer: CustomerId(1), account: AccountId(1), session: "s".into() })
        .await;
    let association = Association::open(lab.proxy, "alice_session-s").await;
    association.send(at, b"a").await;
    association.receive().await;
    let anew = pinned("s@@@@@").unwrap();
    assert_eq!(told.recv().await.unwrap().ip().to_string(), format!("127.0.0.{}", anew.0), "one for both");
}

#[tokio::test]
async fn a_name_that_moved_gets_no_answers_from_where_it_led_before() {
    let before = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = before.local_addr().unwrap();
    let (moved, mut told) = origin(&format!("[::1]:{}", at.port())).await;
    let setup = setup(&[at, moved]);
    setup.control.drop_exits();
    let kind = ExitKind::Local { bind: Bind::Interface("lo".into()) };
    setup.control.put_exit(ExitRecord { kind, ..local_exit(3, "127.0.0.3".parse().unwrap()) });
    let lab = setup.start().await;
    let association = Association::open(lab.proxy, "alice").await;
    association.send_to_localhost(at.port(), b"a").await;
    let (_, exit) = before.recv_from(&mut [0; 16]).await.unwrap();
    let hosts = vec!["127.0.0.1".to_owned()];
    lab.control.edit("alice", |account| account.permit.blocked_hosts = hosts.clone());
    lab.tell(Change::Blocked { customer: CustomerId(1), hosts }).await;
    association.send_to_localhost(at.port(), b"b").await;
    assert_eq!(association.receive().await, (moved, b"bb".to_vec()));
    assert!(told.recv().await.is_some());
    before.send_to(b"late", exit).await.unwrap();
    assert!(association.is_silent().await);
}

#[tokio::test]
async fn ipv6_as_well() {
    let (at, mut told) = origin("[::1]:0").await;
    let mut setup = setup(&[at]);
    setup.config.listen = vec!["[::1]:0".parse().unwrap()];
    setup.control.drop_exits();
    setup.control.put_exit(local_exit(6, "::1".parse().unwrap()));
    let lab = setup.start().await;
    let association = Association::open(lab.proxy, "alice").await;
    association.send(at, b"six").await;
    assert_eq!(association.receive().await, (at, b"sixsix".to_vec()));
    assert_eq!(told.recv().await.unwrap().ip().to_string(), "::1");
    // An exit of the other family does not reach it.
    association.send("127.0.0.1:9".parse().unwrap(), b"four").await;
    assert!(association.is_silent().await);
}

#[tokio::test]
async fn many_destinations_leave_nothing_behind() {
    let (at, _told) = origin("127.0.0.1:0").await;
    let mut setup = setup(&[at]);
    setup.config.destinations.allow_private = true;
    let lab = setup.start().await;
    let association = Association::open(lab.proxy, "alice").await;
    for port in 20_000..20_400 {
        association.send(SocketAddr::new([127, 0, 0, 1].into(), port), b"x").await;
        if port % 50 == 0 {
            association.send(at, b"y").await;
            association.receive().await;
        }
    }
    let metrics = lab.gateway.metrics();
    assert!(metrics.tunnels.load(Ordering::Relaxed) <= 257, "an association has so many and no more");
    drop(association.tcp);
    eventually("all of it ended", || metrics.tunnels.load(Ordering::Relaxed) == 0).await;
}
