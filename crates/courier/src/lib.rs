//! Carries messages to the outside world: mail over SMTP, signed webhooks over HTTP. It knows no store: what is to be
//! sent, and whether to try again, is decided by who calls.

mod mail;
mod reach;
#[cfg(test)]
mod sink;
#[cfg(test)]
mod tests;
mod webhook;

pub use mail::{Mail, Smtp};
pub use webhook::{Webhook, signature};

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// A setting can't be used.
    #[error("{0}")]
    Setting(&'static str),
    /// The address or a header can't be written.
    #[error("the mail can't be written: {0}")]
    Mail(String),
    /// The mail server does not take it.
    #[error("the mail server does not take it: {0}")]
    Smtp(#[source] lettre::transport::smtp::Error),
    /// The webhook's server does not answer.
    #[error("the webhook's server does not answer: {0}")]
    Fetch(#[from] turnpike_fetch::FetchError),
    /// The webhook's server answers otherwise than with 2xx.
    #[error("the webhook's server answers HTTP {0}")]
    Status(u16),
}
