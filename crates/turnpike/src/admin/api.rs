//! Commands over the operator API of a running server: one connection, one request.

use super::failure::Failure;
use super::place::{API_VARIABLE, TOKEN_VARIABLE};
use super::verbs::Call;
use anyhow::{Context, Result, anyhow, bail};
use axum::body::Bytes;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use std::time::Duration;
use turnpike_base::Secret;
use turnpike_fetch::{Address, Limits, send};

/// An import of a million addresses takes a while, and so does a list of them.
const LIMITS: Limits =
    Limits { connect: Duration::from_secs(10), answer: Duration::from_secs(600), body: 256 << 20 };

/// Runs a command on a server.
///
/// # Errors
/// The server does not answer, or refuses.
pub(super) async fn post(url: &str, token: &Secret, call: &Call) -> Result<Value> {
    // What was typed is not repeated: it may hold a password.
    let server = Address::parse(url).context(API_VARIABLE)?;
    let request = request(&server, token, call)?;
    let answer = send(&server, request, LIMITS).await.with_context(|| format!("{API_VARIABLE} {url}"))?;
    read(answer.status, &answer.body).with_context(|| format!("{API_VARIABLE} {url}"))?.map_err(Into::into)
}

fn request(server: &Address, token: &Secret, call: &Call) -> Result<Request<Bytes>> {
    Request::post(server.path(&format!("/operator/{}", call.path)))
        .header(header::AUTHORIZATION, format!("Bearer {}", token.expose()))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Bytes::from(serde_json::to_vec(&call.input)?))
        // The error would repeat nothing of the token, but say nothing either.
        .map_err(|_| anyhow!("{TOKEN_VARIABLE} holds characters that no token has"))
}

/// `{"data": …}` or `{"error": {…}}`.
fn read(status: StatusCode, body: &[u8]) -> Result<Result<Value, Failure>> {
    let mut answer: Value = serde_json::from_slice(body).unwrap_or(json!(null));
    if let Some(data) = answer.get_mut("data").filter(|_| status.is_success()) {
        return Ok(Ok(data.take()));
    }
    match answer.get_mut("error").map(Value::take).map(serde_json::from_value::<Failure>) {
        Some(Ok(failure)) => Ok(Err(failure)),
        _ => bail!("it answers HTTP {}, and not as an operator API does", status.as_u16()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_something_else_are_told_apart() {
        let told = read(StatusCode::OK, b"<html>").unwrap_err().to_string();
        assert!(told.contains("HTTP 200"), "{told}");
        assert!(read(StatusCode::NOT_FOUND, br#"{"code": 404, "data": null}"#).is_err());
        assert_eq!(read(StatusCode::OK, br#"{"data": {"id": 1}}"#).unwrap().unwrap(), json!({"id": 1}));
    }

    #[test]
    fn a_token_that_is_none_is_not_repeated() {
        let server = Address::parse("http://h:1").unwrap();
        let call = Call { path: "site/list".into(), input: json!({}) };
        let told = request(&server, &Secret::new("hunter2\n"), &call).unwrap_err().to_string();
        assert!(told.contains(TOKEN_VARIABLE) && !told.contains("hunter2"), "{told}");
    }
}
