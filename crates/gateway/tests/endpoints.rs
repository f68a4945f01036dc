//! Ports of extracted endpoints and doors of static addresses (contract sections 6 and 9).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::control::local_exit;
use common::{Account, Lab, Origin, Script, Setup, Wire, auth, eventually};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use tokio::net::TcpStream;
use turnpike_base::time::ManualClock;
use turnpike_base::{ExitId, Timestamp};
use turnpike_gateway::{EndpointPorts, Gateway, StartError};
use turnpike_wire::{Change, Endpoint, ExitRecord, ExitStatus, Pool};

const UNTIL: Timestamp = Timestamp(60_000);

/// Customer `id` behind an address, with an endpoint on an exit.
fn at_endpoint(id: i64, exit: i64) -> Account {
    let mut account = Account::address(id);
    account.permit.endpoint = Some(Endpoint { exit: ExitId(exit), until: UNTIL });
    account
}

/// Two ports of endpoints; exits 2, 3, 4. The customer at 127.0.0.21 leaves from exit 2, the one at .22 from 3.
async fn lab(origins: &[SocketAddr], clock: &Arc<ManualClock>) -> Lab {
    let mut setup = Setup::new(origins);
    setup.config.endpoint_ports = EndpointPorts::Free { count: 2, before: Vec::new() };
    setup.config.loops = 2;
    setup.clock = Arc::clone(clock) as Arc<dyn turnpike_base::Clock>;
    setup.control.put_address("127.0.0.21", at_endpoint(21, 2));
    setup.control.put_address("127.0.0.22", at_endpoint(22, 3));
    setup.start().await
}

fn port(lab: &Lab, n: usize) -> SocketAddr {
    SocketAddr::new(lab.proxy.ip(), lab.gateway.endpoint_ports()[n])
}

async fn get(from: &str, at: SocketAddr, origin: SocketAddr, more: &str) -> common::client::Response {
    let mut wire = Wire::connect_from(from, at).await;
    wire.send(format!("GET http://{origin}/ HTTP/1.1\r\nHost: {origin}\r\n{more}\r\n")).await;
    wire.response().await
}

