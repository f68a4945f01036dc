//! A laboratory for whole gateways: a scripted control, origins on 127.0.0.1, exits on 127.0.0.x and raw
//! sockets as customers.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod client;
pub(crate) mod control;
pub(crate) mod origin;
pub(crate) mod tls;
pub(crate) mod udp;

pub(crate) use client::Wire;
pub(crate) use control::{Account, Script};
pub(crate) use origin::Origin;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use turnpike_base::{Clock, Timestamp};
use turnpike_gateway::{Config, Destinations, EndpointPorts, Gateway, Running, Timeouts};
use turnpike_wire::{Change, GatewayId};

/// Longer than anything may take here.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway at work and its scripted control.
pub(crate) struct Lab {
    pub(crate) control: Arc<Script>,
    pub(crate) gateway: Running,
    pub(crate) proxy: SocketAddr,
}

/// What a lab is made of, to be changed before it starts.
pub(crate) struct Setup {
    pub(crate) control: Script,
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Setup {
    /// One loop on 127.0.0.1; account `alice` with password `secret` and exits 2, 3, 4 on 127.0.0.2 to .4.
    /// These origins may be reached.
    pub(crate) fn new(origins: &[SocketAddr]) -> Self {
        let control = Script::default();
        control.put_account("alice", Account::new(1));
        for last in 2..=4 {
            control.put_exit(control::local_exit(i64::from(last), IpAddr::from([127, 0, 0, last])));
        }
        let config = Config {
            id: GatewayId("lab".into()),
            start: 1,
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            endpoint_ports: EndpointPorts::default(),
            loops: 1,
            tls: None,
            balancers: Vec::new(),
            destinations: Destinations { allow_private: false, exempt: origins.to_vec(), closed: Vec::new() },
            timeouts: Timeouts::default(),
            journal: None,
            udp_address: None,
            address_page: None,
            probes_per_second: 50,
        };
        Self { clock: Arc::clone(&control.clock) as Arc<dyn Clock>, control, config }
    }

    /// Starts it.
    pub(crate) async fn start(self) -> Lab {
        Lab::resume(Arc::new(self.control), self.config, self.clock).await
    }
}

impl Lab {
    /// The usual lab for one origin.
    pub(crate) async fn at(origin: &Origin) -> Self {
        Setup::new(&[origin.address]).start().await
    }

    /// Starts a gateway of a control that may have seen others.
    pub(crate) async fn resume(control: Arc<Script>, config: Config, clock: Arc<dyn Clock>) -> Self {
        let asked = Arc::clone(&control) as Arc<dyn turnpike_wire::Control>;
        let gateway = Gateway::start(config, asked, clock).await.unwrap();
        let proxy = gateway.addresses()[0];
        Self { control, gateway, proxy }
    }

    /// A fresh client connection.
    pub(crate) async fn dial(&self) -> Wire {
        Wire::connect(self.proxy).await
    }

    /// A tunnel by CONNECT as `username` with password `secret`.
    pub(crate) async fn tunnel(&self, username: &str, to: SocketAddr) -> Wire {
        let mut wire = self.dial().await;
        let response = wire.connect_to(username, to).await;
        assert_eq!(response.status, 200, "{response:?}");
        wire.reset_counts();
        wire
    }

    /// What time it is here.
    pub(crate) fn now(&self) -> Timestamp {
        self.control.clock.now()
    }

    /// Tells of a change; returns when the gateway has taken it in.
    pub(crate) async fn tell(&self, change: Change) {
        match &change {
            Change::Exit(record) => self.control.put_exit((**record).clone()),
            Change::ExitGone(exit) => self.control.drop_exit(*exit),
            _ => {}
        }
        let greeted = self.control.hellos().len();
        self.control.tell(change);
        // Changes are taken in one after the other, and this one makes the gateway say hello.
        self.control.tell(Change::Rules);
        eventually("the change is taken in", || self.control.hellos().len() > greeted).await;
    }

    /// Waits until a gauge shows a value.
    pub(crate) async fn settle(&self, what: &str, reached: impl Fn(&turnpike_gateway::Metrics) -> bool) {
        let metrics = self.gateway.metrics();
        eventually(what, || reached(&metrics)).await;
    }
}

/// Waits until something holds that nothing announces.
pub(crate) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let poll = async {
        let mut beat = tokio::time::interval(Duration::from_millis(5));
        while !holds() {
            beat.tick().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, poll).await.is_ok(), "never: {what}");
}

/// `Proxy-Authorization` line for a username with password `secret`.
pub(crate) fn auth(username: &str) -> String {
    use base64::Engine;
    let coded = base64::engine::general_purpose::STANDARD.encode(format!("{username}:secret"));
    format!("Proxy-Authorization: Basic {coded}\r\n")
}
