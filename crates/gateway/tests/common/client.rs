//! A customer with a raw socket.

use super::{PATIENCE, auth};
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// Either end of a stream.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send {}
impl<T: AsyncRead + AsyncWrite + Send> Stream for T {}

/// A client connection that counts its bytes.
pub(crate) struct Wire {
    stream: Pin<Box<dyn Stream>>,
    pub(crate) sent: usize,
    pub(crate) received: usize,
}

/// A response, its body as it came.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    /// A field's value.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        field(&self.head, name)
    }
}

/// The value of a field in a head.
pub(crate) fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Fin,
    Rst,
}

impl Wire {
    pub(crate) fn over(stream: impl Stream + 'static) -> Self {
        Self { stream: Box::pin(stream), sent: 0, received: 0 }
    }

    pub(crate) async fn connect(to: SocketAddr) -> Self {
        Self::over(TcpStream::connect(to).await.unwrap())
    }

    /// Connects from a given address.
    pub(crate) async fn connect_from(from: &str, to: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
        Self::over(socket.connect(to).await.unwrap())
    }

    pub(crate) fn reset_counts(&mut self) {
        (self.sent, self.received) = (0, 0);
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        assert!(self.try_send(bytes).await.is_ok(), "the proxy does not take more");
    }

    pub(crate) async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        let bytes = bytes.as_ref();
        let all = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        tokio::time::timeout(PATIENCE, all).await.expect("the proxy takes nothing")?;
        self.sent += bytes.len();
        Ok(())
    }

    pub(crate) async fn read(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let read = tokio::time::timeout(PATIENCE, self.stream.read_exact(&mut bytes)).await;
        read.expect("nothing comes").expect("the bytes");
        self.received += count;
        bytes
    }

    pub(crate) async fn expect(&mut self, bytes: impl AsRef<[u8]>) {
        let got = self.read(bytes.as_ref().len()).await;
        assert_eq!(String::from_utf8_lossy(&got), String::from_utf8_lossy(bytes.as_ref()));
    }

    /// FIN.
    pub(crate) async fn finish(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// Everything up to the end, and how it ended.
    pub(crate) async fn rest(&mut self) -> (Vec<u8>, End) {
        let mut bytes = Vec::new();
        let read = self.stream.read_to_end(&mut bytes);
        let end = match tokio::time::timeout(PATIENCE, read).await.expect("no end comes") {
            Ok(_) => End::Fin,
            Err(_) => End::Rst,
        };
        self.received += bytes.len();
        (bytes, end)
    }

    /// Whether nothing comes for a while.
    pub(crate) async fn is_silent(&mut self, time: Duration) -> bool {
        let mut byte = [0];
        tokio::time::timeout(time, self.stream.read(&mut byte)).await.is_err()
    }

    pub(crate) async fn head(&mut self) -> String {
        let head = super::origin::read_until(&mut self.stream, b"\r\n\r\n");
        let head = tokio::time::timeout(PATIENCE, head).await.expect("no head comes").expect("a head");
        self.received += head.len();
        String::from_utf8(head).unwrap()
    }

    /// Reads a response to a request that was not HEAD.
    pub(crate) async fn response(&mut self) -> Response {
        let head = self.head().await;
        let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = if let Some(length) = field(&head, "content-length").filter(|_| status != 304) {
            self.read(length.parse().unwrap()).await
        } else if field(&head, "transfer-encoding").is_some() {
            let body = super::origin::read_until(&mut self.stream, b"0\r\n").await.unwrap();
            let tail = super::origin::read_until(&mut self.stream, b"\r\n").await.unwrap();
            let mut body = [body, tail].concat();
            while !body.ends_with(b"\r\n\r\n") {
                body.push(self.stream.read_u8().await.unwrap());
            }
            self.received += body.len();
            body
        } else {
            Vec::new()
        };
        Response { status, head, body: String::from_utf8(body).unwrap() }
    }

    /// CONNECT with credentials.
    pub(crate) async fn connect_to(&mut self, username: &str, to: SocketAddr) -> Response {
        self.send(format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{}\r\n", auth(username))).await;
        let head = self.head().await;
        let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = match field(&head, "content-length") {
            Some(length) => self.read(length.parse().unwrap()).await,
            None => Vec::new(),
        };
        Response { status, head, body: String::from_utf8(body).unwrap() }
    }

    /// A forwarded request of alice's.
    pub(crate) async fn get(&mut self, origin: SocketAddr, path: &str, more: &str) -> Response {
        self.ask("alice", origin, path, more).await
    }

    /// A forwarded GET of an account's.
    pub(crate) async fn ask(
        &mut self,
        username: &str,
        origin: SocketAddr,
        path: &str,
        more: &str,
    ) -> Response {
        let auth = auth(username);
        self.send(format!("GET http://{origin}{path} HTTP/1.1\r\nHost: {origin}\r\n{auth}{more}\r\n")).await;
        self.response().await
    }

    /// SOCKS5 with a username and password `secret`; the reply code to CONNECT.
    pub(crate) async fn socks5(&mut self, username: &str, to: SocketAddr) -> u8 {
        self.send([5, 2, 0, 2]).await;
        self.expect([5, 2]).await;
        let mut message = vec![1, u8::try_from(username.len()).unwrap()];
        message.extend(username.as_bytes());
        message.extend(b"\x06secret");
        self.send(message).await;
        if self.read(2).await[1] != 0 {
            return u8::MAX;
        }
        self.socks5_connect(to).await
    }

    /// The CONNECT of SOCKS5; its reply code.
    pub(crate) async fn socks5_connect(&mut self, to: SocketAddr) -> u8 {
        let mut request = vec![5, 1, 0];
        match to.ip() {
            std::net::IpAddr::V4(ip) => {
                request.push(1);
                request.extend(ip.octets());
            }
            std::net::IpAddr::V6(ip) => {
                request.push(4);
                request.extend(ip.octets());
            }
        }
        request.extend(to.port().to_be_bytes());
        self.send(request).await;
        let reply = self.read(4).await;
        self.read(if reply[3] == 4 { 18 } else { 6 }).await;
        reply[1]
    }
}
