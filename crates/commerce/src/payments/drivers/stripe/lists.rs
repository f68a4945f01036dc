//! Stripe's own lists, newest first, in pieces (<https://docs.stripe.com/api/pagination>): payments, refunds, disputes.

use super::client::Client;
use super::notice::is_inquiry;
use crate::payments::driver::{Ended, List, Listed, Piece, Wanted};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use turnpike_base::{Fault, Money, Result};

/// Rows of a piece, as many as Stripe gives at once.
const LIMIT: &str = "100";

#[derive(Deserialize)]
struct Answer<T> {
    data: Vec<T>,
    #[serde(default)]
    has_more: bool,
}

/// A row of a list.
trait Row: DeserializeOwned {
    const PATH: &'static str;
    fn id(&self) -> &str;
    /// As it is compared; `None`: it is not.
    fn listed(self) -> Option<Listed>;
}

#[derive(Deserialize)]
struct Intent {
    id: String,
    #[serde(default)]
    amount_received: i64,
    #[serde(default)]
    currency: String,
    #[serde(default)]
    metadata: Metadata,
}

/// What the shop wrote on it: what others take in the same account has no order of ours.
#[derive(Default, Deserialize)]
struct Metadata {
    trade_no: Option<String>,
}

impl Row for Intent {
    const PATH: &'static str = "/v1/payment_intents";

    fn id(&self) -> &str {
        &self.id
    }

    fn listed(self) -> Option<Listed> {
        let trade_no = self.metadata.trade_no.filter(|_| self.amount_received > 0)?;
        let (amount, currency) = (Money(self.amount_received), self.currency.to_ascii_uppercase());
        Some(Listed::Payment { intent: self.id, trade_no, amount, currency })
    }
}

#[derive(Deserialize)]
struct Refund {
    id: String,
    #[serde(default)]
    amount: i64,
    payment_intent: Option<String>,
    #[serde(default)]
    status: Option<String>,
}

impl Row for Refund {
    const PATH: &'static str = "/v1/refunds";

    fn id(&self) -> &str {
        &self.id
    }

    fn listed(self) -> Option<Listed> {
        let made = !matches!(self.status.as_deref(), Some("failed" | "canceled"));
        Some(Listed::Refund {
            intent: self.payment_intent?,
            refund: self.id,
            amount: Money(self.amount),
            made,
        })
    }
}

#[derive(Deserialize)]
struct Dispute {
    id: String,
    #[serde(default)]
    amount: i64,
    payment_intent: Option<String>,
    #[serde(default)]
    status: String,
}

impl Row for Dispute {
    const PATH: &'static str = "/v1/disputes";

    fn id(&self) -> &str {
        &self.id
    }

    fn listed(self) -> Option<Listed> {
        let ended = match self.status.as_str() {
            "won" => Some(Ended::Won),
            "lost" => Some(Ended::Lost),
            _ => None,
        };
        let intent = self.payment_intent.filter(|_| !is_inquiry(&self.status))?;
        Some(Listed::Dispute { dispute: self.id, intent, amount: Money(self.amount), ended })
    }
}

/// A piece of a list.
pub(super) async fn piece(client: &Client, wanted: &Wanted) -> Result<Piece> {
    match wanted.list {
        List::Payments => read::<Intent>(client, wanted).await,
        List::Refunds => read::<Refund>(client, wanted).await,
        List::Disputes => read::<Dispute>(client, wanted).await,
    }
}

async fn read<T: Row>(client: &Client, wanted: &Wanted) -> Result<Piece> {
    let seconds = |at: turnpike_base::Timestamp| at.0.div_euclid(1_000).to_string();
    let mut query = vec![
        ("limit", LIMIT.to_owned()),
        ("created[gte]", seconds(wanted.since)),
        ("created[lt]", seconds(wanted.before)),
    ];
    query.extend(wanted.after.clone().map(|after| ("starting_after", after)));
    let query = serde_urlencoded::to_string(query).map_err(|e| Fault::internal("stripe_form", e))?;
    let answer: Answer<T> = client.get(&format!("{}?{query}", T::PATH)).await?;
    let next = answer.data.last().filter(|_| answer.has_more).map(|row| row.id().to_owned());
    Ok(Piece { rows: answer.data.into_iter().filter_map(Row::listed).collect(), next })
}
