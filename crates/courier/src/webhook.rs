//! Signed webhooks: `POST` of a JSON event. `X-Turnpike-Signature: t=SECONDS,v1=HEX`, where HEX is HMAC-SHA256 over
//! `SECONDS.BODY` with the shared secret; receivers compare it in constant time and refuse old times.

use crate::{CourierError, reach};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{Request, header};
use sha2::Sha256;
use std::time::Duration;
use turnpike_base::{Secret, Timestamp};
use turnpike_fetch::{Address, Limits, send_where};

/// How long a stranger's server may take, and how much it may say.
const STRANGER: Limits =
    Limits { connect: Duration::from_secs(5), answer: Duration::from_secs(10), body: 64 << 10 };

/// Where events go, and with which secret they are signed.
#[derive(Clone, Debug)]
pub struct Webhook {
    to: Address,
    secret: Secret,
    /// Only at addresses of the public internet.
    public: bool,
    limits: Limits,
}

impl Webhook {
    /// Events go to this URL.
    ///
    /// # Errors
    /// It is no `http://` or `https://` URL.
    pub fn new(url: &str, secret: Secret) -> Result<Self, CourierError> {
        let to = Address::parse(url).map_err(|_| {
            CourierError::Setting("webhook-url is not a URL such as https://example.com/hook")
        })?;
        Ok(Self { to, secret, public: false, limits: Limits::SHORT })
    }

    /// The webhook of a stranger: it is only reached on the public internet (unless `private`), and does not keep others
    /// waiting for long.
    #[must_use]
    pub fn of_stranger(self, private: bool) -> Self {
        Self { public: !private, limits: STRANGER, ..self }
    }

    /// Sends an event; `id` is the same on every try, so that receivers can drop twins.
    ///
    /// # Errors
    /// The server does not answer with 2xx. A redirect is none.
    pub async fn send(&self, id: i64, body: &str, now: Timestamp) -> Result<(), CourierError> {
        let path = Some(self.to.path("")).filter(|path| !path.is_empty()).unwrap_or_else(|| "/".into());
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-turnpike-id", id)
            .header("x-turnpike-signature", signature(&self.secret, body, now))
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .map_err(|_| CourierError::Setting("webhook-url can't be asked"))?;
        let may = |address| !self.public || reach::is_public(address);
        let answer = send_where(&self.to, request, self.limits, may).await?;
        if answer.status.is_success() { Ok(()) } else { Err(CourierError::Status(answer.status.as_u16())) }
    }
}

/// The value of `X-Turnpike-Signature`.
pub fn signature(secret: &Secret, body: &str, now: Timestamp) -> String {
    let seconds = now.0 / 1_000;
    // HMAC takes keys of any length; the empty fallback can't be reached and would match nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else {
        return String::new();
    };
    mac.update(format!("{seconds}.{body}").as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    format!("t={seconds},v1={hex}")
}
