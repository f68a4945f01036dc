//! Reads a request wherever a client put its parameters: query, JSON, form (urlencoded or multipart).

use crate::params::Values;
use axum::body::Body;
use futures_util::StreamExt;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;
use std::time::Duration;
use turnpike_base::{Code, Fault, Text};

/// The largest body, in bytes.
pub(crate) const LARGEST: usize = 1_024 * 1_024;

/// A body that is not here by then is not waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A failure of HTTP itself.
pub(crate) type HttpFault = (StatusCode, Fault);

fn http(status: StatusCode, slug: &'static str, text: Text) -> HttpFault {
    (status, Fault::new(Code::Parameter, slug).say(text))
}

/// What was sent, and the body as it came (Idempotency-Key compares it).
pub(crate) struct Intake {
    pub(crate) values: Values,
    pub(crate) body: Vec<u8>,
    pub(crate) keys: Vec<String>,
}

/// Reads everything.
pub(crate) async fn read(parts: &Parts, body: Body) -> Result<Intake, HttpFault> {
    let body = tokio::time::timeout(PATIENCE, collect(body)).await.unwrap_or_else(|_| Err(broken()))?;
    let mut values = Values::default();
    for (name, value) in pairs(parts.uri.query().unwrap_or_default().as_bytes()) {
        values.add(&name, Value::String(value));
    }
    let mut keys = keys_of(&values);
    let mut sent = Values::default();
    read_body(&parts.headers, &body, &mut sent).await?;
    keys.extend(keys_of(&sent));
    keys.extend(bearer(&parts.headers));
    // The body is what a POST means; the query only fills what it leaves out.
    values.override_by(sent);
    Ok(Intake { values, body, keys })
}

/// The keys that stand before the body: in the query and as bearer.
pub(crate) fn keys_of_head(parts: &Parts) -> Vec<String> {
    let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
    let named = query.into_iter().filter(|(name, _)| name == "app_key").map(|(_, key)| key);
    named.chain(bearer(&parts.headers)).collect()
}

fn keys_of(values: &Values) -> Vec<String> {
    values
        .all("app_key")
        .into_iter()
        .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
        .collect()
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim().to_owned())
}

fn broken() -> HttpFault {
    let text = Text::new("请求体不完整", "The body ended early or came too slowly");
    http(StatusCode::BAD_REQUEST, "body_broken", text)
}

async fn collect(body: Body) -> Result<Vec<u8>, HttpFault> {
    let mut bytes = Vec::new();
    let mut stream = body.into_data_stream();
    while let Some(piece) = stream.next().await {
        bytes.extend_from_slice(&piece.map_err(|_| broken())?);
        if bytes.len() > LARGEST {
            let text = Text::new("请求体超过 1 MiB", "The body is larger than 1 MiB");
            return Err(http(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", text));
        }
    }
    Ok(bytes)
}

pub(crate) fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    serde_urlencoded::from_bytes(encoded).unwrap_or_default()
}

async fn read_body(headers: &HeaderMap, body: &[u8], values: &mut Values) -> Result<(), HttpFault> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let Some(first) = body.iter().find(|b| !b.is_ascii_whitespace()) else { return Ok(()) };
    // PHP says urlencoded and browsers text/plain when they send JSON.
    if *first == b'{' || kind.starts_with("application/json") {
        return read_json(body, values);
    }
    if kind.starts_with("multipart/form-data") {
        return read_multipart(&kind, headers, body, values).await;
    }
    if kind.is_empty()
        || kind.starts_with("application/x-www-form-urlencoded")
        || kind.starts_with("text/plain")
    {
        for (name, value) in pairs(body) {
            values.add(&name, Value::String(value));
        }
        return Ok(());
    }
    Err(http(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "body_unreadable",
        Text::new("不支持的请求体类型", "Nobody here can read this body"),
    ))
}

fn read_json(body: &[u8], values: &mut Values) -> Result<(), HttpFault> {
    let Ok(Value::Object(map)) = serde_json::from_slice(body) else {
        return Err(http(
            StatusCode::BAD_REQUEST,
            "malformed_json",
            Text::new("JSON 格式错误", "The JSON is malformed"),
        ));
    };
    for (name, value) in map {
        match value {
            Value::Array(list) => values.add_array(&name, list),
            other => values.add(&name, other),
        }
    }
    Ok(())
}

async fn read_multipart(
    kind: &str,
    headers: &HeaderMap,
    body: &[u8],
    values: &mut Values,
) -> Result<(), HttpFault> {
    let broken = || {
        http(StatusCode::BAD_REQUEST, "malformed_form", Text::new("表单格式错误", "The form is malformed"))
    };
    let original = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or(kind);
    let boundary = multer::parse_boundary(original).map_err(|_| broken())?;
    let whole = bytes::Bytes::copy_from_slice(body);
    let stream = futures_util::stream::once(std::future::ready(Ok::<_, std::io::Error>(whole)));
    let mut form = multer::Multipart::new(stream, boundary);
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        let Some(name) = field.name().map(str::to_owned) else { continue };
        values.add(&name, Value::String(field.text().await.map_err(|_| broken())?));
    }
    Ok(())
}
