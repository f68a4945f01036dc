//! SOCKS5 UDP ASSOCIATE (RFC 1928 section 7): who may, what passes, what is counted, when it ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::client::End;
use common::udp::{Association, SILENCE, ask, origin, setup};
use common::{Lab, PATIENCE, Wire};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::net::UdpSocket;
use turnpike_base::{AccountId, CustomerId, ExitId, ProductType};
use turnpike_proxyproto::udp;
use turnpike_wire::{Change, Reason, Revocation, Subject};

fn refusals(lab: &Lab) -> Vec<(Reason, String)> {
    let batches = lab.control.batches();
    batches.iter().flat_map(|b| &b.refusals).map(|r| (r.reason, r.destination.clone())).collect()
}

#[tokio::test]
async fn behind_nat_the_address_outside_is_told() {
    let mut setup = setup(&[]);
    setup.config.udp_address = Some("203.0.113.9".parse().unwrap());
    let lab = setup.start().await;
    let mut wire = Wire::connect(lab.proxy).await;
    let (code, relay) = ask(&mut wire, "alice", "0.0.0.0:0".parse().unwrap()).await;
    assert_eq!((code, relay.ip().to_string().as_str()), (0, "203.0.113.9"));
    assert_ne!(relay.port(), 0);
}

#[tokio::test]
async fn datagrams_leave_from_the_exit_and_are_counted_to_the_byte() {
    let (at, mut told) = origin("127.0.0.1:0").await;
    let lab = setup(&[at]).start().await;
    let mut association = Association::open(lab.proxy, "alice").await;
    for (n, size) in [1_usize, 512, 1_400, 9_000, 0].into_iter().enumerate() {
        association.send(at, &vec![7; size]).await;
        assert_eq!(association.receive().await, (at, vec![7; 2 * size]), "{n}");
        assert_eq!(told.recv().await.unwrap().ip().to_string(), "127.0.0.3");
    }
    association.tcp.finish().await;
    assert_eq!(association.tcp.rest().await, (Vec::new(), End::Fin));
    lab.settle("it ended", |m| m.tunnels.load(Ordering::Relaxed) == 0).await;
    lab.gateway.report_now().await;
    let sum = 1 + 512 + 1_400 + 9_000;
    assert_eq!((lab.control.counted(), lab.control.leased()), ((sum, 2 * sum), 3 * sum));
    let batches = lab.control.batches();
    let rows: Vec<_> = batches.iter().flat_map(|b| &b.rows).collect();
    assert!(rows.iter().all(|row| row.host == "127.0.0.1" && row.exit == ExitId(3)));
    assert_eq!(rows.iter().map(|row| row.connections).sum::<u32>(), 1, "one destination");
    let traces: Vec<_> = batches.iter().flat_map(|b| &b.traces).collect();
    assert_eq!((traces.len(), &traces[0].destination), (1, &at.to_string()));
    assert_eq!(traces[0].exit_address.unwrap().to_string(), "127.0.0.3");
}

#[tokio::test]
async fn a_name_is_resolved_by_the_gateway() {
    let (at, _told) = origin("127.0.0.1:0").await;
    let lab = setup(&[at]).start().await;
    let association = Association::open(lab.proxy, "alice").await;
    association.send_to_localhost(at.port(), b"abc").await;
    assert_eq!(association.receive().await, (at, b"abcabc".to_vec()));
}

#[tokio::test]
async fn it_has_to_be_on() {
    let (at, _told) = origin("127.0.0.1:0").await;
    let lab = setup(&[at]).start().await;
    let mut wire = lab.dial().await;
    let (code, _) = ask(&mut wire, "bob", "0.0.0.0:0".parse().unwrap()).await;
    assert_eq!((code, wire.rest().await), (7, (Vec::new(), End::Fin)));
    lab.gateway.report_now().await;
    let batches = lab.control.batches();
    let told: Vec<_> = batches.iter().flat_map(|b| &b.refusals).collect();
    assert_eq!(
        (told.len(), told[0].reason, told[0].detail.as_str()),
        (1, Reason::NotAllowed, "UDP is off for this account")
    );
}

