//! A server's address, taken apart.

use crate::FetchError;
use http::Uri;
use http::uri::Scheme;

/// Where a server is, and what stands before every path on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub(crate) tls: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    authority: String,
    base: String,
}

impl Address {
    /// Reads `http://host:port/base` or `https://…`; no user and no password.
    ///
    /// # Errors
    /// [`FetchError::Address`].
    pub fn parse(url: &str) -> Result<Self, FetchError> {
        let uri: Uri = url.parse().map_err(|_| FetchError::Address)?;
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            _ => return Err(FetchError::Address),
        };
        let authority = uri.authority().filter(|a| !a.as_str().contains('@')).ok_or(FetchError::Address)?;
        Ok(Self {
            tls,
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(if tls { 443 } else { 80 }),
            authority: authority.to_string(),
            base: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// As sent in `Host`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// A path of the server below the address's own.
    pub fn path(&self, below: &str) -> String {
        format!("{}{below}", self.base)
    }

    /// Whether it is reached over TLS.
    pub const fn is_tls(&self) -> bool {
        self.tls
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let server = Address::parse("https://api.example.com/brand/").unwrap();
        assert_eq!((server.tls, server.host.as_str(), server.port), (true, "api.example.com", 443));
        assert_eq!(server.path("/v1/x"), "/brand/v1/x");
        let server = Address::parse("http://[::1]:8080").unwrap();
        assert_eq!((server.host.as_str(), server.authority()), ("::1", "[::1]:8080"));
        for bad in ["", "127.0.0.1:8080", "ftp://x", "http://", "http://u:hunter2@h", "/x"] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }
}
