//! Signed webhooks: `POST` of a JSON event. `X-Turnpike-Signature: t=SECONDS,v1=HEX`, where HEX is HMAC-SHA256 over
//! `SECONDS.BODY` with the shared secret; receivers compare it in constant time and refuse old times.

use crate::CourierError;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{Request, header};
use sha2::Sha256;
use turnpike_base::{Secret, Timestamp};
use turnpike_fetch::{Address, Limits, send};

/// Where events go, and with which secret they are signed.
#[derive(Clone, Debug)]
pub struct Webhook {
    to: Address,
    secret: Secret,
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
        Ok(Self { to, secret })
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
        let answer = send(&self.to, request, Limits::SHORT).await?;
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
