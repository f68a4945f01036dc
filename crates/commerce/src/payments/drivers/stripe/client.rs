//! The five calls. Amounts are minor units there as here: CNY, USD and HKD all have two decimals.

use crate::payments::driver::{Receipt, RefundStanding};
use crate::payments::model::{Payment, Refund};
use bytes::Bytes;
use http::{Method, Request, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use turnpike_base::{Code, Fault, Money, Result, Secret, Text, Timestamp};
use turnpike_fetch::{Address, Limits, send};

/// The version of Stripe's API that this speaks; without it an account's own version would answer.
const VERSION: &str = "2024-06-20";
/// A page lives at least so long (Stripe's own bound).
const LEAST_SECONDS: i64 = 30 * 60;
/// A page is asked for that ends so long after its attempt began: so much longer that for a while the same attempt can be
/// asked for again, in the same words.
const PAGE_SECONDS: i64 = LEAST_SECONDS + 5 * 60;
/// For clocks that differ, and a request's way.
const SLACK_SECONDS: i64 = 30;

/// What an operator sets.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the API is, `https://api.stripe.com` outside of tests.
    pub api: Address,
    /// `sk_…` or `rk_…`.
    pub secret_key: Secret,
    /// `whsec_…`: signs notices.
    pub webhook_secret: Secret,
}

/// A Checkout Session, as far as it matters.
#[derive(Debug, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) url: Option<String>,
    /// open, complete, expired
    #[serde(default)]
    pub(super) status: String,
    /// paid, unpaid, no_payment_required
    #[serde(default)]
    pub(super) payment_status: String,
    #[serde(default)]
    amount_total: i64,
    #[serde(default)]
    currency: String,
    pub(super) payment_intent: Option<String>,
    metadata: Option<Metadata>,
    client_reference_id: Option<String>,
}

/// What we wrote on it.
#[derive(Debug, Deserialize)]
struct Metadata {
    payment: Option<String>,
}

impl Session {
    /// The attempt that it was made for, if it was made by us, and the order.
    pub(super) fn payment(&self) -> Option<(i64, String)> {
        let id = self.metadata.as_ref()?.payment.as_ref()?.parse().ok()?;
        Some((id, self.client_reference_id.clone()?))
    }

    pub(super) fn receipt(&self, intent: &str) -> Receipt {
        Receipt {
            intent: intent.to_owned(),
            amount: Money(self.amount_total),
            currency: self.currency.to_ascii_uppercase(),
        }
    }
}

#[derive(Deserialize)]
struct Intent {
    #[serde(default)]
    amount_received: i64,
    latest_charge: Option<Charge>,
}

#[derive(Deserialize)]
struct Charge {
    #[serde(default)]
    amount_refunded: i64,
}

#[derive(Deserialize)]
struct RefundAnswer {
    id: String,
    status: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: RefusalBody,
}

#[derive(Deserialize)]
struct RefusalBody {
    message: Option<String>,
    code: Option<String>,
}

/// A way of talking to Stripe.
pub(super) struct Client {
    pub(super) settings: Settings,
}

type Form<'a> = Vec<(&'a str, String)>;

impl Client {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Whether Stripe still takes the end that an attempt's page has.
    pub(super) fn can_create(payment: &Payment, now: Timestamp) -> bool {
        let window = PAGE_SECONDS - LEAST_SECONDS - SLACK_SECONDS;
        now < payment.created_at.plus_seconds(window)
    }

    /// The same attempt again gets the same session. Fails with `stripe_refused` also where there is none and its end is
    /// too near by now.
    pub(super) async fn create_session(&self, payment: &Payment) -> Result<Session> {
        let back = |how: &str| format!("{}?trade_no={}&{how}", payment.return_url, payment.trade_no);
        let form = vec![
            ("mode", "payment".to_owned()),
            ("client_reference_id", payment.trade_no.clone()),
            ("line_items[0][quantity]", "1".to_owned()),
            ("line_items[0][price_data][currency]", payment.currency.to_ascii_lowercase()),
            ("line_items[0][price_data][unit_amount]", payment.amount.0.to_string()),
            ("line_items[0][price_data][product_data][name]", payment.title.clone()),
            ("success_url", back("done=1")),
            ("cancel_url", back("done=0")),
            ("expires_at", (payment.created_at.0 / 1_000 + PAGE_SECONDS).to_string()),
            ("metadata[payment]", payment.id.to_string()),
            ("payment_intent_data[metadata][trade_no]", payment.trade_no.clone()),
        ];
        let key = format!("turnpike-pay-{}-{}", payment.trade_no, payment.id);
        self.call(Method::POST, "/v1/checkout/sessions", form, Some(key)).await
    }

