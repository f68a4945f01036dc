//! A stand-in for Stripe, in process and as strict as the real one: Checkout Sessions with expiry, refunds never
//! above the payment, idempotency keys that refuse another body, signed notices. Payers act by calls of the test.

use super::client::Settings;
use super::signature::sign;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use turnpike_base::{Secret, Timestamp};
use turnpike_fetch::Address;

const KEY: &str = "sk_test_stand_in_key";
const WEBHOOK: &str = "whsec_stand_in_secret";

#[derive(Default)]
struct Books {
    now: i64,
    sessions: BTreeMap<String, Value>,
    intents: BTreeMap<String, Value>,
    refunds: BTreeMap<String, Value>,
    /// Per idempotency key the request and its answer.
    kept: BTreeMap<String, (Vec<u8>, u16, Value)>,
    /// So many answers get lost after the request was carried out.
    lose: usize,
    /// Refunds can't be made.
    refuses_refunds: bool,
    events: u64,
    /// Requests that were carried out and not answered from memory.
    pub(crate) carried: usize,
}

/// See the module.
#[derive(Clone)]
pub(crate) struct StandIn {
    books: Arc<Mutex<Books>>,
    address: String,
}

type Outcome = Result<Value, (u16, &'static str, String)>;

fn refuse(code: &'static str, message: impl Into<String>) -> Outcome {
    Err((400, code, message.into()))
}

impl StandIn {
    /// Starts it on a free port.
    pub(crate) async fn start(now: Timestamp) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let books = Books { now: now.0 / 1_000, ..Books::default() };
        let it = Self { books: Arc::new(Mutex::new(books)), address };
        let router = Router::new()
            .route("/v1/checkout/sessions", post(create))
            .route("/v1/checkout/sessions/{id}", get(session))
            .route("/v1/checkout/sessions/{id}/expire", post(expire))
            .route("/v1/payment_intents/{id}", get(intent))
            .route("/v1/refunds", post(refund))
            .with_state(it.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        it
    }

    /// How to reach it.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            api: Address::parse(&self.address).unwrap(),
            secret_key: Secret::new(KEY),
            webhook_secret: Secret::new(WEBHOOK),
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    pub(crate) fn lose_answers(&self, count: usize) {
        self.books().lose = count;
    }

    pub(crate) fn refuse_refunds(&self) {
        self.books().refuses_refunds = true;
    }

    pub(crate) fn carried(&self) -> usize {
        self.books().carried
    }

    pub(crate) fn refunds(&self) -> Vec<i64> {
        self.books().refunds.values().map(|refund| refund["amount"].as_i64().unwrap()).collect()
    }

    pub(crate) fn status_of(&self, session: &str) -> String {
        self.books().sessions[session]["status"].as_str().unwrap().to_owned()
    }

    /// The payer pays on the page; `amount` other than asked for is what a real Stripe would not do, but a
    /// method might. Gives the session as it is then.
    pub(crate) fn pay(&self, session: &str, amount: Option<i64>) -> Value {
        let mut books = self.books();
        let id = format!("pi_{}", books.intents.len() + 1);
        let it = books.sessions.get_mut(session).unwrap();
        let amount = amount.unwrap_or_else(|| it["amount_total"].as_i64().unwrap());
        it["amount_total"] = json!(amount);
        it["status"] = json!("complete");
        it["payment_status"] = json!("paid");
        it["payment_intent"] = json!(id);
        let paid = it.clone();
        let intent = json!({"id": id, "object": "payment_intent", "amount_received": amount,
            "latest_charge": {"amount_refunded": 0}});
        books.intents.insert(id, intent);
        paid
    }

    /// The page's time is over.
    pub(crate) fn time_out(&self, session: &str) -> Value {
        let mut books = self.books();
        let it = books.sessions.get_mut(session).unwrap();
        it["status"] = json!("expired");
        it.clone()
    }

    /// A notice with a fresh name, and its signature made at `at`.
    pub(crate) fn notice(&self, kind: &str, object: &Value, at: Timestamp) -> (String, Vec<u8>) {
        let mut books = self.books();
        books.events += 1;
        let body = json!({"id": format!("evt_{}", books.events), "object": "event", "type": kind,
            "data": {"object": object}});
        let body = serde_json::to_vec(&body).unwrap();
        (signed(WEBHOOK, at, &body), body)
    }
}

/// A `Stripe-Signature`.
pub(crate) fn signed(secret: &str, at: Timestamp, body: &[u8]) -> String {
    let time = at.0 / 1_000;
    format!("t={time},v1={}", sign(&Secret::new(secret), time, body))
}

type Form = BTreeMap<String, String>;

fn answer(status: u16, body: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(body.clone())).into_response()
}

fn told(outcome: Outcome) -> (u16, Value) {
    match outcome {
        Ok(value) => (200, value),
        Err((status, code, message)) => (status, json!({"error": {"code": code, "message": message}})),
    }
}

