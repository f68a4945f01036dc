//! SOCKS5 (RFC 1928, RFC 1929) and SOCKS4/4a, for both sides of a connection.

use crate::{HostPort, Malformed, Parsed, valid_name};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Authentication methods of RFC 1928 section 3.
pub mod method {
    /// No authentication.
    pub const NONE: u8 = 0x00;
    /// Username and password (RFC 1929).
    pub const PASSWORD: u8 = 0x02;
    /// Nothing acceptable.
    pub const REFUSED: u8 = 0xff;
}

/// Reply codes of RFC 1928 section 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Reply {
    Succeeded = 0,
    GeneralFailure = 1,
    NotAllowed = 2,
    NetworkUnreachable = 3,
    HostUnreachable = 4,
    ConnectionRefused = 5,
    TtlExpired = 6,
    CommandNotSupported = 7,
    AddressNotSupported = 8,
}

/// What a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// A TCP connection.
    Connect,
    /// A listening port; refused.
    Bind,
    /// A UDP association.
    UdpAssociate,
}

/// A request: command and destination. UDP ASSOCIATE may name port 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What.
    pub command: Command,
    /// Where to.
    pub destination: HostPort,
}

/// Reads the client's greeting: the methods it offers.
pub fn greeting(input: &[u8]) -> Result<Parsed<Vec<u8>>, Malformed> {
    match input {
        [] | [5] => Ok(Parsed::Incomplete),
        [5, 0, ..] => Err(Malformed::new("未提供任何认证方式", "no authentication method is offered")),
        [5, count, rest @ ..] => {
            let count = usize::from(*count);
            let Some(methods) = rest.get(..count) else { return Ok(Parsed::Incomplete) };
            Ok(Parsed::Done(methods.to_vec(), 2 + count))
        }
        _ => Err(Malformed::new("不是 SOCKS 5 版本", "not SOCKS version 5")),
    }
}

/// Reads name and password (RFC 1929 section 2).
pub fn password(input: &[u8]) -> Result<Parsed<(String, String)>, Malformed> {
    const WRONG: Malformed =
        Malformed::new("用户名密码消息格式错误", "the username/password message is malformed");
    match input.first() {
        None => return Ok(Parsed::Incomplete),
        Some(1) => {}
        Some(_) => return Err(WRONG),
    }
    let Some((name, rest)) = counted(&input[1..]) else { return Ok(Parsed::Incomplete) };
    let Some((secret, _)) = counted(rest) else { return Ok(Parsed::Incomplete) };
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| WRONG);
    let used = 3 + name.len() + secret.len();
    Ok(Parsed::Done((text(name)?, text(secret)?), used))
}

fn counted(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (count, rest) = input.split_first()?;
    rest.split_at_checked(usize::from(*count))
}

/// Reads a request (RFC 1928 section 4).
pub fn request(input: &[u8]) -> Result<Parsed<Request>, Malformed> {
    let Some((head, rest)) = input.split_at_checked(3) else {
        return if input.first().is_some_and(|v| *v != 5) {
            Err(Malformed::new("不是 SOCKS 5 版本", "not SOCKS version 5"))
        } else {
            Ok(Parsed::Incomplete)
        };
    };
    if head[0] != 5 || head[2] != 0 {
        return Err(Malformed::new("不是 SOCKS 5 请求", "not a SOCKS version 5 request"));
    }
    let command = match head[1] {
        1 => Command::Connect,
        2 => Command::Bind,
        3 => Command::UdpAssociate,
        _ => return Err(Malformed::new("未知的 SOCKS 命令", "unknown SOCKS command")),
    };
    match address(rest)? {
        Parsed::Incomplete => Ok(Parsed::Incomplete),
        Parsed::Done(destination, used) => Ok(Parsed::Done(Request { command, destination }, 3 + used)),
    }
}

/// Reads address type, address and port (RFC 1928 section 5).
pub fn address(input: &[u8]) -> Result<Parsed<HostPort>, Malformed> {
    let Some((kind, rest)) = input.split_first() else { return Ok(Parsed::Incomplete) };
    let length = match kind {
        1 => 4,
        4 => 16,
        3 => match rest.first() {
            Some(n) => usize::from(*n) + 1,
            None => return Ok(Parsed::Incomplete),
        },
        _ => return Err(Malformed::new("未知的 SOCKS 地址类型", "unknown SOCKS address type")),
    };
    let Some((addr, after)) = rest.split_at_checked(length) else { return Ok(Parsed::Incomplete) };
    let Some(port) = after.first_chunk::<2>() else { return Ok(Parsed::Incomplete) };
    let host = match kind {
        1 => Ipv4Addr::from(<[u8; 4]>::try_from(addr).unwrap_or_default()).to_string(),
        4 => Ipv6Addr::from(<[u8; 16]>::try_from(addr).unwrap_or_default()).to_string(),
        _ => name(&addr[1..])?,
    };
    Ok(Parsed::Done(HostPort { host, port: u16::from_be_bytes(*port) }, 1 + length + 2))
}

