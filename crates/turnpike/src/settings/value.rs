//! Readers of single values. Their messages never repeat a secret.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use turnpike_control::Policy;
use turnpike_gateway::AddressPage;

/// The ports of extracted endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointPorts {
    /// These.
    Range(RangeInclusive<u16>),
    /// These, because nothing else was said: those that others hold are left out.
    Usual(RangeInclusive<u16>),
    /// So many free ones of the system's choice.
    Free(u16),
}

impl std::fmt::Display for EndpointPorts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Range(range) | Self::Usual(range) => write!(f, "{}-{}", range.start(), range.end()),
            Self::Free(count) => write!(f, "0+{count}"),
        }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// `ADDRESS:PORT`, `[v6]:PORT`.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("{text:?} is not ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080"))
}

/// `true`, `false` and their usual spellings.
pub fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err(format!("{text:?} is neither true nor false")),
    }
}

/// `A-B` or `0+N`.
pub fn endpoint_ports(text: &str) -> Result<EndpointPorts, String> {
    let wrong = || format!("{text:?} is neither a range such as 20000-23999 nor 0+N such as 0+4000");
    if let Some(count) = text.strip_prefix("0+") {
        return match count.parse() {
            Ok(n @ 1..=50_000) => Ok(EndpointPorts::Free(n)),
            Ok(_) => Err(format!("{text:?} asks for more than 50000 ports or none")),
            Err(_) => Err(wrong()),
        };
    }
    let (first, last) = text.split_once('-').ok_or_else(wrong)?;
    let port = |part: &str| part.trim().parse::<u16>().map_err(|_| wrong());
    match (port(first)?, port(last)?) {
        (first, last) if first == 0 || first > last => Err(wrong()),
        (first, last) => Ok(EndpointPorts::Range(first..=last)),
    }
}

/// A host name or an address without brackets.
pub fn host(text: &str) -> Result<String, String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:".contains(&b);
    if (1..=253).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err(format!("{text:?} is no host name and no address"))
}

/// One address.
pub fn ip(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| format!("{text:?} is not an address such as 203.0.113.9"))
}

/// A page over plain HTTP that answers with the caller's address.
pub fn address_page(text: &str) -> Result<AddressPage, String> {
    AddressPage::parse(text)
        .ok_or_else(|| format!("{text:?} is not an address such as http://ip.example.com/"))
}

/// Files, separated by commas.
pub fn files(text: &str) -> Result<Vec<PathBuf>, String> {
    let files: Vec<PathBuf> =
        text.split(',').map(str::trim).filter(|f| !f.is_empty()).map(PathBuf::from).collect();
    if files.is_empty() { Err("no file is named".into()) } else { Ok(files) }
}

/// From which difference on an exit is withheld.
pub fn policy(text: &str) -> Result<Policy, String> {
    Policy::parse(text).ok_or_else(|| format!("{text:?} is none of {}", Policy::WORDS.join(", ")))
}

/// Whole hours up to a year.
pub fn hours(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(n @ 0..=8_784) => Ok(n),
        _ => Err(format!("{text:?} is not a number of hours from 0 to 8784")),
    }
}

/// Comma list of addresses.
pub fn addresses(text: &str) -> Result<Vec<IpAddr>, String> {
    let one = |part: &str| part.parse().map_err(|_| format!("{part:?} is not an address"));
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(one).collect()
}

/// Comma list of addresses and blocks.
pub fn blocks(text: &str) -> Result<Vec<ipnet::IpNet>, String> {
    let one = |part: &str| {
        turnpike_web::blocks::block(part)
            .ok_or_else(|| format!("{part:?} is neither an address nor a block such as 10.0.0.0/8"))
    };
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(one).collect()
}

/// `postgres://…`; the URL holds a password and is not repeated.
pub fn database_url(text: &str) -> Result<(), String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Ok(())
    } else {
        Err("it has to begin with postgres:// (without it the store is SQLite in the data directory)".into())
    }
}

/// A token that can't be guessed: at least 16 visible characters.
pub fn token(text: &str) -> Result<(), String> {
    if text.len() < 16 || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("a token has at least 16 characters, letters, digits and signs without blanks".into());
    }
    Ok(())
}

/// `smtp://…` or `smtps://…`; the URL holds a password and is not repeated.
pub fn smtp_url(text: &str) -> Result<(), String> {
    if text.starts_with("smtp://") || text.starts_with("smtps://") {
        Ok(())
    } else {
        Err("it has to be smtp://user:password@host:port?tls=required or smtps://user:password@host".into())
    }
}

/// `http://…` or `https://…`.
pub fn web_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest.filter(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains('@')) {
        Some(_) => Ok(text.to_owned()),
        None => Err("it has to be a URL such as https://proxy.example.com, without a password".into()),
    }
}

/// An `http://` address: the test speaks through the proxy, not TLS.
pub fn plain_url(text: &str) -> Result<String, String> {
    match text.strip_prefix("http://").filter(|rest| !rest.is_empty() && !rest.starts_with('/')) {
        Some(_) if !text.contains(['@', ' ']) => Ok(text.to_owned()),
        _ => Err("it has to be an address such as http://example.com/, without a password".into()),
    }
}

/// An e-mail address.
pub fn mail_address(text: &str) -> Result<String, String> {
    let parts = text.split_once('@').filter(|(name, host)| !name.is_empty() && !host.is_empty());
    match parts {
        Some(_) => Ok(text.to_owned()),
        None => Err(format!("{text:?} is not an e-mail address such as noreply@example.com")),
    }
}

/// A gateway's name: 1 to 64 letters, digits, `-`, `_`, `.`.
pub fn gateway_name(text: &str) -> Result<(), String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
        return Ok(());
    }
    Err(format!("{text:?} is not 1 to 64 letters, digits, dots, dashes and underscores"))
}

/// Whole seconds up to an hour.
pub fn seconds(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(n @ 0..=3_600) => Ok(n),
        _ => Err(format!("{text:?} is not a number of seconds from 0 to 3600")),
    }
}

/// A level of logs.
pub fn log_level(text: &str) -> Result<tracing::Level, String> {
    match text {
        "error" => Ok(tracing::Level::ERROR),
        "warn" => Ok(tracing::Level::WARN),
        "info" => Ok(tracing::Level::INFO),
        "debug" => Ok(tracing::Level::DEBUG),
        "trace" => Ok(tracing::Level::TRACE),
        _ => Err(format!("{text:?} is none of error, warn, info, debug, trace")),
    }
}

/// A format of logs.
pub fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("{text:?} is neither text nor json")),
    }
}
