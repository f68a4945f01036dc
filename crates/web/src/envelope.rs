//! The envelope every answer comes in (contract section 1, "Envelope" and "HTTP status").

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value, json};
use turnpike_base::{Code, Fault, Lang};

/// What succeeded, in the order that failures have too.
#[derive(Serialize)]
struct Success<'a, T> {
    code: i64,
    data: &'a T,
    // Old clients read one, new ones the other.
    message: &'a str,
    msg: &'a str,
}

/// Success with data.
pub fn success(data: &impl Serialize, lang: Lang) -> Response {
    let text = Code::Ok.text();
    let said = text.get(lang);
    answer(StatusCode::OK, &Success { code: Code::Ok.number(), data, message: said, msg: said })
}

/// A failure: at HTTP 200 unless HTTP itself failed.
pub fn failure(fault: &Fault, lang: Lang) -> Response {
    let mut content = body(fault.code, fault.text.get(lang), Value::Null);
    if let Some(data) = &fault.data {
        content.insert("data".into(), serde_json::to_value(data).unwrap_or(Value::Null));
    }
    if !fault.errors.is_empty() {
        let said = |reasons: &Vec<turnpike_base::Text>| {
            reasons.iter().map(|r| r.get(lang).to_owned()).collect::<Vec<_>>()
        };
        let errors: Map<String, Value> =
            fault.errors.iter().map(|(field, r)| (field.clone(), json!(said(r)))).collect();
        content.insert("errors".into(), Value::Object(errors));
    }
    let status = match fault.code {
        Code::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    let mut response = answer(status, &content);
    if fault.code == Code::TooMany {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after(fault)));
    }
    response
}

/// When to come again, in seconds: what the fault says, or a second.
fn retry_after(fault: &Fault) -> i64 {
    use turnpike_base::fault::detail::Value;
    match fault.data.as_deref() {
        Some(Value::Object(map)) => match map.get("retry_after") {
            Some(Value::Int(seconds)) => *seconds,
            _ => 1,
        },
        _ => 1,
    }
}

/// A failure of HTTP itself: the status is the code too.
pub(crate) fn http_failure(status: StatusCode, fault: &Fault, lang: Lang) -> Response {
    let mut content = body(fault.code, fault.text.get(lang), Value::Null);
    content.insert("code".into(), json!(status.as_u16()));
    answer(status, &content)
}

fn body(code: Code, text: &str, data: Value) -> Map<String, Value> {
    let mut content = Map::new();
    content.insert("code".into(), json!(code.number()));
    // Old clients read one, new ones the other.
    content.insert("msg".into(), json!(text));
    content.insert("message".into(), json!(text));
    content.insert("data".into(), data);
    content
}

fn answer(status: StatusCode, content: &impl Serialize) -> Response {
    let text = serde_json::to_string(content).unwrap_or_default();
    raw(status, text)
}

pub(crate) fn raw(status: StatusCode, text: String) -> Response {
    plain(status, "application/json; charset=utf-8", text)
}

/// A text as it is.
pub(crate) fn plain(status: StatusCode, kind: &'static str, text: String) -> Response {
    let mut response = (status, text).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
