//! HTTP/1 heads as a proxy has to read them (RFC 9112): strict, so that nobody downstream reads them
//! otherwise, and the heads that go on to the other side (RFC 9110 section 7.6).

use crate::body::Framing;
use crate::{HostPort, Malformed, Parsed};

/// The longest head, in bytes.
pub const LONGEST: usize = 64 * 1_024;
const MOST_HEADERS: usize = 100;

/// Where a request goes (RFC 9112 section 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// authority-form: CONNECT.
    Tunnel(HostPort),
    /// absolute-form: scheme `http` only; path and query as they go on, `*` for OPTIONS of a whole server.
    Forward(HostPort, String),
    /// origin-form: the request is meant for the proxy itself.
    Own(String),
}

/// A request head.
#[derive(Clone, Debug)]
pub struct RequestHead<'b> {
    /// Method, as sent.
    pub method: &'b str,
    /// Where to.
    pub target: Target,
    /// Fields in their order.
    pub fields: Vec<(&'b str, &'b [u8])>,
    /// Where the body ends.
    pub framing: Framing,
    /// Whether the client wants the connection kept.
    pub keep_alive: bool,
    /// The protocol an `Upgrade` asks for is wanted.
    pub upgrade: bool,
    /// HTTP/1.1 (else 1.0).
    pub v11: bool,
}

/// A response head.
#[derive(Clone, Debug)]
pub struct ResponseHead<'b> {
    /// Status code.
    pub status: u16,
    /// Reason phrase, as sent.
    pub reason: &'b str,
    /// Fields in their order.
    pub fields: Vec<(&'b str, &'b [u8])>,
    /// Where the body ends.
    pub framing: Framing,
    /// Whether the origin keeps the connection.
    pub keep_alive: bool,
}

type Fields<'b> = Vec<(&'b str, &'b [u8])>;

/// The end of the head, once all of it is there and its line structure is sound: CRLF only, no folding,
/// no NUL (RFC 9112 sections 2.2, 5.2).
fn complete(input: &[u8]) -> Result<Option<usize>, Malformed> {
    let mut previous = 0_u8;
    for (at, &byte) in input.iter().enumerate() {
        if at >= LONGEST {
            return Err(Malformed::new("请求头超过 64 KiB", "the head is longer than 64 KiB"));
        }
        match (previous, byte) {
            (p, b'\n') if p != b'\r' => {
                return Err(Malformed::new("有一行仅以 LF 结尾", "a line ends with a bare LF"));
            }
            (b'\r', b) if b != b'\n' => return Err(Malformed::new("出现单独的 CR", "a bare CR")),
            (b'\n', b' ' | b'\t') => return Err(Malformed::new("请求头含有折行", "a folded header line")),
            (_, 0) => return Err(Malformed::new("请求头含有 NUL 字节", "a NUL byte")),
            (_, b'\n') if at >= 3 && input[at - 3..at] == *b"\r\n\r" => return Ok(Some(at + 1)),
            _ => {}
        }
        previous = byte;
    }
    Ok(None)
}

/// Reads a request head.
pub fn request(input: &[u8]) -> Result<Parsed<RequestHead<'_>>, Malformed> {
    let Some(length) = complete(input)? else { return Ok(Parsed::Incomplete) };
    let mut slots = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut raw = httparse::Request::new(&mut slots);
    if !raw.parse(&input[..length]).map_err(|e| lexer_error(&e))?.is_complete() {
        return Err(Malformed::new("请求行格式错误", "the request line is malformed"));
    }
    let (method, path) = (raw.method.unwrap_or_default(), raw.path.unwrap_or_default());
    let v11 = raw.version == Some(1);
    let fields = fields_of(raw.headers);
    let target = target(method, path)?;
    check_host(&fields, &target, v11)?;
    let framing = request_framing(&fields, v11)?;
    if method == "CONNECT" && framing != Framing::None {
        // What follows would be a body to one reader and the tunnel to another (RFC 9110 section 9.3.6).
        return Err(Malformed::new("CONNECT 不能带有正文", "CONNECT has no body"));
    }
    let keep_alive = keep_alive(&fields, v11);
    let upgrade = v11 && lists(&fields, "connection", "upgrade") && find(&fields, "upgrade").is_some();
    Ok(Parsed::Done(RequestHead { method, target, fields, framing, keep_alive, upgrade, v11 }, length))
}

