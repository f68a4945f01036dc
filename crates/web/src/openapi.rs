//! OpenAPI 3.1, written from the endpoints themselves.

use crate::params::ParamDoc;
use crate::{Endpoint, console};
use http::Method;
use serde_json::{Map, Value, json};
use turnpike_base::Code;

/// The document for these endpoints: under the default prefix, those of the console alone under its own.
pub fn document(endpoints: &[Endpoint]) -> Value {
    written(endpoints, &|endpoint| if endpoint.console_only { console::PREFIX } else { "/gateway" })
}

/// The document as the console's client reads it: every endpoint under the console's prefix.
pub fn console_document(endpoints: &[Endpoint]) -> Value {
    written(endpoints, &|_| console::PREFIX)
}

fn written(endpoints: &[Endpoint], prefix: &dyn Fn(&Endpoint) -> &'static str) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for endpoint in endpoints {
        for (name, schema) in &endpoint.schemas {
            schemas.insert(name.clone(), serde_json::to_value(schema).unwrap_or(Value::Null));
        }
        let item =
            paths.entry(format!("{}/{}", prefix(endpoint), endpoint.path)).or_insert_with(|| json!({}));
        item[endpoint.method.as_str().to_ascii_lowercase()] = operation(endpoint, prefix(endpoint));
    }
    schemas.insert("Failure".into(), failure());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Turnpike customer API",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
            "description": codes(),
        },
        "security": [{"app_key": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "app_key": {"type": "apiKey", "in": "query", "name": "app_key"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "login": {"type": "http", "scheme": "bearer", "description": "The access_token of user/login"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": console::COOKIE,
                    "description": "Set by user/login; writes need the header X-Turnpike-Console and the same Origin"},
            },
        },
    })
}

fn codes() -> String {
    let line = |code: &Code| format!("| {} | {} | {} |", code.number(), code.text().zh, code.text().en);
    let lines: Vec<String> = Code::ALL.iter().map(line).collect();
    format!(
        "Business codes, at HTTP 200 unless HTTP itself failed:\n\n| code | 中文 | English |\n| --- | --- | --- |\n{}",
        lines.join("\n")
    )
}

fn operation(endpoint: &Endpoint, prefix: &str) -> Value {
    let id: String = format!(
        "{}_{}",
        endpoint.method.as_str().to_ascii_lowercase(),
        endpoint.path.replace(['/', '-'], "_")
    );
    let mut operation = json!({
        "operationId": id,
        "tags": [endpoint.tag],
        "summary": endpoint.summary.en,
        "x-summary-zh": endpoint.summary.zh,
        "responses": {"200": answer(endpoint), "default": refused()},
    });
    if endpoint.is_open() {
        operation["security"] = json!([]);
    } else if prefix == console::PREFIX {
        operation["security"] = json!([{"login": []}, {"cookie": []}]);
    }
    if endpoint.method == Method::GET {
        operation["parameters"] = endpoint.params.iter().map(parameter).collect();
    } else {
        let schema = body(&endpoint.params);
        operation["requestBody"] = json!({"content": {
            "application/json": {"schema": schema},
            "application/x-www-form-urlencoded": {"schema": schema},
        }});
    }
    operation
}

fn parameter(doc: &ParamDoc) -> Value {
    json!({"name": doc.name, "in": "query", "required": doc.required, "description": doc.text.en,
        "x-description-zh": doc.text.zh, "schema": doc.schema})
}

fn body(params: &[ParamDoc]) -> Value {
    let mut properties = Map::new();
    for doc in params {
        let mut schema = doc.schema.clone();
        schema["description"] = json!(doc.text.en);
        schema["x-description-zh"] = json!(doc.text.zh);
        properties.insert(doc.name.into(), schema);
    }
    let required: Vec<&str> = params.iter().filter(|p| p.required).map(|p| p.name).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn answer(endpoint: &Endpoint) -> Value {
    let data = serde_json::to_value(&endpoint.output).unwrap_or(Value::Null);
    // A business failure comes at HTTP 200 too, with null data.
    let success = envelope(&json!({"const": 200}), &data);
    let mut answer = json!({"description": "The outcome, in the envelope", "content": {"application/json": {
        "schema": {"anyOf": [success, {"$ref": "#/components/schemas/Failure"}]}}}});
    if endpoint.may_be_plain {
        answer["content"][endpoint.plain] = json!({"schema": {"type": "string"}});
    }
    answer
}

fn refused() -> Value {
    json!({"description": "HTTP itself failed", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}})
}

fn envelope(code: &Value, data: &Value) -> Value {
    json!({"type": "object", "required": ["code", "msg", "message", "data"], "properties": {
        "code": code, "msg": {"type": "string"}, "message": {"type": "string"}, "data": data}})
}

fn failure() -> Value {
    let mut failure = envelope(&json!({"type": "integer", "not": {"const": 200}}), &json!({}));
    failure["properties"]["errors"] =
        json!({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}});
    failure
}
