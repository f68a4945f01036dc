//! Sends what the domains wrote into the outbox: mail, signed webhooks, those of customers, too, side by side. What was not
//! taken is tried again later and later; what is too late is given up. Without a mail server mails stay where operators can read them.

#[cfg(test)]
mod tests;

use crate::Control;
use crate::contained::contained;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::JoinSet;
use turnpike_base::{Result, Timestamp};
use turnpike_commerce::warnings::hooks::{self, Due, Failure};
use turnpike_courier::{CourierError, Mail, Smtp, Webhook};
use turnpike_identity::{events, mail};
use turnpike_store::outbox::{self, Message};
use turnpike_store::retrying;

/// Other processes write too, and waits end: look at least so often.
const LOOK: Duration = Duration::from_secs(1);
/// A message's lock, in seconds: longer than any of them takes.
const LOCK: i64 = 120;
/// Tries of a webhook before it is given up: about a day.
const TRIES: i64 = 30;
/// Customers' webhooks on their way at once: many, because each of these servers may hang. Those of one customer go one
/// after the other.
const STRANGERS: usize = 32;

/// What carries messages to the outside world.
#[derive(Clone, Debug, Default)]
pub struct Couriers {
    /// The mail server, if there is one.
    pub smtp: Option<Smtp>,
    /// Where events go, if anywhere.
    pub webhook: Option<Webhook>,
}

impl Couriers {
    fn carry(&self, kind: &str) -> bool {
        match kind {
            mail::KIND => self.smtp.is_some(),
            events::KIND => self.webhook.is_some(),
            // Each event brings its address along.
            hooks::KIND => true,
            _ => false,
        }
    }
}

impl Control {
    /// Sends with these from now on; customers may have codes by telephone where there is a webhook.
    pub fn set_couriers(&self, couriers: Couriers) {
        self.0.identity.codes.webhook.store(couriers.webhook.is_some(), Ordering::Relaxed);
        self.0.couriers.store(Arc::new(couriers));
    }

    /// Whether events go anywhere.
    pub(crate) fn has_webhook(&self) -> bool {
        self.0.couriers.load().webhook.is_some()
    }
}

/// Sends one message; `false`: it is too late for it.
type Carry = fn(Control, Arc<Claimed>) -> BoxFuture<'static, Result<bool, String>>;

/// Sends for ever. The kinds go side by side: a server that is slow holds up its own kind only, and where it is a
/// customer's, that customer only.
pub(crate) async fn run(control: Control) {
    run_with(control, |control, claimed| Box::pin(async move { carry(&control, &claimed).await })).await;
}

async fn run_with(control: Control, carry: Carry) {
    tokio::join!(
        keep_running(&control, mail::KIND, 1, carry),
        keep_running(&control, events::KIND, 1, carry),
        keep_running(&control, hooks::KIND, STRANGERS, carry)
    );
}

/// Begins anew where it broke: what was on its way is tried again once its lock has ended.
async fn keep_running(control: &Control, kind: &'static str, at_once: usize, carry: Carry) {
    while contained(run_kind(control, kind, at_once, carry)).await.is_err() {
        tracing::error!(kind, "the courier broke and begins anew");
        tokio::time::sleep(LOOK).await;
    }
}

async fn run_kind(control: &Control, kind: &'static str, at_once: usize, carry: Carry) {
    let mut on_their_way = JoinSet::new();
    loop {
        while on_their_way.len() >= at_once {
            on_their_way.join_next().await;
        }
        while on_their_way.try_join_next().is_some() {}
        let committed = control.store().committed();
        tokio::pin!(committed);
        // From here on no commit goes unnoticed.
        committed.as_mut().enable();
        match next(control, kind).await {
            Ok(Some(claimed)) => {
                on_their_way.spawn(send_claimed(control.clone(), claimed, carry));
                continue;
            }
            Ok(None) => {}
            Err(fault) => tracing::error!(%fault, cause = ?fault.cause, "messages can't be sent"),
        }
        let _ = tokio::time::timeout(LOOK, committed).await;
    }
}

/// A message that is this process's for a while, and who carries it.
struct Claimed {
    message: Message,
    couriers: Arc<Couriers>,
    at: Timestamp,
}