#[tokio::test]
async fn what_is_denied_malformed_or_a_fragment_is_dropped() {
    let (at, mut told) = origin("127.0.0.1:0").await;
    let (private, mut private_told) = origin("127.0.0.1:0").await;
    let lab = setup(&[at]).start().await;
    let association = Association::open(lab.proxy, "alice").await;
    association.send(private, b"x").await;
    association.send(SocketAddr::new(at.ip(), 25), b"x").await;
    let mut fragment = udp::datagram(at, b"x");
    fragment[2] = 1;
    association.socket.send_to(&fragment, association.relay).await.unwrap();
    association.socket.send_to(b"\0\0\0", association.relay).await.unwrap();
    assert!(association.is_silent().await);
    association.send(at, b"y").await;
    assert_eq!(association.receive().await.1, b"yy");
    assert!(told.recv().await.is_some() && told.try_recv().is_err() && private_told.try_recv().is_err());
    lab.gateway.report_now().await;
    let denied = |to: SocketAddr| (Reason::DestinationDenied, to.to_string());
    assert_eq!(refusals(&lab), [denied(private), denied(SocketAddr::new(at.ip(), 25))]);
    assert_eq!(lab.control.counted(), (1, 2), "what is dropped is free");
}

/// What several names that lead to one address cost each, as far as that is knowable.
#[tokio::test]
async fn names_of_one_address_are_counted_apart() {
    let (at, _told) = origin("127.0.0.1:0").await;
    let lab = setup(&[at]).start().await;
    let mut association = Association::open(lab.proxy, "alice").await;
    for (host, count) in [("127.0.0.1", 1), ("localhost", 2), ("127.0.0.1", 10)] {
        for _ in 0..count {
            if host == "localhost" {
                association.send_to_localhost(at.port(), b"x").await;
            } else {
                association.send(at, b"x").await;
            }
            assert_eq!(association.receive().await, (at, b"xx".to_vec()));
        }
    }
    association.tcp.finish().await;
    association.tcp.rest().await;
    lab.settle("it ended", |m| m.tunnels.load(Ordering::Relaxed) == 0).await;
    lab.gateway.report_now().await;
    let batches = lab.control.batches();
    let traces = batches.iter().flat_map(|b| &b.traces);
    let mut counted: Vec<_> = traces.map(|t| (t.destination.clone(), t.up.0, t.down.0)).collect();
    counted.sort();
    assert_eq!(counted, [(at.to_string(), 11, 22), (format!("localhost:{}", at.port()), 2, 4)]);
}

#[tokio::test]
async fn a_blocked_host_gets_no_more_datagrams() {
    let (at, mut told) = origin("127.0.0.1:0").await;
    let lab = setup(&[at]).start().await;
    let association = Association::open(lab.proxy, "alice").await;
    association.send(at, b"a").await;
    association.receive().await;
    told.recv().await.unwrap();
    let hosts = vec!["127.0.0.1".to_owned()];
    lab.control.edit("alice", |account| account.permit.blocked_hosts = hosts.clone());
    lab.tell(Change::Blocked { customer: CustomerId(1), hosts }).await;
    association.send(at, b"b").await;
    assert!(association.is_silent().await && told.try_recv().is_err());
    lab.gateway.report_now().await;
    assert_eq!(refusals(&lab), [(Reason::DestinationDenied, at.to_string())]);
}

#[tokio::test]
async fn answers_come_only_from_where_he_sent_to() {
    let (at, mut told) = origin("127.0.0.1:0").await;
    let lab = setup(&[at]).start().await;
    let association = Association::open(lab.proxy, "alice").await;
    association.send(at, b"a").await;
    association.receive().await;
    let exit = told.recv().await.unwrap();
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    stranger.send_to(b"unasked", exit).await.unwrap();
    assert!(association.is_silent().await);
}

