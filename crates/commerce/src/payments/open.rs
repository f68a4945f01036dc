//! What is open to everybody: providers' notices, the page that a payer comes back to, pictures.

use super::{logos, notices};
use crate::State;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State as Shared};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode, header};
use std::sync::Arc;
use turnpike_base::{Clock, Code};

/// Largest notice, in bytes.
const LARGEST: usize = 1 << 20;

#[derive(Clone)]
struct Door {
    state: State,
    clock: Arc<dyn Clock>,
}

/// `POST /notices/{method}`, `GET /pay/return`, `GET /payment-logos/{file}`.
pub fn router(state: &State, clock: Arc<dyn Clock>) -> Router {
    let door = Door { state: state.clone(), clock };
    Router::new()
        .route("/notices/{method}", post(notice).layer(DefaultBodyLimit::max(LARGEST)))
        .route("/pay/return", get(back))
        .with_state(door)
        .merge(logos::router(state.payments.clone()))
}

/// 200 where it was taken. 400 where the signature does not hold; 503 asks the provider to come again.
async fn notice(
    Shared(door): Shared<Door>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = door.clock.now();
    match notices::receive(&door.state, &method, &headers, &body, now).await {
        Ok(outcome) => axum::Json(serde_json::json!({"received": true, "outcome": outcome})).into_response(),
        Err(fault) => {
            let status = match fault.code {
                Code::NotFound => StatusCode::NOT_FOUND,
                Code::Forbidden | Code::Parameter => StatusCode::BAD_REQUEST,
                _ => {
                    tracing::error!(method, %fault, cause = ?fault.cause, "a notice can't be applied yet");
                    StatusCode::SERVICE_UNAVAILABLE
                }
            };
            (status, axum::Json(serde_json::json!({"error": fault.slug}))).into_response()
        }
    }
}

/// It tells nothing of the order: what counts is what the provider says.
async fn back() -> Response {
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Html(include_str!("return.html"))).into_response()
}