/// Reads the response head to a request with the given method.
pub fn response<'b>(input: &'b [u8], method: &str) -> Result<Parsed<ResponseHead<'b>>, Malformed> {
    let Some(length) = complete(input)? else { return Ok(Parsed::Incomplete) };
    let mut slots = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut raw = httparse::Response::new(&mut slots);
    if !raw.parse(&input[..length]).map_err(|e| lexer_error(&e))?.is_complete() {
        return Err(Malformed::new("状态行格式错误", "the status line is malformed"));
    }
    let (status, reason) = (raw.code.unwrap_or_default(), raw.reason.unwrap_or_default());
    let v11 = raw.version == Some(1);
    let fields = fields_of(raw.headers);
    let framing = response_framing(&fields, status, method)?;
    // Chunks in HTTP/1.0 are faulty: read, but nothing after them is trusted (RFC 9112 section 6.1).
    let sound = framing != Framing::UntilClose && (v11 || framing != Framing::Chunked);
    let keep_alive = sound && keep_alive(&fields, v11);
    Ok(Parsed::Done(ResponseHead { status, reason, fields, framing, keep_alive }, length))
}

fn lexer_error(error: &httparse::Error) -> Malformed {
    match error {
        httparse::Error::TooManyHeaders => {
            Malformed::new("请求头字段超过 100 个", "more than 100 header fields")
        }
        httparse::Error::HeaderName => Malformed::new("请求头名称格式错误", "a header name is malformed"),
        httparse::Error::HeaderValue => Malformed::new("请求头的值格式错误", "a header value is malformed"),
        httparse::Error::Version => {
            Malformed::new("仅支持 HTTP/1.0 和 HTTP/1.1", "only HTTP/1.0 and HTTP/1.1 are served")
        }
        _ => Malformed::new("起始行格式错误", "the start line is malformed"),
    }
}

fn fields_of<'b>(headers: &[httparse::Header<'b>]) -> Fields<'b> {
    headers.iter().map(|h| (h.name, h.value)).collect()
}

fn target(method: &str, path: &str) -> Result<Target, Malformed> {
    if method == "CONNECT" {
        return Ok(Target::Tunnel(HostPort::parse(path, None)?));
    }
    if path.starts_with('/') || path == "*" {
        return Ok(Target::Own(path.to_owned()));
    }
    let (scheme, rest) = path
        .split_once("://")
        .ok_or(Malformed::new("请求目标不是绝对 URI", "the request target is not an absolute URI"))?;
    if scheme.eq_ignore_ascii_case("https") {
        return Err(Malformed::new("https 目标需使用 CONNECT", "https destinations need CONNECT"));
    }
    if !scheme.eq_ignore_ascii_case("http") {
        return Err(Malformed::new("仅转发 http 协议的请求", "only the http scheme is forwarded"));
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    if authority.contains('@') || path.contains('#') {
        return Err(Malformed::new(
            "请求目标含有用户信息或片段",
            "userinfo or a fragment in the request target",
        ));
    }
    let tail = match tail {
        // OPTIONS of a whole server (RFC 9112 section 3.2.4).
        "" if method == "OPTIONS" => "*".to_owned(),
        _ if tail.starts_with('/') => tail.to_owned(),
        _ => format!("/{tail}"),
    };
    Ok(Target::Forward(HostPort::parse(authority, Some(80))?, tail))
}

/// Exactly one well-formed Host on HTTP/1.1 (RFC 9112 section 3.2). Host is written anew from an absolute
/// target (section 3.2.2); one that names another host is refused, because a filter in front of us may have
/// believed it. An empty one names nothing, and behind CONNECT nobody reads it.
fn check_host(fields: &Fields<'_>, target: &Target, v11: bool) -> Result<(), Malformed> {
    const WRONG: Malformed = Malformed::new("Host 格式错误", "Host is malformed");
    let mut hosts = fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case("host"));
    let host = match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => return Err(Malformed::new("Host 出现多次", "more than one Host")),
        (None, _) if v11 => return Err(Malformed::new("缺少 Host", "Host is missing")),
        (None, _) => return Ok(()),
        (Some((_, value)), None) => value.trim_ascii(),
    };
    if host.is_empty() {
        return Ok(());
    }
    let host = std::str::from_utf8(host).map_err(|_| WRONG)?;
    let named = HostPort::parse(host, Some(80)).map_err(|_| WRONG)?;
    match target {
        Target::Forward(at, _) if named != *at => {
            Err(Malformed::new("Host 与请求目标不一致", "Host differs from the request target"))
        }
        _ => Ok(()),
    }
}