#[tokio::test]
async fn the_relay_port_is_the_customers_alone() {
    let (at, mut told) = origin("127.0.0.1:0").await;
    let lab = setup(&[at]).start().await;
    let association = Association::open(lab.proxy, "alice").await;
    let stranger = UdpSocket::bind("127.0.0.9:0").await.unwrap();
    stranger.send_to(&udp::datagram(at, b"s"), association.relay).await.unwrap();
    association.send(at, b"a").await;
    association.receive().await;
    // Another port of his address is none of his either, once he has sent.
    let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    other.send_to(&udp::datagram(at, b"o"), association.relay).await.unwrap();
    association.send(at, b"b").await;
    assert_eq!(association.receive().await.1, b"bb");
    assert!(told.recv().await.is_some() && told.recv().await.is_some());
    assert!(told.try_recv().is_err(), "two datagrams came, both his");
}

#[tokio::test]
async fn a_port_that_he_names_is_the_one() {
    let (at, mut told) = origin("127.0.0.1:0").await;
    let lab = setup(&[at]).start().await;
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut tcp = lab.dial().await;
    let (code, relay) = ask(&mut tcp, "alice", socket.local_addr().unwrap()).await;
    assert_eq!(code, 0);
    let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    other.send_to(&udp::datagram(at, b"o"), relay).await.unwrap();
    let association = Association { tcp, socket, relay };
    association.send(at, b"a").await;
    assert_eq!(association.receive().await.1, b"aa");
    assert!(told.recv().await.is_some() && told.try_recv().is_err());
}

#[tokio::test]
async fn it_ends_with_its_tcp_connection() {
    let (at, mut told) = origin("127.0.0.1:0").await;
    let lab = setup(&[at]).start().await;
    let association = Association::open(lab.proxy, "alice").await;
    association.send(at, b"a").await;
    association.receive().await;
    told.recv().await.unwrap();
    drop(association.tcp);
    lab.settle("it ended", |m| m.tunnels.load(Ordering::Relaxed) == 0).await;
    let _ = association.socket.send_to(&udp::datagram(at, b"b"), association.relay).await;
    assert!(tokio::time::timeout(SILENCE, told.recv()).await.is_err());
}

#[tokio::test]
async fn it_ends_when_nothing_is_left_to_spend() {
    let (at, _told) = origin("127.0.0.1:0").await;
    let setup = setup(&[at]);
    let subject =
        Subject { customer: CustomerId(1), account: Some(AccountId(1)), product: ProductType::Dynamic };
    setup.control.fill_purse(subject, 1_000, 1_000);
    let lab = setup.start().await;
    let mut association = Association::open(lab.proxy, "alice").await;
    association.send(at, &[1; 300]).await;
    assert_eq!(association.receive().await.1.len(), 600);
    association.send(at, &[1; 300]).await;
    assert_eq!(association.tcp.rest().await, (Vec::new(), End::Fin));
    lab.gateway.report_now().await;
    let (up, down) = lab.control.counted();
    assert_eq!((up, lab.control.leased()), (600, up + down));
    assert!(up + down <= 1_000 + 600, "at most a datagram too much: {up} {down}");
}