async fn seen(from: &str, at: SocketAddr, origin: SocketAddr) -> String {
    get(from, at, origin, "").await.body.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn every_protocol_works_without_a_password_on_every_port() {
    let origin = Origin::mirror().await;
    let lab = lab(&[origin.address], &Arc::default()).await;
    let to = origin.address;
    for n in 0..2 {
        let at = port(&lab, n);
        assert_eq!(seen("127.0.0.21", at, to).await, "127.0.0.2");
        // Credentials sent anyway are ignored, however wrong they are.
        for more in [auth("mallory"), "Proxy-Authorization: Basic ?\r\n".into()] {
            assert_eq!(get("127.0.0.21", at, to, &more).await.status, 200, "{more}");
        }
        let mut wire = Wire::connect_from("127.0.0.21", at).await;
        let response = wire.connect_to("mallory", to).await;
        assert!(response.status == 200 && response.field("x-proxy-exit").unwrap().starts_with("id=2;"));
        let mut wire = Wire::connect_from("127.0.0.21", at).await;
        assert_eq!(wire.socks5("mallory", to).await, 0);
        let mut wire = Wire::connect_from("127.0.0.21", at).await;
        wire.send([5, 2, 1, 0]).await;
        wire.expect([5, 0]).await;
        assert_eq!(wire.socks5_connect(to).await, 0);
        let mut wire = Wire::connect_from("127.0.0.21", at).await;
        let mut request = vec![4, 1];
        request.extend(to.port().to_be_bytes());
        request.extend(b"\0\0\0\x01me\x00127.0.0.1\0");
        wire.send(request).await;
        wire.expect([0, 90, 0, 0, 0, 0, 0, 0]).await;
    }
    let asked = lab.control.admissions();
    assert!(
        asked
            .iter()
            .all(|a| a.at_endpoint && a.credentials.is_none() && a.client.to_string() == "127.0.0.21")
    );
}

#[tokio::test]
async fn a_port_stands_for_many_customers_and_refuses_strangers() {
    let origin = Origin::mirror().await;
    let lab = lab(&[origin.address], &Arc::default()).await;
    let (at, to) = (port(&lab, 0), origin.address);
    for _ in 0..3 {
        assert_eq!(seen("127.0.0.21", at, to).await, "127.0.0.2");
        assert_eq!(seen("127.0.0.22", at, to).await, "127.0.0.3");
    }
    assert_eq!(get("127.0.0.23", at, to, &auth("alice")).await.status, 407, "as control says");
    let common = get("127.0.0.1", lab.proxy, to, &auth("alice")).await;
    assert_eq!(common.status, 200, "the common entry is beside it");
}

#[tokio::test]
async fn an_endpoint_moves_once_when_its_exit_dies() {
    let origin = Origin::mirror().await;
    let lab = lab(&[origin.address], &Arc::default()).await;
    let (at, to) = (port(&lab, 0), origin.address);
    assert_eq!(seen("127.0.0.21", at, to).await, "127.0.0.2");
    assert!(lab.control.pins().is_empty(), "control knows where it leaves from");
    let drained = |status| ExitRecord { status, ..local_exit(2, "127.0.0.2".parse().unwrap()) };
    lab.control.tell(Change::Exit(Box::new(drained(ExitStatus::Draining))));
    let mut now = String::from("127.0.0.2");
    while now == "127.0.0.2" {
        now = seen("127.0.0.21", at, to).await;
    }
    let pins = lab.control.pins();
    let ((_, session), pin) = pins.iter().next().unwrap();
    assert_eq!((pins.len(), session.clone()), (1, format!("@{}@60000", at.port())));
    assert_eq!((pin.until, format!("127.0.0.{}", pin.exit)), (UNTIL, now.clone()));
    lab.control.tell(Change::Exit(Box::new(drained(ExitStatus::Enabled))));
    for _ in 0..5 {
        assert_eq!(seen("127.0.0.21", at, to).await, now, "it does not go back");
    }
}

#[tokio::test]
async fn an_endpoint_leaves_a_static_address_that_is_sold() {
    let (origin, echo) = (Origin::mirror().await, Origin::echo().await);
    let mut setup = Setup::new(&[origin.address, echo.address]);
    setup.config.endpoint_ports = EndpointPorts::Free { count: 1, before: Vec::new() };
    setup.clock = Arc::new(ManualClock::default());
    [held(2, "127.0.0.2"), held(3, "127.0.0.3")].into_iter().for_each(|exit| setup.control.put_exit(exit));
    let mut customer = at_endpoint(21, 2);
    customer.permit.pool = Pool::Static;
    setup.control.put_address("127.0.0.21", customer);
    let lab = setup.start().await;
    let (at, to) = (port(&lab, 0), origin.address);
    assert_eq!(seen("127.0.0.21", at, to).await, "127.0.0.2");
    let mut running = Wire::connect_from("127.0.0.21", at).await;
    assert_eq!(running.connect_to("", echo.address).await.status, 200);
    let sold = ExitRecord { pools: Vec::new(), ..held(2, "127.0.0.2") };
    lab.tell(Change::Exit(Box::new(sold))).await;
    assert_eq!(running.rest().await.1, common::client::End::Rst);
    assert_eq!(seen("127.0.0.21", at, to).await, "127.0.0.3");
}

#[tokio::test]
async fn after_its_life_it_refuses_and_running_connections_stay() {
    let origin = Origin::echo().await;
    let clock = Arc::new(ManualClock::default());
    let lab = lab(&[origin.address], &clock).await;
    let (at, to) = (port(&lab, 0), origin.address);
    let mut running = Wire::connect_from("127.0.0.21", at).await;
    assert_eq!(running.connect_to("", to).await.status, 200);
    clock.advance_ms(UNTIL.0 - 1);
    let mut last = Wire::connect_from("127.0.0.21", at).await;
    assert_eq!(last.connect_to("", to).await.status, 200);
    clock.advance_ms(1);
    let mut late = Wire::connect_from("127.0.0.21", at).await;
    let refused = late.connect_to("", to).await;
    assert_eq!((refused.status, refused.field("x-proxy-error")), (403, Some("not_allowed")));
    assert!(refused.body.contains("life is over"), "{refused:?}");
    running.send("still here").await;
    running.expect("still here").await;
}

fn held(id: i64, ip: &str) -> ExitRecord {
    ExitRecord { pools: vec![Pool::Static], ..local_exit(id, ip.parse().unwrap()) }
}

#[tokio::test]
async fn static_addresses_are_listened_on_as_they_come_and_go() {
    let origin = Origin::mirror().await;
    let setup = Setup::new(&[origin.address]);
    setup.control.put_exit(held(9, "127.0.0.91"));
    let lab = setup.start().await;
    let dial = |ip: &str| SocketAddr::new(ip.parse().unwrap(), lab.proxy.port());
    assert_eq!(get("127.0.0.1", dial("127.0.0.91"), origin.address, &auth("alice")).await.status, 200);
    let asked = lab.control.admissions();
    assert!(asked.last().is_some_and(|a| a.dialled == dial("127.0.0.91") && !a.at_endpoint));
    assert!(TcpStream::connect(dial("127.0.0.2")).await.is_err(), "exits that rotate have no door");
    lab.control.tell(Change::Exit(Box::new(held(10, "127.0.0.92"))));
    let is_open = |at: SocketAddr| std::net::TcpStream::connect(at).is_ok();
    eventually("the new one is open", || is_open(dial("127.0.0.92"))).await;
    lab.control.tell(Change::ExitGone(ExitId(9)));
    eventually("the old one is shut", || !is_open(dial("127.0.0.91"))).await;
    assert!(is_open(dial("127.0.0.92")));
    // No way into this machine's own listeners.
    let own = get("127.0.0.1", lab.proxy, dial("127.0.0.92"), &auth("alice")).await;
    assert_eq!((own.status, own.field("x-proxy-error")), (403, Some("destination_denied")));
}

#[tokio::test]
async fn a_static_address_that_comes_later_gets_its_door() {
    let origin = Origin::mirror().await;
    let lab = Setup::new(&[origin.address]).start().await;
    let at = SocketAddr::new("127.0.0.93".parse().unwrap(), lab.proxy.port());
    // As long as somebody else has the address and port, the gateway can't listen there.
    let other = TcpListener::bind(at).unwrap();
    lab.tell(Change::Exit(Box::new(held(11, "127.0.0.93")))).await;
    lab.tell(Change::Exit(Box::new(held(12, "127.0.0.94")))).await;
    let is_open = |at: SocketAddr| std::net::TcpStream::connect(at).is_ok();
    let next = SocketAddr::new("127.0.0.94".parse().unwrap(), at.port());
    eventually("the second exit's door is open", || is_open(next)).await;
    drop(other);
    eventually("the first one's opens, too", || is_open(at)).await;
    assert_eq!(get("127.0.0.1", at, origin.address, &auth("alice")).await.status, 200);
    lab.control.tell(Change::ExitGone(ExitId(11)));
    eventually("it is shut with its exit", || !is_open(at)).await;
}

async fn start(ports: EndpointPorts) -> Result<turnpike_gateway::Running, StartError> {
    let Setup { mut config, control, clock } = Setup::new(&[]);
    config.endpoint_ports = ports;
    Gateway::start(config, Arc::new(control) as Arc<Script>, clock).await
}

#[tokio::test]
async fn ports_that_are_taken_are_told_together() {
    let taken = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let ports: Vec<u16> = taken.iter().map(|l| l.local_addr().unwrap().port()).collect();
    let error = start(EndpointPorts::These(ports.clone())).await.err().unwrap().to_string();
    assert!(ports.iter().all(|port| error.contains(&format!("127.0.0.1:{port}: "))), "{error}");
}

#[tokio::test]
async fn usual_ports_are_used_as_far_as_they_are_free() {
    let [taken, free] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let ports = [&taken, &free].map(|l| l.local_addr().unwrap().port());
    assert!(start(EndpointPorts::Among(ports.to_vec())).await.is_err(), "none is free");
    drop(free);
    let running = start(EndpointPorts::Among(ports.to_vec())).await.unwrap();
    assert_eq!(running.endpoint_ports(), [ports[1]]);
}

#[tokio::test]
async fn free_ports_are_the_same_again_as_far_as_they_are_free() {
    let one = start(EndpointPorts::Free { count: 5, before: Vec::new() }).await.unwrap();
    let mut before = one.endpoint_ports().to_vec();
    assert!(start(EndpointPorts::These(before.clone())).await.is_err(), "nobody listens beside it");
    one.drain(std::time::Duration::ZERO).await;
    let _taken = TcpListener::bind(("127.0.0.1", before[4])).unwrap();
    let two = start(EndpointPorts::Free { count: 5, before: before.clone() }).await.unwrap();
    let last = before.pop().unwrap();
    assert!(before.iter().all(|port| two.endpoint_ports().contains(port)));
    assert!(two.endpoint_ports().len() == 5 && !two.endpoint_ports().contains(&last));
}
