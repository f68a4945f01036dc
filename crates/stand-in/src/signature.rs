//! `Stripe-Signature`, made as Stripe's documentation says, apart from the code that checks it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// `t=SECONDS,v1=HMAC-SHA256 of "SECONDS.BODY"`.
pub fn signed(secret: &str, at: i64, body: &[u8]) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("{at}.").as_bytes());
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={at},v1={hex}")
}
