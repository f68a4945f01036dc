//! Associations as customers have them, and origins that speak UDP.

use super::control::local_exit;
use super::{Account, PATIENCE, Script, Setup, Wire};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::UdpSocket;
use turnpike_proxyproto::udp;

/// Long enough for a datagram to come that should not.
pub(crate) const SILENCE: Duration = Duration::from_millis(150);

pub(crate) fn with_udp(mut account: Account) -> Account {
    account.permit.udp = true;
    account
}

/// Alice may use UDP from 127.0.0.3, bob may not.
pub(crate) fn setup(origins: &[SocketAddr]) -> Setup {
    let mut setup = Setup::new(origins);
    setup.control = Script::default();
    setup.control.put_account("alice", with_udp(Account::new(1)));
    setup.control.put_account("bob", Account::new(2));
    setup.control.put_exit(local_exit(3, "127.0.0.3".parse().unwrap()));
    setup
}

/// A customer's side: the TCP connection, and the relay port.
pub(crate) struct Association {
    pub(crate) tcp: Wire,
    pub(crate) socket: UdpSocket,
    pub(crate) relay: SocketAddr,
}

pub(crate) async fn ask(tcp: &mut Wire, username: &str, from: SocketAddr) -> (u8, SocketAddr) {
    tcp.send([5, 1, 2]).await;
    tcp.expect([5, 2]).await;
    let mut login = vec![1, u8::try_from(username.len()).unwrap()];
    login.extend(username.as_bytes());
    login.extend(b"\x06secret");
    tcp.send(login).await;
    tcp.expect([1, 0]).await;
    // The address type, address and port of a datagram's header are those of a request.
    let mut request = udp::datagram(from, b"");
    request[..3].copy_from_slice(&[5, 3, 0]);
    tcp.send(request).await;
    let head = tcp.read(4).await;
    let rest = tcp.read(if head[3] == 4 { 18 } else { 6 }).await;
    let (ip, port) = rest.split_at(rest.len() - 2);
    let ip: IpAddr = match ip.len() {
        4 => <[u8; 4]>::try_from(ip).unwrap().into(),
        _ => <[u8; 16]>::try_from(ip).unwrap().into(),
    };
    (head[1], SocketAddr::new(ip, u16::from_be_bytes([port[0], port[1]])))
}

impl Association {
    pub(crate) async fn open(proxy: SocketAddr, username: &str) -> Self {
        let any = if proxy.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let mut tcp = Wire::connect(proxy).await;
        let (code, relay) = ask(&mut tcp, username, any.parse().unwrap()).await;
        assert_eq!(code, 0);
        let socket = UdpSocket::bind(SocketAddr::new(proxy.ip(), 0)).await.unwrap();
        Self { tcp, socket, relay }
    }

    pub(crate) async fn send(&self, to: SocketAddr, data: &[u8]) {
        self.socket.send_to(&udp::datagram(to, data), self.relay).await.unwrap();
    }

    pub(crate) async fn send_to_localhost(&self, port: u16, data: &[u8]) {
        let mut datagram = vec![0, 0, 0, 3, 9];
        datagram.extend(b"localhost");
        datagram.extend(port.to_be_bytes());
        datagram.extend(data);
        self.socket.send_to(&datagram, self.relay).await.unwrap();
    }

    /// The next answer: from where, and what.
    pub(crate) async fn receive(&self) -> (SocketAddr, Vec<u8>) {
        let mut buffer = vec![0; 65_536];
        let received = tokio::time::timeout(PATIENCE, self.socket.recv_from(&mut buffer));
        let (length, relay) = received.await.expect("no datagram comes").unwrap();
        assert_eq!(relay, self.relay);
        let header = udp::header(&buffer[..length]).unwrap();
        assert_eq!(header.fragment, 0);
        let from = SocketAddr::new(header.destination.host.parse().unwrap(), header.destination.port);
        (from, buffer[header.length..length].to_vec())
    }

    pub(crate) async fn is_silent(&self) -> bool {
        tokio::time::timeout(SILENCE, self.socket.recv_from(&mut [0; 64])).await.is_err()
    }
}

/// Answers each datagram with its own bytes twice; tells who sent.
pub(crate) async fn origin(at: &str) -> (SocketAddr, tokio::sync::mpsc::UnboundedReceiver<SocketAddr>) {
    let socket = UdpSocket::bind(at).await.unwrap();
    let address = socket.local_addr().unwrap();
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut buffer = vec![0; 65_536];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let _ = tell.send(from);
            let _ = socket.send_to(&buffer[..length].repeat(2), from).await;
        }
    });
    (address, told)
}
