//! The five calls of Stripe's API that shops make, and three lists, with the checks that the real one has.

use crate::books::{Books, Outcome};
use crate::lists;
use crate::{KEY, Stripe};
use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Form = BTreeMap<String, String>;

/// What a session may be made of; anything else is a mistake.
const KNOWN: &[&str] = &[
    "mode",
    "client_reference_id",
    "line_items[0][quantity]",
    "line_items[0][price_data][currency]",
    "line_items[0][price_data][unit_amount]",
    "line_items[0][price_data][product_data][name]",
    "success_url",
    "cancel_url",
    "expires_at",
    "metadata[payment]",
    "payment_intent_data[metadata][trade_no]",
];

pub(crate) fn router(it: &Stripe) -> Router {
    Router::new()
        .route("/v1/checkout/sessions", post(create))
        .route("/v1/checkout/sessions/{id}", get(session))
        .route("/v1/checkout/sessions/{id}/expire", post(expire))
        .route("/v1/payment_intents", get(listed))
        .route("/v1/payment_intents/{id}", get(intent))
        .route("/v1/refunds", post(refund).get(listed))
        .route("/v1/disputes", get(listed))
        .with_state(it.clone())
}

pub(crate) fn refuse(code: &'static str, message: impl Into<String>) -> Outcome {
    Err((400, code, message.into()))
}

fn answer(status: u16, body: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap_or_default(), Json(body.clone())).into_response()
}

fn error(status: u16, code: &str, message: &str) -> (u16, Value) {
    (status, json!({"error": {"type": "invalid_request_error", "code": code, "message": message}}))
}

/// Checks the key, remembers idempotent requests, loses answers.
fn carry(
    it: &Stripe,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
    work: impl FnOnce(&mut Books, &Form) -> Outcome,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let known = header("authorization") == Some(&format!("Bearer {KEY}"));
    if !known || header("stripe-version").is_none() {
        let (status, told) = error(401, "api_key_invalid", "Invalid API Key provided");
        return answer(status, &told);
    }
    let mut books = it.books();
    match &mut books.serves {
        Some(0) => return answer(503, &json!({})),
        Some(left) => *left -= 1,
        None => {}
    }
    books.pass(it.seconds());
    let sent = format!("{path}\n{}", String::from_utf8_lossy(body));
    let key = header("idempotency-key").map(str::to_owned);
    if let Some((before, status, kept)) = key.as_ref().and_then(|key| books.kept.get(key)) {
        if *before == sent {
            return answer(*status, kept);
        }
        let (status, told) = error(400, "idempotency_key_in_use", "Another request used this key");
        return answer(status, &told);
    }
    let outcome = match serde_urlencoded::from_bytes::<Form>(body) {
        Ok(form) => work(&mut books, &form),
        Err(fault) => refuse("parameter_invalid", fault.to_string()),
    };
    let (status, value) = match outcome {
        Ok(value) => (200, value),
        Err((status, code, message)) => error(status, code, &message),
    };
    books.carried += 1;
    if let Some(key) = key {
        books.kept.insert(key, (sent, status, value.clone()));
    }
    if books.lose > 0 {
        books.lose -= 1;
        return answer(502, &json!({}));
    }
    answer(status, &value)
}

/// What is wrong with a session to be.
fn fault(form: &Form, now: i64) -> Option<(&'static str, String)> {
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    if let Some(unknown) = form.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Some(("parameter_unknown", format!("Received unknown parameter: {unknown}")));
    }
    if field("mode") != "payment" || field("line_items[0][quantity]") != "1" {
        return Some(("parameter_missing", "mode and quantity are required".into()));
    }
    for url in ["success_url", "cancel_url"] {
        if !field(url).starts_with("http://") && !field(url).starts_with("https://") {
            return Some(("url_invalid", format!("{url} must begin with http:// or https://")));
        }
    }
    let amount = field("line_items[0][price_data][unit_amount]").parse::<i64>();
    let title = field("line_items[0][price_data][product_data][name]");
    if !amount.is_ok_and(|amount| (1..=99_999_999).contains(&amount)) || title.is_empty() {
        return Some(("parameter_invalid_integer", "unit_amount and name are required".into()));
    }
    if !["cny", "usd", "hkd"].contains(&field("line_items[0][price_data][currency]")) {
        return Some(("currency_invalid", "an unknown currency, or not in lower case".into()));
    }
    let expires = field("expires_at").parse::<i64>();
    if !expires.is_ok_and(|at| (now + 1_800..=now + 86_400).contains(&at)) {
        return Some(("expires_at", "must be between 30 minutes and 24 hours from now".into()));
    }
    None
}

async fn create(
    State(it): State<Stripe>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = it.seconds();
    carry(&it, uri.path(), &headers, &body, |books, form| {
        if let Some((code, message)) = fault(form, now) {
            return refuse(code, message);
        }
        let expires = form.get("expires_at").and_then(|text| text.parse().ok()).unwrap_or(now);
        Ok(books.open(form, &it.address, expires))
    })
}

async fn session(
    State(it): State<Stripe>,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    carry(&it, uri.path(), &headers, b"", |books, _| books.found(&id))
}

async fn expire(
    State(it): State<Stripe>,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    carry(&it, uri.path(), &headers, b"", |books, _| books.expire(&id))
}

async fn intent(
    State(it): State<Stripe>,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    carry(&it, uri.path(), &headers, b"", |books, _| books.intent(&id))
}

async fn refund(
    State(it): State<Stripe>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = it.seconds();
    carry(&it, uri.path(), &headers, &body, |books, form| {
        let amount = form.get("amount").and_then(|text| text.parse().ok()).unwrap_or(0);
        books.refund(form.get("payment_intent").map_or("", String::as_str), amount, now)
    })
}

async fn listed(State(it): State<Stripe>, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    let query: Form = serde_urlencoded::from_str(uri.query().unwrap_or_default()).unwrap_or_default();
    carry(&it, uri.path(), &headers, b"", |books, _| lists::answer(books, uri.path(), &query))
}
