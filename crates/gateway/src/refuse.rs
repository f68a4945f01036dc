//! How a refusal looks on the wire: over HTTP with slug, `Proxy-Status` (RFC 9209) and a short JSON
//! body; over SOCKS5 the nearest reply code.

use turnpike_proxyproto::socks::Reply;
use turnpike_wire::{Reason, Refusal};

/// The whole HTTP response; without its body where the request was HEAD (RFC 9110 section 9.3.2).
pub(crate) fn http(refusal: &Refusal, keep_alive: bool, is_head: bool) -> Vec<u8> {
    let reason = refusal.reason;
    let text = refusal.text();
    let body =
        serde_json::json!({"error": reason.slug(), "message": text.en, "message_zh": text.zh}).to_string();
    let challenge = if reason.http_status() == 407 {
        "Proxy-Authenticate: Basic realm=\"proxy\", charset=\"UTF-8\"\r\n"
    } else {
        ""
    };
    let shown = if is_head { "" } else { body.as_str() };
    let connection = if keep_alive { "keep-alive" } else { "close" };
    format!(
        "HTTP/1.1 {} {}\r\nX-Proxy-Error: {}\r\nProxy-Status: turnpike; error={}; details=\"{}\"\r\n{challenge}\
         Content-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\nConnection: {connection}\r\n\r\n{shown}",
        reason.http_status(),
        phrase(reason.http_status()),
        reason.slug(),
        proxy_status(reason),
        reason.slug(),
        body.len(),
    )
    .into_bytes()
}

const fn phrase(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        402 => "Payment Required",
        403 => "Forbidden",
        407 => "Proxy Authentication Required",
        429 => "Too Many Requests",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Gateway Timeout",
    }
}

/// The proxy error type of RFC 9209 section 2.3 that comes nearest.
const fn proxy_status(reason: Reason) -> &'static str {
    match reason {
        Reason::NameNotFound => "dns_error",
        Reason::Timeout => "connection_timeout",
        Reason::DestinationFailed => "destination_unavailable",
        Reason::DestinationDenied => "destination_ip_prohibited",
        Reason::ExitFailed => "proxy_internal_error",
        Reason::NoExit => "destination_unavailable",
        Reason::ControlAway => "proxy_internal_response",
        Reason::TooManyConnections => "connection_limit_reached",
        Reason::BadRequest | Reason::UnknownParameter | Reason::UnknownPlace => "http_request_error",
        _ => "http_request_denied",
    }
}

/// The SOCKS5 reply that comes nearest (RFC 1928 section 6).
pub(crate) const fn socks(reason: Reason) -> Reply {
    match reason {
        Reason::NameNotFound | Reason::NoExit | Reason::UnknownPlace => Reply::HostUnreachable,
        Reason::Timeout => Reply::TtlExpired,
        Reason::DestinationFailed => Reply::ConnectionRefused,
        Reason::ExitFailed | Reason::ControlAway => Reply::GeneralFailure,
        Reason::BadRequest => Reply::CommandNotSupported,
        _ => Reply::NotAllowed,
    }
}