    pub(super) async fn session(&self, id: &str) -> Result<Session> {
        self.get(&format!("/v1/checkout/sessions/{id}")).await
    }

    /// Fails with `stripe_refused` where the session is not open any more; the poller sees what it came to.
    pub(super) async fn expire_session(&self, id: &str) -> Result<()> {
        let path = format!("/v1/checkout/sessions/{id}/expire");
        let outcome = self.call::<Session>(Method::POST, &path, Vec::new(), None).await;
        match outcome {
            Err(fault) if fault.slug != "stripe_refused" => Err(fault),
            _ => Ok(()),
        }
    }

    /// Received, and refunded of it.
    pub(super) async fn intent(&self, id: &str) -> Result<(Money, Money)> {
        let path = format!("/v1/payment_intents/{id}?expand[]=latest_charge");
        let intent: Intent = self.get(&path).await?;
        let refunded = intent.latest_charge.map_or(0, |charge| charge.amount_refunded);
        Ok((Money(intent.amount_received), Money(refunded)))
    }

    pub(super) async fn refund(&self, intent: &str, refund: &Refund) -> Result<RefundStanding> {
        let form = vec![
            ("payment_intent", intent.to_owned()),
            ("amount", refund.amount.0.to_string()),
            ("metadata[refund]", refund.id.to_string()),
        ];
        let key = format!("turnpike-refund-{}-{}", refund.trade_no, refund.id);
        match self.call::<RefundAnswer>(Method::POST, "/v1/refunds", form, Some(key)).await {
            Ok(answer) => Ok(match answer.status.as_deref() {
                Some("failed" | "canceled") => RefundStanding::Refused(format!("{} failed", answer.id)),
                _ => RefundStanding::Made(answer.id),
            }),
            Err(fault) if fault.slug == "stripe_refused" => {
                Ok(RefundStanding::Refused(fault.cause.map_or_else(String::new, |cause| cause.to_string())))
            }
            Err(fault) => Err(fault),
        }
    }

    /// Reads something.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.call(Method::GET, path, Vec::new(), None).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        form: Form<'_>,
        key: Option<String>,
    ) -> Result<T> {
        let away = |cause: Box<dyn std::error::Error + Send + Sync>| {
            let text = Text::new(
                "支付渠道暂时无法访问，请稍后重试",
                "The payment provider can't be reached just now; try again soon",
            );
            Fault::new(Code::Unavailable, "stripe_away").say(text).because(cause)
        };
        let request = self.request(method, path, &form, key)?;
        let answer = send(&self.settings.api, request, Limits::SHORT).await.map_err(|e| away(e.into()))?;
        let status = answer.status;
        if status.is_success() {
            return serde_json::from_slice(&answer.body).map_err(|e| Fault::internal("stripe_unreadable", e));
        }
        let told = serde_json::from_slice::<Refusal>(&answer.body).map(|refusal| refusal.error);
        let told = told.map_or_else(
            |_| format!("HTTP {status}"),
            |e| format!("HTTP {status}: {} {}", e.code.unwrap_or_default(), e.message.unwrap_or_default()),
        );
        // 409 and 429 pass: another request with this key is under way, or there are too many.
        if status.is_server_error() || matches!(status.as_u16(), 401 | 409 | 429) {
            return Err(away(told.into()));
        }
        Err(Fault::internal("stripe_refused", told))
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        form: &Form<'_>,
        key: Option<String>,
    ) -> Result<Request<Bytes>> {
        let body = serde_urlencoded::to_string(form).map_err(|e| Fault::internal("stripe_form", e))?;
        let mut request = Request::builder()
            .method(method)
            .uri(self.settings.api.path(path))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.settings.secret_key.expose()))
            .header("stripe-version", VERSION);
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request
            .body(Bytes::from(body))
            .map_err(|_| Fault::internal("stripe_request", "a header can't be sent"))
    }
}
