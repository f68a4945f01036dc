//! Stripe Checkout: the customer pays on Stripe's page; a signed notice tells of it, the poller finds what a
//! lost notice missed. Five calls and three lists, form-encoded, each with an Idempotency-Key where it writes.

mod client;
mod lists;
#[cfg(test)]
mod local_tests;
mod notice;
mod signature;

pub use client::Settings;

use crate::payments::driver::{About, Driver, Notice, Page, Piece, RefundStanding, Standing, Wanted};
use crate::payments::model::{Payment, Refund};
use client::{Client, Session};
use http::HeaderMap;
use turnpike_base::{Code, Currency, Fault, Money, Result, Text, Timestamp};
use turnpike_web::BoxFuture;

/// The method's `pm_id`.
pub(crate) const ID: i64 = 1;

static ABOUT: About = About {
    id: ID,
    slug: "stripe",
    group: "card",
    title: Text::new("银行卡支付（Stripe）", "Card (Stripe)"),
    logo: include_str!("../../logos/stripe.svg"),
    offered_by_default: false,
};

/// See the module.
pub(super) struct Stripe(Option<Client>);

impl Stripe {
    pub(super) fn new(settings: Option<Settings>) -> Self {
        Self(settings.map(Client::new))
    }

    fn client(&self) -> Result<&Client> {
        self.0.as_ref().ok_or_else(|| {
            let text = Text::new("Stripe 尚未配置", "Stripe is not configured");
            Fault::new(Code::Unavailable, "stripe_not_configured").say(text)
        })
    }
}

/// Where a session is paid. One that is over has no page any more.
fn page(session: Session) -> Result<Page> {
    let over = session.status != "open";
    match session.url {
        None if !over => Err(Fault::internal("stripe_no_page", "a session without url")),
        url => Ok(Page { session: session.id, url: url.unwrap_or_default() }),
    }
}

/// Bounds that only Stripe knows, such as those of the account's own currency, are the payer's to keep.
fn not_charged(fault: Fault) -> Fault {
    let told = fault.cause.as_ref().map_or_else(String::new, ToString::to_string);
    if fault.slug != "stripe_refused" || !told.contains("amount_too_") {
        return fault;
    }
    let text = Text::new(
        "该支付方式不支持此金额，请选择其他支付方式",
        "does not take this amount; choose another method",
    );
    Fault::parameter("pm_id", text).because(told)
}

/// What a session has come to.
fn standing(session: &Session) -> Standing {
    match (session.payment_status.as_str(), session.status.as_str(), &session.payment_intent) {
        ("paid", _, Some(intent)) => Standing::Paid(session.receipt(intent)),
        (_, "expired", _) => Standing::Gone,
        _ => Standing::Open,
    }
}

impl Driver for Stripe {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn is_ready(&self) -> bool {
        self.0.is_some()
    }

    fn charges(&self, _: Currency, _: Currency) -> bool {
        true
    }

    fn has_provider(&self) -> bool {
        true
    }

    fn bounds(&self, currency: Currency) -> (Money, Money) {
        // What https://docs.stripe.com/currencies says; of CNY it names no least amount.
        let least = match currency {
            Currency::Usd => Money(50),
            Currency::Hkd => Money(400),
            Currency::Cny => Money::ZERO,
        };
        (least, Money(99_999_999))
    }

    fn start<'a>(&'a self, payment: &'a Payment) -> BoxFuture<'a, Result<Option<Page>>> {
        Box::pin(async move {
            let session = self.client()?.create_session(payment).await.map_err(not_charged)?;
            page(session).map(Some)
        })
    }

    fn can_start(&self, payment: &Payment, now: Timestamp) -> bool {
        Client::can_create(payment, now)
    }

    fn recover<'a>(&'a self, payment: &'a Payment) -> BoxFuture<'a, Result<Option<Page>>> {
        Box::pin(async move {
            // An attempt of an earlier version does not know its words any more.
            if payment.return_url.is_empty() {
                return Ok(None);
            }
            match self.client()?.create_session(payment).await {
                Err(fault) if fault.slug == "stripe_refused" => Ok(None),
                outcome => page(outcome?).map(Some),
            }
        })
    }

    fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<()> {
        let header = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
        signature::verify(&self.client()?.settings.webhook_secret, header.unwrap_or_default(), body, now)
    }

    fn read(&self, body: &[u8]) -> Result<Notice> {
        notice::read(body)
    }

    fn look_up<'a>(&'a self, payment: &'a Payment) -> BoxFuture<'a, Result<Standing>> {
        Box::pin(async move {
            let Some(session) = &payment.session else { return Ok(Standing::Open) };
            Ok(standing(&self.client()?.session(session).await?))
        })
    }

    fn close<'a>(&'a self, payment: &'a Payment) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match &payment.session {
                Some(session) => self.client()?.expire_session(session).await,
                None => Ok(()),
            }
        })
    }

    fn refund<'a>(
        &'a self,
        payment: &'a Payment,
        refund: &'a Refund,
    ) -> BoxFuture<'a, Result<RefundStanding>> {
        Box::pin(async move {
            let Some(intent) = &payment.intent else {
                return Ok(RefundStanding::Refused("the payment has no provider's number".into()));
            };
            self.client()?.refund(intent, refund).await
        })
    }

    fn list<'a>(&'a self, wanted: &'a Wanted) -> BoxFuture<'a, Result<Piece>> {
        Box::pin(async move { lists::piece(self.client()?, wanted).await })
    }

    fn audit<'a>(&'a self, payment: &'a Payment) -> BoxFuture<'a, Result<Option<(Money, Money)>>> {
        Box::pin(async move {
            match &payment.intent {
                Some(intent) => self.client()?.intent(intent).await.map(Some),
                None => Ok(None),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_only_the_provider_knows_to_be_too_small_is_the_payers_fault() {
        let refused = |told: &'static str| not_charged(Fault::internal("stripe_refused", told));
        let small = refused("HTTP 400 Bad Request: amount_too_small at least $0.50");
        assert!(small.code == Code::Parameter && small.errors.contains_key("pm_id"), "{small}");
        assert_eq!(refused("HTTP 400 Bad Request: resource_missing").code, Code::Internal);
    }
}
