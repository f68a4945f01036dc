//! Parent proxies: HTTP CONNECT (RFC 9110 section 9.3.6) and SOCKS5 (RFC 1928) with credentials.

use crate::dial::DialError;
use crate::shared::Shared;
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use turnpike_proxyproto::{HostPort, Malformed, Parsed, basic, head, socks};
use turnpike_wire::{ExitKind, ParentProtocol, Reason};

type Credentials = Option<(String, String)>;

/// The longest answer read from a parent before the tunnel begins.
const LONGEST_ANSWER: usize = 16 * 1_024;

/// Connects to the parent itself. It gets a third of the time for a connect: a parent that does not answer
/// is the exit's fault, and there has to be time left for another exit.
pub(crate) async fn reach(shared: &Shared, host: &str, port: u16) -> io::Result<TcpStream> {
    let most = shared.config.timeouts.connect / 3;
    let late = |_| io::Error::new(io::ErrorKind::TimedOut, "the parent does not answer");
    tokio::time::timeout(most, connect_to(shared, host, port)).await.map_err(late)?
}

async fn connect_to(shared: &Shared, host: &str, port: u16) -> io::Result<TcpStream> {
    let not_found = |_| io::Error::new(io::ErrorKind::NotFound, "the parent's name does not resolve");
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for ip in shared.resolver.addresses(host).await.map_err(not_found)? {
        match TcpStream::connect(SocketAddr::new(ip, port)).await {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Connects to a destination through a parent.
pub(crate) async fn connect(shared: &Shared, kind: &ExitKind, to: &HostPort) -> Result<TcpStream, DialError> {
    let ExitKind::Upstream { protocol, host, port, credentials, .. } = kind else {
        return Err(DialError::Exit("not an upstream".into()));
    };
    let stream = reach(shared, host, *port).await.map_err(exit_fault)?;
    match protocol {
        ParentProtocol::Http => through_http(stream, credentials, to).await,
        ParentProtocol::Socks5 => through_socks5(stream, credentials, to).await,
    }
}

fn exit_fault(error: impl std::fmt::Display) -> DialError {
    DialError::Exit(error.to_string())
}

async fn through_http(
    mut stream: TcpStream,
    credentials: &Credentials,
    to: &HostPort,
) -> Result<TcpStream, DialError> {
    let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n");
    if let Some((name, secret)) = credentials {
        request.push_str(&format!("Proxy-Authorization: {}\r\n", basic::encode(name, secret)));
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).await.map_err(exit_fault)?;
    let answer = |bytes: &[u8]| match head::response(bytes, "CONNECT")? {
        Parsed::Done(answer, used) => Ok(Parsed::Done(answer.status, used)),
        Parsed::Incomplete => Ok(Parsed::Incomplete),
    };
    match expect(&mut stream, answer).await? {
        200..=299 => Ok(stream),
        // The parent could not reach it either: RFC 9110 section 15.6.
        502..=504 => Err(Reason::DestinationFailed.into()),
        status => Err(DialError::Exit(format!("the parent answers {status}"))),
    }
}

async fn through_socks5(
    mut stream: TcpStream,
    credentials: &Credentials,
    to: &HostPort,
) -> Result<TcpStream, DialError> {
    let method = if credentials.is_some() { socks::method::PASSWORD } else { socks::method::NONE };
    stream.write_all(&[5, 1, method]).await.map_err(exit_fault)?;
    let chosen =
        expect(&mut stream, |b| Ok(if b.len() < 2 { Parsed::Incomplete } else { Parsed::Done(b[1], 2) }))
            .await?;
    if chosen != method {
        return Err(DialError::Exit("the parent refuses the authentication method".into()));
    }
    if let Some((name, secret)) = credentials {
        stream.write_all(&socks::password_request(name, secret)).await.map_err(exit_fault)?;
        let status =
            expect(&mut stream, |b| Ok(if b.len() < 2 { Parsed::Incomplete } else { Parsed::Done(b[1], 2) }))
                .await?;
        if status != 0 {
            return Err(DialError::Exit("the parent refuses the credentials".into()));
        }
    }
    stream.write_all(&socks::connect_request(to)).await.map_err(exit_fault)?;
    match expect(&mut stream, socks::parent_reply).await? {
        0 => Ok(stream),
        3..=5 => Err(Reason::DestinationFailed.into()),
        code => Err(DialError::Exit(format!("the parent answers SOCKS reply {code}"))),
    }
}

/// Reads exactly one message: a byte more would be the origin's, and lost. One byte at a time is fine
/// for a few dozen bytes once per connection.
async fn expect<T>(
    stream: &mut TcpStream,
    parse: impl Fn(&[u8]) -> Result<Parsed<T>, Malformed>,
) -> Result<T, DialError> {
    let mut seen = Vec::with_capacity(256);
    loop {
        seen.push(stream.read_u8().await.map_err(exit_fault)?);
        match parse(&seen).map_err(exit_fault)? {
            Parsed::Done(value, _) => return Ok(value),
            Parsed::Incomplete if seen.len() > LONGEST_ANSWER => {
                return Err(DialError::Exit("the parent's answer is too long".into()));
            }
            Parsed::Incomplete => {}
        }
    }
}
