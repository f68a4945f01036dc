//! Parent proxies: HTTP CONNECT (RFC 9110 section 9.3.6) and SOCKS5 (RFC 1928) with credentials.

use crate::dial::DialError;
use crate::shared::Shared;
use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use turnpike_proxyproto::{HostPort, Malformed, Parsed, basic, head, socks};
use turnpike_wire::{ExitKind, ParentProtocol, Reason};

type Credentials = Option<(String, String)>;

/// The longest answer read from a parent before the tunnel begins.
const LONGEST_ANSWER: usize = 16 * 1_024;

/// What probes ask an HTTP parent for: a name that never resolves (RFC 6761 section 6.4), so that any parent that
/// lives and takes the credentials says so without reaching out.
const NOWHERE: &str = "probe.invalid";

/// Each step that only the parent takes part in has a third of the time for a connect: a parent that does not
/// answer then is an exit that failed, and there has to be time left for another one.
async fn in_time<T, E: Display>(
    shared: &Shared,
    step: impl Future<Output = Result<T, E>>,
) -> Result<T, DialError> {
    match tokio::time::timeout(shared.config.timeouts.connect / 3, step).await {
        Ok(done) => done.map_err(exit_fault),
        Err(_) => Err(exit_fault("the parent does not answer")),
    }
}

/// The last step, in which the parent reaches out, has half of the time; whose fault silence is, nobody knows.
async fn or_silent<T>(
    shared: &Shared,
    step: impl Future<Output = Result<T, DialError>>,
) -> Result<T, DialError> {
    let most = shared.config.timeouts.connect / 2;
    tokio::time::timeout(most, step).await.unwrap_or(Err(DialError::Silent))
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
    let mut stream = in_time(shared, connect_to(shared, host, *port)).await?;
    let code = match protocol {
        ParentProtocol::Http => {
            let status = or_silent(shared, ask_http(&mut stream, credentials, to)).await?;
            match status {
                200..=299 => return Ok(stream),
                // The parent could not reach it either: RFC 9110 section 15.6.
                502..=504 => return Err(Reason::DestinationFailed.into()),
                status => status,
            }
        }
        ParentProtocol::Socks5 => {
            greet_socks5(shared, &mut stream, credentials).await?;
            match or_silent(shared, ask_socks5(&mut stream, to)).await? {
                0 => return Ok(stream),
                3..=5 => return Err(Reason::DestinationFailed.into()),
                code => u16::from(code),
            }
        }
    };
    Err(DialError::Exit(format!("the parent answers {code}")))
}

/// Whether the parent could serve: it answers, and takes the credentials.
pub(crate) async fn probe(shared: &Shared, kind: &ExitKind) -> Result<(), DialError> {
    let ExitKind::Upstream { protocol, host, port, credentials, .. } = kind else {
        return Err(DialError::Exit("not an upstream".into()));
    };
    let mut stream = in_time(shared, connect_to(shared, host, *port)).await?;
    match protocol {
        ParentProtocol::Http => {
            let nowhere = HostPort { host: NOWHERE.into(), port: 80 };
            let asked =
                async { ask_http(&mut stream, credentials, &nowhere).await.map_err(DialError::into_text) };
            match in_time(shared, asked).await? {
                status @ (407 | 500 | 501 | 505..) => {
                    Err(DialError::Exit(format!("the parent answers {status}")))
                }
                _ => Ok(()),
            }
        }
        ParentProtocol::Socks5 => greet_socks5(shared, &mut stream, credentials).await,
    }
}

fn exit_fault(error: impl Display) -> DialError {
    DialError::Exit(error.to_string())
}

/// Sends CONNECT and gives the status of the answer.
async fn ask_http(
    stream: &mut TcpStream,
    credentials: &Credentials,
    to: &HostPort,
) -> Result<u16, DialError> {
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
    expect(stream, answer).await
}

/// Agrees on the method, and proves who we are.
async fn greet_socks5(
    shared: &Shared,
    stream: &mut TcpStream,
    credentials: &Credentials,
) -> Result<(), DialError> {
    let greeting = async { greet(stream, credentials).await.map_err(DialError::into_text) };
    in_time(shared, greeting).await
}

async fn greet(stream: &mut TcpStream, credentials: &Credentials) -> Result<(), DialError> {
    let second =
        |bytes: &[u8]| Ok(if bytes.len() < 2 { Parsed::Incomplete } else { Parsed::Done(bytes[1], 2) });
    let method = if credentials.is_some() { socks::method::PASSWORD } else { socks::method::NONE };
    stream.write_all(&[5, 1, method]).await.map_err(exit_fault)?;
    if expect(stream, second).await? != method {
        return Err(DialError::Exit("the parent refuses the authentication method".into()));
    }
    if let Some((name, secret)) = credentials {
        stream.write_all(&socks::password_request(name, secret)).await.map_err(exit_fault)?;
        if expect(stream, second).await? != 0 {
            return Err(DialError::Exit("the parent refuses the credentials".into()));
        }
    }
    Ok(())
}

/// Sends the request and gives the reply's code.
async fn ask_socks5(stream: &mut TcpStream, to: &HostPort) -> Result<u8, DialError> {
    stream.write_all(&socks::connect_request(to)).await.map_err(exit_fault)?;
    expect(stream, socks::parent_reply).await
}

/// Reads exactly one message: a byte more would be the origin's, and lost. So it looks first and takes what
/// belongs to the message.
async fn expect<T>(
    stream: &mut TcpStream,
    parse: impl Fn(&[u8]) -> Result<Parsed<T>, Malformed>,
) -> Result<T, DialError> {
    let mut seen = vec![0; 512];
    let mut taken = 0;
    loop {
        let there = taken + stream.peek(&mut seen[taken..]).await.map_err(exit_fault)?;
        if there == taken {
            return Err(exit_fault("the parent closes the connection"));
        }
        let (whole, used) = match parse(&seen[..there]).map_err(exit_fault)? {
            Parsed::Done(value, used) => (Some(value), used),
            Parsed::Incomplete => (None, there),
        };
        stream.read_exact(&mut seen[taken..used]).await.map_err(exit_fault)?;
        if let Some(whole) = whole {
            return Ok(whole);
        }
        taken = used;
        if taken == LONGEST_ANSWER {
            return Err(exit_fault("the parent's answer is too long"));
        }
        seen.resize((seen.len() * 2).min(LONGEST_ANSWER), 0);
    }
}
