//! Opens a tunnel through a proxy, in the way that proxy speaks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Name and password.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) name: String,
    pub(crate) password: String,
}

impl Login {
    /// The header line for HTTP proxies.
    fn header(&self) -> String {
        let token = STANDARD.encode(format!("{}:{}", self.name, self.password));
        format!("Proxy-Authorization: Basic {token}\r\n")
    }
}

/// What a proxy speaks.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// Nothing: every connection goes to the one origin.
    Raw,
    /// HTTP: CONNECT, and absolute-form requests.
    Http(Login),
    /// SOCKS5, with a password unless the proxy asks for none.
    Socks5(Option<Login>),
}

/// A way to the origin, with the bytes of the handshake made once.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    proxy: SocketAddr,
    steps: Vec<Step>,
    /// A whole GET request for this route.
    pub(crate) get: Vec<u8>,
    /// Whether requests go to the proxy itself, not through a tunnel.
    pub(crate) forwards: bool,
}

/// Bytes to send and what has to come back.
#[derive(Clone, Debug)]
struct Step {
    send: Vec<u8>,
    answer: Answer,
}

#[derive(Clone, Copy, Debug)]
enum Answer {
    /// Exactly that many bytes, of which the second is this.
    Bytes(usize, u8),
    /// An HTTP head with status 200.
    Head,
}

impl Route {
    /// From the load through a proxy to an origin; both are IPv4 addresses of this machine.
    pub(crate) fn new(entry: &Entry, proxy: SocketAddr, origin: SocketAddr) -> Self {
        let (steps, header) = match entry {
            Entry::Raw => (Vec::new(), String::new()),
            Entry::Http(login) => {
                let header = login.header();
                let head = format!("CONNECT {origin} HTTP/1.1\r\nHost: {origin}\r\n{header}\r\n");
                (vec![Step { send: head.into_bytes(), answer: Answer::Head }], header)
            }
            Entry::Socks5(login) => (socks5(login.as_ref(), origin), String::new()),
        };
        // The same bytes for those that only pass them on, so that all origins do the same work.
        let header = if header.is_empty() { filler().header() } else { header };
        let get = format!("GET http://{origin}/ HTTP/1.1\r\nHost: {origin}\r\nAccept: */*\r\n{header}\r\n");
        let forwards = matches!(entry, Entry::Http(_));
        Self { proxy, steps, get: get.into_bytes(), forwards }
    }

    /// Connects to the proxy.
    pub(crate) async fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(self.proxy).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// Connects to the proxy and through it to the origin.
    pub(crate) async fn open(&self) -> io::Result<TcpStream> {
        let mut stream = self.connect().await?;
        for step in &self.steps {
            stream.write_all(&step.send).await?;
            match step.answer {
                Answer::Bytes(count, code) => granted(&mut stream, count, code).await?,
                Answer::Head => head(&mut stream).await?,
            }
        }
        Ok(stream)
    }
}

fn filler() -> Login {
    Login { name: "u".repeat(12), password: "p".repeat(16) }
}

fn socks5(login: Option<&Login>, origin: SocketAddr) -> Vec<Step> {
    let method = if login.is_some() { 2 } else { 0 };
    let mut steps = vec![Step { send: vec![5, 1, method], answer: Answer::Bytes(2, method) }];
    if let Some(login) = login {
        let mut send = vec![1];
        for field in [&login.name, &login.password] {
            send.push(u8::try_from(field.len()).unwrap_or(u8::MAX));
            send.extend(field.bytes().take(255));
        }
        steps.push(Step { send, answer: Answer::Bytes(2, 0) });
    }
    let mut send = vec![5, 1, 0, 1];
    if let SocketAddr::V4(at) = origin {
        send.extend(at.ip().octets());
    }
    send.extend(origin.port().to_be_bytes());
    steps.push(Step { send, answer: Answer::Bytes(10, 0) });
    steps
}

async fn granted(stream: &mut TcpStream, count: usize, code: u8) -> io::Result<()> {
    let mut answer = [0; 10];
    stream.read_exact(&mut answer[..count]).await?;
    if answer[1] == code { Ok(()) } else { Err(io::Error::other(format!("SOCKS refusal {}", answer[1]))) }
}

/// Reads a head byte-exactly: the origin says nothing before it is asked.
async fn head(stream: &mut TcpStream) -> io::Result<()> {
    let mut answer = Vec::with_capacity(1_024);
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() > 64 * 1_024 || stream.read_buf(&mut answer).await? == 0 {
            return Err(io::Error::other("the proxy's answer to CONNECT is cut off"));
        }
    }
    if answer.get(9..12) == Some(b"200") {
        return Ok(());
    }
    let line = answer.split(|b| *b == b'\r').next().unwrap_or_default();
    Err(io::Error::other(format!("CONNECT was refused: {}", String::from_utf8_lossy(line))))
}
