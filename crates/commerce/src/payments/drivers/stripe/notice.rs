//! What a notice says. The signature was checked before.

use super::client::Session;
use super::standing;
use crate::payments::driver::{News, Notice};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use turnpike_base::{Code, Fault, Money, Result, Text};

#[derive(Deserialize)]
struct Event {
    id: String,
    r#type: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

#[derive(Deserialize)]
struct Dispute {
    id: String,
    payment_intent: Option<String>,
    #[serde(default)]
    amount: i64,
    #[serde(default)]
    status: String,
}

#[derive(Deserialize)]
struct Refund {
    id: String,
    #[serde(default)]
    status: String,
    payment_intent: Option<String>,
    #[serde(default)]
    amount: i64,
    #[serde(default)]
    metadata: Written,
}

/// What we write on our own.
#[derive(Default, Deserialize)]
struct Written {
    refund: Option<String>,
}

fn unreadable(cause: serde_json::Error) -> Fault {
    let text = Text::new("通知内容无法识别", "The notice can't be read");
    Fault::new(Code::Parameter, "notice_unreadable").say(text).because(cause)
}

fn object<T: DeserializeOwned>(data: Data) -> Result<T> {
    serde_json::from_value(data.object).map_err(unreadable)
}

/// Reads a notice; kinds that do not matter here are [`News::Nothing`].
pub(super) fn read(body: &[u8]) -> Result<Notice> {
    let event: Event = serde_json::from_slice(body).map_err(unreadable)?;
    let news = match event.r#type.as_str() {
        "checkout.session.completed"
        | "checkout.session.async_payment_succeeded"
        | "checkout.session.expired" => {
            let session: Session = object(event.data)?;
            News::Payment { standing: standing(&session), payment: session.payment(), session: session.id }
        }
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
            refunded(object(event.data)?)
        }
        // An inquiry that becomes a dispute tells it by the money that goes.
        "charge.dispute.created" | "charge.dispute.funds_withdrawn" => opened(object(event.data)?),
        // What was disputed may have grown.
        "charge.dispute.updated" => updated(object(event.data)?),
        "charge.dispute.closed" => ended(object(event.data)?),
        _ => News::Nothing,
    };
    Ok(Notice { event: event.id, kind: event.r#type, news })
}

/// The payer's bank only asks: no money moves, neither when it begins nor when it is closed.
pub(super) fn is_inquiry(status: &str) -> bool {
    status.starts_with("warning_")
}

/// Of our own only the end matters that is not what was asked for.
fn refunded(refund: Refund) -> News {
    let Refund { id, status, payment_intent, amount, metadata } = refund;
    match (status.as_str(), payment_intent) {
        ("failed" | "canceled", _) => News::RefundFailed { refund: id },
        ("succeeded" | "pending", Some(intent)) if metadata.refund.is_none() => {
            News::RefundMade { refund: id, intent, amount: Money(amount) }
        }
        _ => News::Nothing,
    }
}

fn opened(dispute: Dispute) -> News {
    if is_inquiry(&dispute.status) {
        return News::Nothing;
    }
    let Dispute { id, payment_intent, amount, .. } = dispute;
    match payment_intent {
        Some(intent) => News::DisputeOpened { dispute: id, intent, amount: Money(amount) },
        None => News::Nothing,
    }
}

/// What is over is told by its end.
fn updated(dispute: Dispute) -> News {
    if matches!(dispute.status.as_str(), "won" | "lost") { News::Nothing } else { opened(dispute) }
}

fn ended(dispute: Dispute) -> News {
    if is_inquiry(&dispute.status) {
        return News::Nothing;
    }
    let Dispute { id, amount, status, .. } = dispute;
    News::DisputeEnded { dispute: id, amount: Money(amount), won: status == "won" }
}
