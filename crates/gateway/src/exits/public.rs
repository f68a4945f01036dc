//! Learns the public address of exits: a page of the operator's choice that answers with the caller's address is asked
//! through each exit, daily.

use super::Exit;
use crate::dial;
use crate::shared::Shared;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use turnpike_proxyproto::HostPort;

/// A learned address is asked for again after so long, in milliseconds.
const DAILY_MS: i64 = 86_400_000;
/// After a failure it is tried again sooner.
const AGAIN_MS: i64 = 3_600_000;
/// How long the page may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// More of an answer than this is not read, in bytes.
const MOST: u64 = 16_384;

/// A page that answers with the address of who asks, over plain HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressPage {
    /// Host and port.
    pub at: HostPort,
    /// Path and query.
    pub path: String,
}

impl AddressPage {
    /// Reads `http://HOST[:PORT][/PATH]`.
    pub fn parse(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("http://")?;
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let at = HostPort::parse(authority, Some(80)).ok()?;
        let fits = authority.bytes().all(|b| b.is_ascii_graphic() && b != b'@')
            && path.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self { at, path: if path.is_empty() { "/".to_owned() } else { path.to_owned() } })
    }
}

/// Asks through an exit, if it is time; keeps what came.
pub(crate) async fn learn(shared: &Arc<Shared>, exit: &Exit) {
    let Some(page) = &shared.config.address_page else { return };
    let now = shared.clock.now();
    if !exit.is_to_be_asked(now, DAILY_MS, AGAIN_MS) {
        return;
    }
    match tokio::time::timeout(PATIENCE, ask(shared, exit, page)).await {
        Ok(Ok(Some(address))) => exit.learned(address),
        Ok(Ok(None)) => tracing::debug!(exit = %exit.record.id, "the address page names no address"),
        Ok(Err(why)) => tracing::debug!(exit = %exit.record.id, why, "the address page was not reached"),
        Err(_) => tracing::debug!(exit = %exit.record.id, "the address page is slow"),
    }
}

async fn ask(shared: &Arc<Shared>, exit: &Exit, page: &AddressPage) -> Result<Option<IpAddr>, String> {
    let mut stream =
        dial::dial_for_operator(shared, exit, &page.at).await.map_err(dial::DialError::into_text)?;
    let told = |error: std::io::Error| error.to_string();
    let head = format!("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", page.path, page.at);
    stream.write_all(head.as_bytes()).await.map_err(told)?;
    let mut answer = Vec::new();
    stream.take(MOST).read_to_end(&mut answer).await.map_err(told)?;
    let text = String::from_utf8_lossy(&answer);
    let ok = text.starts_with("HTTP/1.1 200") || text.starts_with("HTTP/1.0 200");
    let body = text.split_once("\r\n\r\n").map(|(_, body)| body).filter(|_| ok);
    Ok(body.and_then(first_address))
}

/// The first address in a text, whatever stands around it.
fn first_address(text: &str) -> Option<IpAddr> {
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':'));
    words.map(|word| word.trim_matches(':')).find_map(|word| word.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_an_address_over_plain_http() {
        let read = |url| AddressPage::parse(url).map(|page| (page.at.host, page.at.port, page.path));
        let told = |host: &str, port, path: &str| Some((host.to_owned(), port, path.to_owned()));
        assert_eq!(read("http://ip.example"), told("ip.example", 80, "/"));
        assert_eq!(read("http://ip.example:8080/me?x=1"), told("ip.example", 8_080, "/me?x=1"));
        assert_eq!(read("http://[2001:db8::1]:81/"), told("2001:db8::1", 81, "/"));
        for bad in
            ["https://ip.example", "ip.example", "http://", "http://a b/", "http://a:0/", "http://a/\r\nX: y"]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_address_is_found_in_text_and_json() {
        for (text, address) in [
            ("203.0.113.7\n", "203.0.113.7"),
            (r#"{"ip": "203.0.113.7", "headers": {}}"#, "203.0.113.7"),
            ("your address: 2001:db8::7", "2001:db8::7"),
        ] {
            assert_eq!(first_address(text), address.parse().ok(), "{text}");
        }
        for text in ["", "12:30", "none", "1.2.3"] {
            assert_eq!(first_address(text), None, "{text}");
        }
    }
}
