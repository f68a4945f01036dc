//! A customer's own webhook: where it is, what signs its events, and how the last one fared. Events wait in the outbox
//! and are carried from there to wherever the webhook is then.

use super::{error, queries};
use crate::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use turnpike_base::{CustomerId, Fault, Result, Secret, Text, Timestamp};
use turnpike_fetch::{Address, FetchError};
use turnpike_identity::{customers, keys};
use turnpike_store::{Read, Vault, WriteTx, outbox};

/// The kind of these messages in the outbox.
pub const KIND: &str = "customer_webhook";
/// The longest URL, in characters.
pub const LONGEST: usize = 500;
/// Characters of a secret.
const SECRET: usize = 40;
/// Between two trials, in seconds.
const PAUSE: i64 = 10;

/// Where a customer's events go.
#[derive(Clone, Debug)]
pub struct Hook {
    /// `http://…` or `https://…`.
    pub url: String,
    /// Signs events.
    pub secret: Secret,
    /// The last try.
    pub tried_at: Option<Timestamp>,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

/// Why an event was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server answers with this status, which is none of 2xx.
    Status(u16),
    /// Nobody listens there, or there is no such name.
    NoConnection,
    /// It is not on the public internet.
    NotPublic,
    /// It does not prove who it is.
    Tls,
    /// No answer in time.
    NoAnswer,
    /// It is none that can be asked.
    Broken,
}

