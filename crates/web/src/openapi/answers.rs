//! What endpoints answer, as the document tells it: the envelope around the data, failures with the codes that
//! the endpoint has, and what HTTP itself may refuse.

use crate::Endpoint;
use serde_json::{Map, Value, json};
use turnpike_base::Code;

/// Statuses of HTTP itself: name of the response, status, what it means.
const OF_HTTP: &[(&str, &str, &str)] = &[
    ("Malformed", "400", "The body's JSON or form is malformed"),
    ("NoRoute", "404", "There is no such endpoint under this prefix"),
    ("TooLarge", "413", "The body is larger than 1 MiB"),
    ("Unreadable", "415", "A body of a media type that nobody here reads"),
    ("TooMany", "429", "Too many requests; Retry-After tells in how many seconds to come again"),
    ("Broken", "500", "A fault of ours"),
    ("Away", "503", "Not just now"),
];

/// The responses of an endpoint.
pub(super) fn of(endpoint: &Endpoint) -> Value {
    let mut responses = Map::new();
    responses.insert("200".into(), outcome(endpoint));
    for (name, status, _) in OF_HTTP {
        let response = json!({"$ref": format!("#/components/responses/{name}")});
        responses.insert((*status).into(), response);
    }
    Value::Object(responses)
}

/// What [`of`] refers to.
pub(super) fn responses() -> Value {
    let mut responses = Map::new();
    for (name, status, text) in OF_HTTP {
        let mut response = json!({"description": text, "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Failure"}}}});
        if *status == "429" {
            response["headers"] = json!({"Retry-After": {"description": "Seconds", "required": true,
                "schema": {"type": "integer", "minimum": 1}}});
        }
        responses.insert((*name).into(), response);
    }
    Value::Object(responses)
}

fn outcome(endpoint: &Endpoint) -> Value {
    let data = serde_json::to_value(&endpoint.output).unwrap_or(Value::Null);
    let success = envelope(&json!({"const": 200}), &data);
    // A business failure comes at HTTP 200 too.
    let mut failure = json!({"$ref": "#/components/schemas/Failure"});
    if let Some(codes) = endpoint.answers() {
        let numbers: Vec<i64> =
            codes.iter().filter(|code| **code != Code::Ok).map(|code| code.number()).collect();
        failure = json!({"allOf": [failure, {"type": "object", "properties": {"code": {"enum": numbers}}}]});
    }
    let mut answer = json!({"description": "The outcome, in the envelope", "content": {"application/json": {
        "schema": {"anyOf": [success, failure]}}}});
    if endpoint.may_be_plain {
        answer["content"][endpoint.plain] = json!({"schema": {"type": "string"}});
    }
    answer
}

fn envelope(code: &Value, data: &Value) -> Value {
    json!({"type": "object", "required": ["code", "msg", "message", "data"], "properties": {
        "code": code, "msg": {"type": "string"}, "message": {"type": "string"}, "data": data}})
}

/// The schema of every failure.
pub(super) fn failure() -> Value {
    let mut failure = envelope(&json!({"type": "integer", "not": {"const": 200}}), &json!({}));
    failure["properties"]["errors"] =
        json!({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}});
    failure
}