#[tokio::test]
async fn a_disabled_account_resets_it_and_udp_off_ends_it() {
    let (at, _told) = origin("127.0.0.1:0").await;
    let lab = setup(&[at]).start().await;
    let mut association = Association::open(lab.proxy, "alice").await;
    lab.control.tell(Change::Account { account: AccountId(1), running: Revocation::Reset });
    assert_eq!(association.tcp.rest().await.1, End::Rst);
    let mut association = Association::open(lab.proxy, "alice").await;
    association.send(at, b"a").await;
    association.receive().await;
    lab.control.edit("alice", |account| account.permit.udp = false);
    lab.control.tell(Change::Account { account: AccountId(1), running: Revocation::Renew });
    // The gateway has heard of it when a fresh connection is refused.
    let proxy = lab.proxy;
    let refused = async {
        loop {
            let mut wire = Wire::connect(proxy).await;
            if ask(&mut wire, "alice", "0.0.0.0:0".parse().unwrap()).await.0 == 7 {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, refused).await.unwrap();
    association.send(at, b"b").await;
    assert_eq!(association.tcp.rest().await, (Vec::new(), End::Fin));
}

#[tokio::test]
async fn udp_off_ends_one_that_only_receives() {
    let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = server.local_addr().unwrap();
    let lab = setup(&[at]).start().await;
    let mut association = Association::open(lab.proxy, "alice").await;
    association.send(at, b"a").await;
    let (_, exit) = server.recv_from(&mut [0; 16]).await.unwrap();
    server.send_to(b"one", exit).await.unwrap();
    assert_eq!(association.receive().await.1, b"one");
    lab.control.edit("alice", |account| account.permit.udp = false);
    lab.control.tell(Change::Account { account: AccountId(1), running: Revocation::Renew });
    // Nothing is sent any more: the end comes of itself, and with it the end of what is relayed.
    assert_eq!(association.tcp.rest().await, (Vec::new(), End::Fin));
    lab.settle("it ended", |m| m.tunnels.load(Ordering::Relaxed) == 0).await;
    server.send_to(b"two", exit).await.unwrap();
    assert!(association.is_silent().await);
}

/// Wraps what a QUIC client sends into datagrams for the relay, and unwraps what comes back.
async fn shim(association: Association, to: SocketAddr) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = socket.local_addr().unwrap();
    let Association { tcp, socket: outside, relay } = association;
    tokio::spawn(async move {
        let _open = tcp;
        let (mut up, mut down, mut client) = (vec![0; 65_536], vec![0; 65_536], None);
        loop {
            tokio::select! {
                Ok((length, from)) = socket.recv_from(&mut up) => {
                    client = Some(from);
                    let _ = outside.send_to(&udp::datagram(to, &up[..length]), relay).await;
                }
                Ok((length, _)) = outside.recv_from(&mut down) => {
                    let header = udp::header(&down[..length]).unwrap();
                    let _ = socket.send_to(&down[header.length..length], client.unwrap()).await;
                }
            }
        }
    });
    at
}

#[tokio::test]
async fn quic_shakes_hands_and_moves_a_stream() {
    let made = rcgen::generate_simple_self_signed(["quic.test".to_owned()]).unwrap();
    let key = rustls_pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = quinn::ServerConfig::with_single_cert(vec![made.cert.der().clone()], key.into()).unwrap();
    let server = quinn::Endpoint::server(config, "127.0.0.1:0".parse().unwrap()).unwrap();
    let at = server.local_addr().unwrap();
    let serve = tokio::spawn(async move {
        let connection = server.accept().await.unwrap().await.unwrap();
        let (mut send, mut receive) = connection.accept_bi().await.unwrap();
        let got = receive.read_to_end(1 << 20).await.unwrap();
        send.write_all(&got).await.unwrap();
        send.finish().unwrap();
        let from = connection.remote_address();
        connection.closed().await;
        from
    });
    let lab = setup(&[at]).start().await;
    let through = shim(Association::open(lab.proxy, "alice").await, at).await;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let mut client = quinn::Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    client.set_default_client_config(quinn::ClientConfig::with_root_certificates(Arc::new(roots)).unwrap());
    let connection = client.connect(through, "quic.test").unwrap().await.unwrap();
    let (mut send, mut receive) = connection.open_bi().await.unwrap();
    let said: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    send.write_all(&said).await.unwrap();
    send.finish().unwrap();
    assert!(receive.read_to_end(1 << 20).await.unwrap() == said);
    connection.close(0_u32.into(), b"done");
    assert_eq!(serve.await.unwrap().ip().to_string(), "127.0.0.3");
    client.wait_idle().await;
    lab.gateway.report_now().await;
    let (up, down) = lab.control.counted();
    assert!(up > 300_000 && down > 300_000 && lab.control.leased() == up + down, "{up} {down}");
}

#[tokio::test]
async fn each_destination_of_an_association_is_told_to_its_customer() {
    let (origin, _seen) = origin("127.0.0.1:0").await;
    let lab = setup(&[origin]).start().await;
    let ask = lab.gateway.connections();
    let association = Association::open(lab.proxy, "alice").await;
    assert!(ask(CustomerId(1)).await.is_empty(), "nothing was sent yet");
    association.send(origin, b"four").await;
    association.receive().await;
    let told = ask(CustomerId(1)).await;
    let seen: Vec<_> = told.iter().map(|one| (one.kind.name(), one.destination.as_str(), one.up.0)).collect();
    assert_eq!(seen, [("udp", origin.to_string().as_str(), 4)]);
    assert!(ask(CustomerId(2)).await.is_empty());
}