impl Failure {
    const NAMED: [(Self, &'static str); 5] = [
        (Self::NoConnection, "no_connection"),
        (Self::NotPublic, "not_public"),
        (Self::Tls, "tls"),
        (Self::NoAnswer, "no_answer"),
        (Self::Broken, "broken"),
    ];

    /// As it is stored.
    pub(super) fn name(self) -> String {
        match (self, Self::NAMED.iter().find(|(one, _)| *one == self)) {
            (Self::Status(status), _) => status.to_string(),
            (_, Some((_, name))) => (*name).to_owned(),
            (_, None) => String::new(),
        }
    }

    /// Of what was stored.
    pub(super) fn of(name: &str) -> Self {
        let named = Self::NAMED.iter().find(|(_, one)| *one == name).map(|(failure, _)| *failure);
        named.or_else(|| name.parse().ok().map(Self::Status)).unwrap_or(Self::Broken)
    }

    /// For the customer.
    pub fn text(self) -> Text {
        match self {
            Self::Status(status) => Text::made(
                format!("服务器返回 HTTP {status}，应为 2xx"),
                format!("Your server answered HTTP {status}; 2xx says that it took the event"),
            ),
            Self::NoConnection => Text::new("无法连接到您的服务器", "There is no connection to your server"),
            Self::NotPublic => Text::new("该地址不在公网上", "The address is not on the public internet"),
            Self::Tls => {
                Text::new("TLS 握手失败，请检查证书", "The TLS handshake failed; check the certificate")
            }
            Self::NoAnswer => Text::new("服务器未在规定时间内应答", "Your server did not answer in time"),
            Self::Broken => Text::new("连接提前中断", "The connection ended early"),
        }
    }
}

impl From<&FetchError> for Failure {
    fn from(error: &FetchError) -> Self {
        match error {
            FetchError::NoConnection(_) | FetchError::ConnectTimeout(_) => Self::NoConnection,
            FetchError::Refused => Self::NotPublic,
            FetchError::Tls(_) | FetchError::NoAuthorities | FetchError::BadAuthorities(_) => Self::Tls,
            FetchError::AnswerTimeout(_) => Self::NoAnswer,
            FetchError::Address | FetchError::Broken(_) => Self::Broken,
        }
    }
}

/// As an event waits.
#[derive(Debug, Serialize, Deserialize)]
struct Waiting {
    customer: CustomerId,
    event: Value,
}

/// A customer's webhook.
pub async fn of(tx: &impl Read, vault: &Vault, customer: CustomerId) -> Result<Option<Hook>> {
    queries::hook(tx, vault, customer).await
}

/// Says where events go, under a new secret; an empty URL: nowhere any more.
pub(super) async fn set(
    state: &State,
    customer: CustomerId,
    url: &str,
    now: Timestamp,
) -> Result<Option<Hook>> {
    if !url.is_empty() && Address::parse(url).is_err() {
        return Err(error::bad_url(LONGEST));
    }
    let tx = state.store.write().await?;
    let hook = (!url.is_empty())
        .then(|| keys::random_text(SECRET).map(Secret::new))
        .transpose()?
        .map(|secret| Hook { url: url.to_owned(), secret, tried_at: None, failure: None });
    match &hook {
        Some(hook) => {
            queries::put_hook(&tx, &state.vault, customer, hook).await?;
            // What the old server did not take need not wait until that one's turn would have come.
            outbox::hurry(&tx, KIND, &lane(customer), now).await?;
        }
        None => queries::delete_hook(&tx, customer).await?,
    }
    tx.commit().await?;
    Ok(hook)
}

/// Sends a trial event. Fails with `webhook_unknown` and `webhook_busy`.
pub(super) async fn test(state: &State, customer: CustomerId, now: Timestamp) -> Result<()> {
    let tx = state.store.write().await?;
    if !queries::begin_test(&tx, customer, now, now.plus_seconds(-PAUSE)).await? {
        let known = queries::hook(&tx, &state.vault, customer).await?.is_some();
        return Err(if known { error::tested_just_now(PAUSE) } else { error::no_webhook() });
    }
    let text = Text::new("这是一条测试事件。", "This is a trial event.");
    let event = json!({"event": "test", "text": text});
    // It tells how the server fares now: it waits for no event that was not taken, and replaces the trial before.
    let lane = format!("{} trial", lane(customer));
    outbox::clear(&tx, KIND, &lane, now).await?;
    outbox::post_in_lane(&tx, KIND, &lane, &Waiting { customer, event }, now).await?;
    Ok(tx.commit().await?)
}

/// Writes an event for a customer's webhook.
pub async fn post(tx: &WriteTx, customer: CustomerId, event: Value, now: Timestamp) -> Result<()> {
    Ok(outbox::post_in_lane(tx, KIND, &lane(customer), &Waiting { customer, event }, now).await?)
}

/// A customer's events go one after the other.
fn lane(customer: CustomerId) -> String {
    customer.0.to_string()
}

/// An event of the outbox that is to be carried.
#[derive(Debug)]
pub struct Due {
    /// Whose.
    pub customer: CustomerId,
    /// Where to.
    pub hook: Hook,
    /// What.
    pub event: String,
    /// His site lets private addresses in: his server may be on one, too.
    pub private: bool,
}

/// What an outbox row holds; `None` where the customer has no webhook any more.
pub async fn due(state: &State, payload: &str) -> Result<Option<Due>> {
    let broken = |e: serde_json::Error| Fault::internal("event_unreadable", e);
    let Waiting { customer, event } = serde_json::from_str(payload).map_err(broken)?;
    let tx = state.store.read().await?;
    let Some(hook) = queries::hook(&tx, &state.vault, customer).await? else { return Ok(None) };
    let site = customers::by_id(&tx, customer).await?.site;
    let private = state.directory.site(site).is_some_and(|site| site.allow_private_clients);
    Ok(Some(Due { customer, hook, event: event.to_string(), private }))
}

/// Remembers how an event fared, where the webhook is still the one that was tried. A server that took one is back: what
/// waits for its next try goes now.
pub async fn tried(tx: &WriteTx, due: &Due, failure: Option<Failure>, now: Timestamp) -> Result<()> {
    if failure.is_none() {
        outbox::hurry(tx, KIND, &lane(due.customer), now).await?;
    }
    queries::tried(tx, due.customer, &due.hook.url, failure, now).await
}