/// Takes the message of a kind that waits longest, if there is one.
async fn next(control: &Control, kind: &str) -> Result<Option<Claimed>> {
    let (at, couriers) = (control.0.clock.now(), control.0.couriers.load_full());
    if !couriers.carry(kind) || !outbox::is_due(&control.store().read().await?, kind, at).await? {
        return Ok(None);
    }
    let tx = control.store().write().await?;
    let Some(message) = outbox::claim(&tx, kind, at, LOCK).await? else { return Ok(None) };
    tx.commit().await?;
    Ok(Some(Claimed { message, couriers, at }))
}

/// Sends one and writes down how it fared; who breaks while he carries it has failed to.
async fn send_claimed(control: Control, claimed: Claimed, carry: Carry) {
    let claimed = Arc::new(claimed);
    let id = claimed.message.id;
    let told = contained(async {
        let sent = contained(carry(control.clone(), Arc::clone(&claimed))).await;
        let outcome = sent.unwrap_or_else(|broke| Err(broke.to_string()));
        retrying(|| end(&control, &claimed.message, &outcome)).await
    });
    match told.await {
        Ok(Ok(())) => {}
        Ok(Err(fault)) => {
            tracing::error!(%fault, cause = ?fault.cause, id, "how a message fared can't be written down");
        }
        Err(broke) => tracing::error!(%broke, id, "how a message fared can't be written down"),
    }
}

/// Writes down how a message fared.
async fn end(control: &Control, message: &Message, outcome: &Result<bool, String>) -> Result<()> {
    let now = control.0.clock.now();
    let tx = control.store().write().await?;
    match outcome {
        Ok(true) => outbox::sent(&tx, message, now).await?,
        Ok(false) => outbox::give_up(&tx, message, "too late").await?,
        Err(error) if message.attempts >= TRIES => outbox::give_up(&tx, message, error).await?,
        Err(error) => {
            tracing::warn!(id = message.id, kind = message.kind, error, "a message was not taken");
            outbox::fail(&tx, message, error, now).await?;
        }
    }
    Ok(tx.commit().await?)
}

async fn carry(control: &Control, claimed: &Claimed) -> Result<bool, String> {
    let Claimed { message, couriers, at: now } = claimed;
    let now = *now;
    match (message.kind.as_str(), &couriers.smtp, &couriers.webhook) {
        (mail::KIND, Some(smtp), _) => {
            let opened = mail::open(&control.0.vault, &message.payload, now).map_err(|e| e.to_string())?;
            let Some(mail) = opened else { return Ok(false) };
            let id = format!("turnpike-{}", message.id);
            let mail = Mail {
                to: mail.to,
                from_name: mail.from_name,
                subject: mail.subject,
                text: mail.text,
                html: mail.html,
                id,
            };
            smtp.send(&mail).await.map_err(|e| e.to_string())?;
        }
        (events::KIND, _, Some(webhook)) => {
            let opened = events::open(&control.0.vault, &message.payload, now).map_err(|e| e.to_string())?;
            let Some(event) = opened else { return Ok(false) };
            webhook.send(message.id, &event, now).await.map_err(|e| e.to_string())?;
        }
        (hooks::KIND, ..) => return to_customer(control, message, now).await,
        _ => return Err("there is nobody to send it".into()),
    }
    Ok(true)
}

/// Sends an event to a customer's own webhook, and notes how it fared; `false`: he has none any more.
async fn to_customer(control: &Control, message: &Message, now: Timestamp) -> Result<bool, String> {
    let told = |fault: turnpike_base::Fault| fault.to_string();
    let Some(due) = hooks::due(&control.commerce(), &message.payload).await.map_err(told)? else {
        return Ok(false);
    };
    let sent = send(&due, message.id, now).await;
    let failure = sent.as_ref().err().map(|error| match error {
        CourierError::Status(status) => Failure::Status(*status),
        CourierError::Fetch(error) => Failure::from(error),
        _ => Failure::Broken,
    });
    note(control, &due, failure, now).await.map_err(told)?;
    sent.map(|()| true).map_err(|error| error.to_string())
}

async fn send(due: &Due, id: i64, now: Timestamp) -> Result<(), CourierError> {
    let webhook = Webhook::new(&due.hook.url, due.hook.secret.clone())?.of_stranger(due.private);
    webhook.send(id, &due.event, now).await
}

async fn note(control: &Control, due: &Due, failure: Option<Failure>, now: Timestamp) -> Result<()> {
    let tx = control.store().write().await?;
    hooks::tried(&tx, due, failure, now).await?;
    Ok(tx.commit().await?)
}