fn find<'b>(fields: &Fields<'b>, name: &str) -> Option<&'b [u8]> {
    fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| *v)
}

/// Whether a comma list field names a token.
fn lists(fields: &Fields<'_>, name: &str, token: &str) -> bool {
    fields.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).any(|(_, value)| {
        value.split(|b| *b == b',').any(|part| part.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
    })
}

fn keep_alive(fields: &Fields<'_>, v11: bool) -> bool {
    let says = |token| lists(fields, "connection", token) || lists(fields, "proxy-connection", token);
    if v11 { !says("close") } else { says("keep-alive") && !says("close") }
}

fn content_length(fields: &Fields<'_>) -> Result<Option<u64>, Malformed> {
    let mut values = fields.iter().filter(|(n, _)| n.eq_ignore_ascii_case("content-length"));
    let Some((_, value)) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Malformed::new("Content-Length 出现多次", "more than one Content-Length"));
    }
    let digits = !value.is_empty() && value.len() <= 18 && value.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(value).ok().filter(|_| digits).and_then(|v| v.parse().ok());
    number.map(Some).ok_or(Malformed::new("Content-Length 不是数字", "Content-Length is not a number"))
}

fn chunked(fields: &Fields<'_>) -> Result<bool, Malformed> {
    let mut values = fields.iter().filter(|(n, _)| n.eq_ignore_ascii_case("transfer-encoding"));
    let Some((_, value)) = values.next() else { return Ok(false) };
    if values.next().is_some() || !value.trim_ascii().eq_ignore_ascii_case(b"chunked") {
        return Err(Malformed::new(
            "Transfer-Encoding 仅支持 chunked",
            "a Transfer-Encoding other than chunked",
        ));
    }
    Ok(true)
}

fn request_framing(fields: &Fields<'_>, v11: bool) -> Result<Framing, Malformed> {
    match (chunked(fields)?, content_length(fields)?) {
        (true, Some(_)) => Err(Malformed::new(
            "Transfer-Encoding 与 Content-Length 同时出现",
            "both Transfer-Encoding and Content-Length",
        )),
        (true, None) if !v11 => {
            Err(Malformed::new("HTTP/1.0 不支持 Transfer-Encoding", "Transfer-Encoding in HTTP/1.0"))
        }
        (true, None) => Ok(Framing::Chunked),
        (false, Some(0) | None) => Ok(Framing::None),
        (false, Some(n)) => Ok(Framing::Length(n)),
    }
}

fn response_framing(fields: &Fields<'_>, status: u16, method: &str) -> Result<Framing, Malformed> {
    let bodiless = method == "HEAD" || status < 200 || matches!(status, 204 | 304);
    match (chunked(fields)?, content_length(fields)?) {
        (true, Some(_)) => Err(Malformed::new(
            "Transfer-Encoding 与 Content-Length 同时出现",
            "both Transfer-Encoding and Content-Length",
        )),
        _ if bodiless => Ok(Framing::None),
        (true, None) => Ok(Framing::Chunked),
        (false, Some(0)) => Ok(Framing::None),
        (false, Some(n)) => Ok(Framing::Length(n)),
        (false, None) => Ok(Framing::UntilClose),
    }
}

/// Fields that concern one connection only (RFC 9110 section 7.6.1), and the proxy's own.
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "proxy-connection",
    "keep-alive",
    "proxy-authorization",
    "proxy-authenticate",
    "te",
    "upgrade",
    "proxy-authentication-info",
];

fn passes(fields: &Fields<'_>, name: &str) -> bool {
    let framing =
        name.eq_ignore_ascii_case("transfer-encoding") || name.eq_ignore_ascii_case("content-length");
    !HOP_BY_HOP.iter().any(|h| name.eq_ignore_ascii_case(h))
        && (framing || !lists(fields, "connection", name))
}

