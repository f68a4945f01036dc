//! The page that a payer's browser sees, and where the program is told to deliver notices.

use crate::{Stripe, books};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::StatusCode;

pub(crate) fn router(it: &Stripe) -> Router {
    Router::new()
        .route("/pay/{id}", get(show))
        .route("/pay/{id}/{outcome}", post(act))
        .route("/stand-in/notices", post(notices))
        .with_state(it.clone())
}

async fn show(State(it): State<Stripe>, Path(id): Path<String>) -> Response {
    let status = it.status_of(&id);
    let session = it.books().session(&id).cloned();
    let Some(session) = session else { return StatusCode::NOT_FOUND.into_response() };
    if status != "open" {
        return (StatusCode::GONE, Html(format!("<!doctype html><p id=status>{status}"))).into_response();
    }
    let button = |outcome: &str, text: &str| {
        format!("<form method=post action=/pay/{id}/{outcome}><button id={outcome}>{text}</button></form>")
    };
    let (amount, currency) = (&session["amount_total"], books::text(&session, "currency"));
    let page = format!(
        "<!doctype html><meta charset=utf-8><title>Stand-in checkout</title><p id=amount>{amount} {currency} (minor \
         units)</p>{}{}{}",
        button("paid", "Pay"),
        button("failed", "Pay later, and fail"),
        button("cancelled", "Back")
    );
    Html(page).into_response()
}

/// What the payer does; the browser goes back to the shop.
async fn act(State(it): State<Stripe>, Path((id, outcome)): Path<(String, String)>) -> Response {
    if it.status_of(&id) != "open" {
        return StatusCode::GONE.into_response();
    }
    let session = it.books().session(&id).cloned().unwrap_or_default();
    let (kind, object) = match outcome.as_str() {
        "paid" => ("checkout.session.completed", it.pay(&id, None)),
        "failed" => ("checkout.session.async_payment_failed", it.fail(&id)),
        "cancelled" => return Redirect::to(&books::text(&session, "cancel_url")).into_response(),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    // Gone only when the program ends.
    let _ = it.told.send((kind, object));
    Redirect::to(&books::text(&session, "success_url")).into_response()
}

async fn notices(State(it): State<Stripe>, url: String) -> StatusCode {
    it.deliver_to(Some(url.trim().to_owned()).filter(|url| !url.is_empty()));
    StatusCode::NO_CONTENT
}
