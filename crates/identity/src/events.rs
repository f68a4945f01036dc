//! Webhook events that hold a code: sealed while they wait in the outbox, and not sent once the code is over. Events
//! without secrets are written there as they are.

use serde::{Deserialize, Serialize};
use turnpike_base::{Fault, Result, Secret, Timestamp};
use turnpike_store::{Vault, WriteTx, outbox};

/// The kind of these messages in the outbox.
pub const KIND: &str = "webhook";

/// As it waits.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Waiting {
    expires_at: Timestamp,
    sealed: String,
}

/// Writes an event that is good for so many minutes.
pub(crate) async fn post(
    tx: &WriteTx,
    vault: &Vault,
    event: &serde_json::Value,
    minutes: i64,
    now: Timestamp,
) -> Result<()> {
    let waiting =
        Waiting { expires_at: now.plus_minutes(minutes), sealed: seal(vault, KIND, event.to_string())? };
    Ok(outbox::post(tx, KIND, &waiting, now).await?)
}

/// The event of an outbox row; `None` once it is too late for it.
pub fn open(vault: &Vault, payload: &str, now: Timestamp) -> Result<Option<String>> {
    match serde_json::from_str::<Waiting>(payload) {
        Ok(waiting) if waiting.expires_at <= now => Ok(None),
        Ok(waiting) => Ok(Some(unseal(vault, KIND, &waiting.sealed)?.expose().to_owned())),
        Err(_) => Ok(Some(payload.to_owned())),
    }
}

/// Seals a text into hexadecimal digits.
pub(crate) fn seal(vault: &Vault, purpose: &str, text: String) -> Result<String> {
    Ok(vault.seal(purpose, &Secret::new(text))?.iter().map(|b| format!("{b:02x}")).collect())
}

/// The text behind hexadecimal digits.
pub(crate) fn unseal(vault: &Vault, purpose: &str, digits: &str) -> Result<Secret> {
    let pairs = digits.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> =
        pairs.map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()).collect();
    let sealed = bytes.ok_or_else(|| Fault::internal("message_unreadable", "not hexadecimal"))?;
    vault.open(purpose, &sealed)
}