/// Checks the key, remembers idempotent requests, loses answers.
fn carry(
    it: &StandIn,
    headers: &HeaderMap,
    body: &[u8],
    work: impl FnOnce(&mut Books, &Form) -> Outcome,
) -> Response {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    if header("authorization").as_deref() != Some(&format!("Bearer {KEY}"))
        || header("stripe-version").is_none()
    {
        return answer(401, &json!({"error": {"code": "no_key", "message": "Invalid API Key provided"}}));
    }
    let mut books = it.books();
    let key = header("idempotency-key");
    if let Some((sent, status, kept)) = key.as_ref().and_then(|key| books.kept.get(key)) {
        if sent != body {
            return answer(
                400,
                &json!({"error": {"code": "idempotency_error", "message": "another request used this key"}}),
            );
        }
        return answer(*status, kept);
    }
    let form: Form = serde_urlencoded::from_bytes(body).unwrap();
    let (status, value) = told(work(&mut books, &form));
    books.carried += 1;
    if let Some(key) = key {
        books.kept.insert(key, (body.to_vec(), status, value.clone()));
    }
    if books.lose > 0 {
        books.lose -= 1;
        return answer(502, &json!({}));
    }
    answer(status, &value)
}

async fn create(State(it): State<StandIn>, headers: HeaderMap, body: Bytes) -> Response {
    carry(&it, &headers, &body, |books, form| {
        let field = |name: &str| form.get(name).cloned().unwrap_or_default();
        let amount: i64 = field("line_items[0][price_data][unit_amount]").parse().unwrap_or(0);
        let expires: i64 = field("expires_at").parse().unwrap_or(0);
        if field("mode") != "payment"
            || field("success_url").is_empty()
            || field("line_items[0][quantity]") != "1"
        {
            return refuse("parameter_missing", "mode, success_url and quantity are required");
        }
        if amount < 1 || field("line_items[0][price_data][product_data][name]").is_empty() {
            return refuse("parameter_invalid_integer", "unit_amount and name are required");
        }
        if !["cny", "usd", "hkd"].contains(&field("line_items[0][price_data][currency]").as_str()) {
            return refuse("currency", "an unknown currency, or not in lower case");
        }
        if !(books.now + 1_800..=books.now + 86_400).contains(&expires) {
            return refuse("expires_at", "must be between 30 minutes and 24 hours from now");
        }
        let id = format!("cs_test_{}", books.sessions.len() + 1);
        let session = json!({"id": id, "object": "checkout.session", "url": format!("https://checkout.example/{id}"),
            "status": "open", "payment_status": "unpaid", "amount_total": amount, "payment_intent": null,
            "currency": field("line_items[0][price_data][currency]"),
            "client_reference_id": field("client_reference_id"), "metadata": {"payment": field("metadata[payment]")}});
        books.sessions.insert(id, session.clone());
        Ok(session)
    })
}

async fn session(State(it): State<StandIn>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    carry(&it, &headers, b"", |books, _| {
        books.sessions.get(&id).cloned().ok_or((404, "resource_missing", id))
    })
}

async fn expire(State(it): State<StandIn>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    carry(&it, &headers, b"", |books, _| {
        let session = books.sessions.get_mut(&id).ok_or((404, "resource_missing", id))?;
        if session["status"] != "open" {
            return refuse("session_not_open", "Only Checkout Sessions with a status of open can be expired");
        }
        session["status"] = json!("expired");
        Ok(session.clone())
    })
}

async fn intent(State(it): State<StandIn>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    carry(&it, &headers, b"", |books, _| books.intents.get(&id).cloned().ok_or((404, "resource_missing", id)))
}

async fn refund(State(it): State<StandIn>, headers: HeaderMap, body: Bytes) -> Response {
    carry(&it, &headers, &body, |books, form| {
        if books.refuses_refunds {
            return refuse("charge_disputed", "this charge can't be refunded");
        }
        let amount: i64 = form.get("amount").and_then(|text| text.parse().ok()).unwrap_or(0);
        let id = form.get("payment_intent").cloned().unwrap_or_default();
        let count = books.refunds.len();
        let intent = books.intents.get_mut(&id).ok_or((404, "resource_missing", id))?;
        let back = intent["latest_charge"]["amount_refunded"].as_i64().unwrap() + amount;
        if amount < 1 || back > intent["amount_received"].as_i64().unwrap() {
            return refuse("amount_too_large", "Refund amount is greater than unrefunded amount on charge");
        }
        intent["latest_charge"]["amount_refunded"] = json!(back);
        let id = format!("re_{}", count + 1);
        let made = json!({"id": id, "object": "refund", "amount": amount, "status": "succeeded"});
        books.refunds.insert(id, made.clone());
        Ok(made)
    })
}
