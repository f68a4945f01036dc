//! Why there is no answer. No message repeats a secret of the request.

use std::path::PathBuf;

/// A request that got no whole answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is none. What was typed is not repeated: it may hold a password.
    #[error("not a URL such as https://api.example.com")]
    Address,
    /// Nobody listens, or no name is found.
    #[error("no connection; is the server running?")]
    NoConnection(#[source] std::io::Error),
    /// None of its addresses may be dialled: nothing was sent.
    #[error("its address may not be dialled")]
    Refused,
    /// No connection, or no TLS, in time: nothing was sent.
    #[error("no connection in {0} s")]
    ConnectTimeout(u64),
    /// No whole answer in time: whether the request was carried out is not known.
    #[error("no answer in {0} s; whether the request was carried out is not known")]
    AnswerTimeout(u64),
    /// The connection ended in the middle: whether the request was carried out is not known.
    #[error("the connection ended early: does it speak TLS?")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server is not who it should be, or speaks no TLS.
    #[error("the TLS handshake failed")]
    Tls(#[source] std::io::Error),
    /// There is nobody to vouch for servers.
    #[error("no certificate authorities are known; name a PEM file with SSL_CERT_FILE")]
    NoAuthorities,
    /// The file of authorities can't be read.
    #[error("no certificates can be read from {0}")]
    BadAuthorities(PathBuf),
}

impl FetchError {
    /// Whether the request certainly was not carried out.
    pub const fn is_unsent(&self) -> bool {
        !matches!(self, Self::AnswerTimeout(_) | Self::Broken(_))
    }
}
