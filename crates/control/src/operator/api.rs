//! The operator API over HTTP: its own token, never answered without it.

use super::{Caller, door, run_once};
use crate::Control;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use turnpike_base::{Code, Fault, Lang, Secret};
use turnpike_identity::audit::Actor;

/// An import file of a million addresses has to fit.
pub(super) const LARGEST: usize = 128 << 20;

#[derive(Clone)]
struct Api {
    control: Control,
    tokens: Arc<Vec<Secret>>,
}

/// `POST /operator/{noun}/{verb}` for who bears one of the tokens; closed where there is none.
pub(crate) fn router(control: Control, tokens: Vec<Secret>) -> Router {
    let api = Api { control, tokens: Arc::new(tokens) };
    let people = door::router(api.control.clone());
    Router::new().route("/operator/{noun}/{verb}", post(command)).with_state(api).merge(people)
}

async fn command(
    State(api): State<Api>,
    Path((noun, verb)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    // Before the body: nobody sends a file without the token.
    if !turnpike_web::bears(&headers, &api.tokens) {
        let refused = json!({"error": {"slug": "token_required", "message": "The operator API needs its token: Authorization: Bearer TOKEN", "errors": {}}});
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], axum::Json(refused))
            .into_response();
    }
    let input = match axum::body::to_bytes(body, LARGEST).await {
        Ok(body) if body.is_empty() => Ok(json!({})),
        Ok(body) => serde_json::from_slice::<Value>(&body).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let outcome = match input {
        Ok(input) => {
            let info = parts.extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>();
            let client = info.map(|info| info.0.ip().to_canonical());
            let caller = Caller { actor: Actor::Token, client };
            run_once(&api.control, caller, &headers, &format!("{noun}/{verb}"), input).await
        }
        Err(error) => Err(Fault::parameter(
            "body",
            turnpike_base::Text::made(format!("不是 JSON：{error}"), format!("is not JSON: {error}")),
        )),
    };
    match outcome {
        Ok(data) => axum::Json(json!({"data": data})).into_response(),
        Err(fault) => failed(&fault, asked_or_english(&headers)),
    }
}

/// Scripts read English unless they ask for something else.
fn asked_or_english(headers: &HeaderMap) -> Lang {
    let asks = headers.contains_key("language") || headers.contains_key(header::ACCEPT_LANGUAGE);
    if asks { turnpike_web::language(headers) } else { Lang::En }
}

pub(crate) fn failed(fault: &Fault, lang: Lang) -> Response {
    if matches!(fault.code, Code::Internal | Code::Unavailable) {
        tracing::error!(%fault, cause = ?fault.cause, "an operator's command failed");
    }
    let errors: Map<String, Value> = fault
        .errors
        .iter()
        .map(|(field, reasons)| (field.clone(), reasons.iter().map(|r| json!(r.get(lang))).collect()))
        .collect();
    let status = match fault.code {
        Code::BadKey => Some(StatusCode::UNAUTHORIZED),
        code => u16::try_from(code.number()).ok().and_then(|n| StatusCode::from_u16(n).ok()),
    };
    let body = json!({"error": {"slug": fault.slug, "code": fault.code.number(), "message": fault.text.get(lang),
        "errors": errors, "data": fault.data}});
    (
        status.filter(|s| s.is_client_error() || s.is_server_error()).unwrap_or(StatusCode::BAD_REQUEST),
        axum::Json(body),
    )
        .into_response()
}