/// A host field: a name, or an address written out, as many clients send it.
fn name(bytes: &[u8]) -> Result<String, Malformed> {
    let text = std::str::from_utf8(bytes).ok().filter(|t| valid_name(t) || t.parse::<IpAddr>().is_ok());
    text.map(str::to_ascii_lowercase)
        .ok_or(Malformed::new("目标名称格式错误", "the destination's name is malformed"))
}

/// Writes a reply with the bound address (RFC 1928 section 6).
pub fn reply(code: Reply, bound: SocketAddr) -> Vec<u8> {
    let mut out = vec![5, code as u8, 0];
    push_address(&mut out, bound);
    out
}

pub(crate) fn push_address(out: &mut Vec<u8>, address: SocketAddr) {
    match address.ip() {
        IpAddr::V4(ip) => {
            out.push(1);
            out.extend(ip.octets());
        }
        IpAddr::V6(ip) => {
            out.push(4);
            out.extend(ip.octets());
        }
    }
    out.extend(address.port().to_be_bytes());
}

/// Writes a request to a parent proxy: a name goes as a name.
pub fn connect_request(destination: &HostPort) -> Vec<u8> {
    let mut out = vec![5, 1, 0];
    match destination.host.parse::<IpAddr>() {
        Ok(ip) => push_address(&mut out, SocketAddr::new(ip, destination.port)),
        Err(_) => {
            out.push(3);
            out.push(u8::try_from(destination.host.len()).unwrap_or(u8::MAX));
            out.extend(destination.host.bytes().take(255));
            out.extend(destination.port.to_be_bytes());
        }
    }
    out
}

/// Writes the username/password message to a parent proxy; both are cut at 255 bytes (RFC 1929).
pub fn password_request(name: &str, secret: &str) -> Vec<u8> {
    let mut out = vec![1];
    for field in [name, secret] {
        let bytes = &field.as_bytes()[..field.len().min(255)];
        out.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
        out.extend(bytes);
    }
    out
}

/// Reads a parent's reply: its code and how long it is.
pub fn parent_reply(input: &[u8]) -> Result<Parsed<u8>, Malformed> {
    let Some((head, rest)) = input.split_at_checked(3) else { return Ok(Parsed::Incomplete) };
    if head[0] != 5 {
        return Err(Malformed::new("上级代理不支持 SOCKS 5", "the parent does not speak SOCKS version 5"));
    }
    // Some parents answer a failure with an empty name, so the address is skipped, not read.
    let length = match rest.first() {
        None => return Ok(Parsed::Incomplete),
        Some(1) => 7,
        Some(4) => 19,
        Some(3) => match rest.get(1) {
            None => return Ok(Parsed::Incomplete),
            Some(n) => usize::from(*n) + 4,
        },
        Some(_) => return Err(Malformed::new("未知的 SOCKS 地址类型", "unknown SOCKS address type")),
    };
    if rest.len() < length { Ok(Parsed::Incomplete) } else { Ok(Parsed::Done(head[1], 3 + length)) }
}

/// Reads a SOCKS4 or SOCKS4a CONNECT request. A user id may be there and is ignored.
pub fn request4(input: &[u8]) -> Result<Parsed<HostPort>, Malformed> {
    const LONGEST_FIELD: usize = 255;
    let Some((head, rest)) = input.split_first_chunk::<8>() else { return Ok(Parsed::Incomplete) };
    if head[0] != 4 || head[1] != 1 {
        return Err(Malformed::new("SOCKS4 仅支持 CONNECT", "only SOCKS4 CONNECT is served"));
    }
    let Some((id, after)) = terminated(rest, LONGEST_FIELD)? else { return Ok(Parsed::Incomplete) };
    let port = u16::from_be_bytes([head[2], head[3]]);
    let ip = Ipv4Addr::new(head[4], head[5], head[6], head[7]);
    let mut used = 8 + id.len() + 1;
    let host = if matches!(ip.octets(), [0, 0, 0, last] if last != 0) {
        let Some((field, _)) = terminated(after, LONGEST_FIELD)? else { return Ok(Parsed::Incomplete) };
        used += field.len() + 1;
        name(field)?
    } else {
        ip.to_string()
    };
    if port == 0 {
        Err(Malformed::new("端口不能为 0", "port 0"))
    } else {
        Ok(Parsed::Done(HostPort { host, port }, used))
    }
}

type Split<'b> = Option<(&'b [u8], &'b [u8])>;

fn terminated(input: &[u8], longest: usize) -> Result<Split<'_>, Malformed> {
    // Only so far: what is refused while it arrives must not pass because it arrived at once.
    match input.iter().take(longest + 1).position(|b| *b == 0) {
        Some(end) => Ok(Some((&input[..end], &input[end + 1..]))),
        None if input.len() > longest => Err(Malformed::new("SOCKS4 字段过长", "a SOCKS4 field is too long")),
        None => Ok(None),
    }
}

/// Writes a SOCKS4 reply: granted (90) or rejected (91).
pub const fn reply4(granted: bool) -> [u8; 8] {
    [0, if granted { 90 } else { 91 }, 0, 0, 0, 0, 0, 0]
}