fn push_field(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend(name.as_bytes());
    out.extend(b": ");
    out.extend(value);
    out.extend(b"\r\n");
}

impl RequestHead<'_> {
    /// The value of `Proxy-Authorization`, if there is one.
    pub fn authorization(&self) -> Option<&[u8]> {
        find(&self.fields, "proxy-authorization")
    }

    /// How often the request may be forwarded yet (RFC 9110 section 7.6.2): a field of TRACE and OPTIONS alone. One
    /// that is no number says nothing.
    pub fn max_forwards(&self) -> Option<u64> {
        let counts = matches!(self.method, "TRACE" | "OPTIONS");
        let value = find(&self.fields, "max-forwards").filter(|_| counts)?;
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        std::str::from_utf8(value).ok().filter(|_| digits)?.parse().ok()
    }

    /// The head as TRACE sends it back (RFC 9110 section 9.3.8), without what is secret.
    pub fn reflect(&self, out: &mut Vec<u8>) {
        const SECRET: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "cookie2"];
        let Target::Forward(at, path) = &self.target else { return };
        let version = if self.v11 { "HTTP/1.1" } else { "HTTP/1.0" };
        let path = if path == "*" { "" } else { path };
        out.extend(format!("{} http://{at}{path} {version}\r\n", self.method).as_bytes());
        for (name, value) in &self.fields {
            if !SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret)) {
                push_field(out, name, value);
            }
        }
        out.extend(b"\r\n");
    }

    /// Writes the head that goes to the origin: origin-form, Host of the target first, hop-by-hop
    /// fields dropped, `Max-Forwards` counted, no `Via`. A client of HTTP/1.0 is forwarded as one, so that no chunks come back.
    pub fn forward(&self, out: &mut Vec<u8>) {
        let Target::Forward(at, path) = &self.target else { return };
        let shown =
            if at.port == 80 { at.to_string().trim_end_matches(":80").to_owned() } else { at.to_string() };
        out.extend(self.method.as_bytes());
        out.push(b' ');
        out.extend(path.as_bytes());
        out.extend(if self.v11 { &b" HTTP/1.1\r\n"[..] } else { b" HTTP/1.0\r\n" });
        push_field(out, "Host", shown.as_bytes());
        for (name, value) in &self.fields {
            if name.eq_ignore_ascii_case("host") || !passes(&self.fields, name) {
                continue;
            }
            match self.max_forwards().filter(|_| name.eq_ignore_ascii_case("max-forwards")) {
                Some(left) => push_field(out, name, left.saturating_sub(1).to_string().as_bytes()),
                None => push_field(out, name, value),
            }
        }
        let trailers = lists(&self.fields, "te", "trailers");
        if trailers {
            out.extend(b"TE: trailers\r\n");
        }
        let upgrade = find(&self.fields, "upgrade").filter(|_| self.upgrade);
        if let Some(protocol) = upgrade {
            push_field(out, "Upgrade", protocol);
        }
        out.extend(match (upgrade, trailers) {
            (Some(_), true) => &b"Connection: TE, Upgrade\r\n"[..],
            (Some(_), false) => b"Connection: Upgrade\r\n",
            (None, true) => b"Connection: TE\r\n",
            (None, false) => b"",
        });
        out.extend(b"\r\n");
    }
}

impl ResponseHead<'_> {
    /// Writes the head that goes to the client. `keep` says whether its connection stays open.
    pub fn forward(&self, out: &mut Vec<u8>, keep: bool) {
        out.extend(format!("HTTP/1.1 {:03} {}\r\n", self.status, self.reason).as_bytes());
        for (name, value) in &self.fields {
            if passes(&self.fields, name) {
                push_field(out, name, value);
            }
        }
        match find(&self.fields, "upgrade").filter(|_| self.status == 101) {
            Some(protocol) => {
                push_field(out, "Upgrade", protocol);
                out.extend(b"Connection: Upgrade\r\n");
            }
            None if self.status < 200 => {}
            None => {
                out.extend(if keep { &b"Connection: keep-alive\r\n"[..] } else { b"Connection: close\r\n" })
            }
        }
        out.extend(b"\r\n");
    }
}
