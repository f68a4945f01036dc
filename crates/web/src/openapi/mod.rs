//! OpenAPI 3.1, written from the endpoints themselves.

mod answers;

use crate::idempotency::LONGEST_KEY;
use crate::params::ParamDoc;
use crate::reference::Book;
use crate::{Access, Endpoint, console};
use http::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use turnpike_base::Code;

/// The server that documents name; whoever serves one puts its own address there.
pub const SERVER: &str = "https://proxy.example.com";
/// The header's name, and its parameter's.
pub(crate) const RETRY: &str = "Idempotency-Key";
/// The prefix that documents show, of those a site may have.
const PREFIX: &str = "/gateway";

/// The document for these endpoints: under the default prefix, those of the console alone under its own.
pub fn document(endpoints: &[Endpoint], book: &Book) -> Value {
    written(endpoints, book, &|endpoint| if endpoint.console_only { console::PREFIX } else { PREFIX })
}

/// The document as the console's client reads it: every endpoint under the console's prefix.
pub fn console_document(endpoints: &[Endpoint], book: &Book) -> Value {
    written(endpoints, book, &|_| console::PREFIX)
}

fn written(endpoints: &[Endpoint], book: &Book, prefix: &dyn Fn(&Endpoint) -> &'static str) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for endpoint in endpoints {
        for (name, schema) in &endpoint.schemas {
            schemas.insert(name.clone(), serde_json::to_value(schema).unwrap_or(Value::Null));
        }
        let path = format!("{}/{}", prefix(endpoint), endpoint.path);
        let method = endpoint.method.as_str().to_ascii_lowercase();
        let mut operation = operation(endpoint, prefix(endpoint));
        book.illustrate(&method, &path, &mut operation);
        paths.entry(path).or_insert_with(|| json!({}))[method] = operation;
    }
    schemas.insert("Failure".into(), answers::failure());
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Turnpike customer API",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
            "description": codes(),
        },
        "servers": [{"url": SERVER}],
        "security": [{"app_key": []}, {"bearer": []}],
        "tags": tags(endpoints, book),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": answers::responses(),
            "parameters": {RETRY: retry()},
            "securitySchemes": {
                "app_key": {"type": "apiKey", "in": "query", "name": "app_key"},
                "bearer": {"type": "http", "scheme": "bearer", "description": "The app_key"},
                "login": {"type": "http", "scheme": "bearer", "description": "The access_token of user/login"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": console::COOKIE,
                    "description": "Set by user/login; writes need the header X-Turnpike-Console and the same Origin"},
            },
        },
    });
    book.annotate(&mut document);
    document
}

fn tags(endpoints: &[Endpoint], book: &Book) -> Vec<Value> {
    let tags: BTreeSet<&str> = endpoints.iter().map(|endpoint| endpoint.tag).collect();
    let shown = |tag: &str| {
        let title = book.group(tag);
        json!({"name": tag, "description": title.en, "x-description-zh": title.zh})
    };
    tags.into_iter().map(shown).collect()
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
        "responses": answers::of(endpoint),
    });
    if !endpoint.aliases.is_empty() {
        let aliases = endpoint.aliases.iter().map(|alias| format!("{prefix}/{alias}"));
        operation["x-aliases"] = aliases.collect();
    }
    if let Some(codes) = endpoint.answers() {
        operation["x-codes"] = codes.iter().map(|code| json!(code.number())).collect();
    }
    if endpoint.is_open() {
        operation["security"] = json!([]);
    } else if prefix == console::PREFIX {
        operation["security"] = json!([{"login": []}, {"cookie": []}]);
    } else {
        let access = if endpoint.access == Access::Read { "read" } else { "write" };
        operation["x-scope"] = json!(format!("{}:{access}", endpoint.tag));
    }
    if endpoint.method == Method::GET {
        operation["parameters"] = endpoint.params.iter().map(parameter).collect();
    } else {
        if !endpoint.is_open() {
            operation["parameters"] = json!([{"$ref": format!("#/components/parameters/{RETRY}")}]);
        }
        let schema = body(&endpoint.params);
        operation["requestBody"] = json!({"content": {
            "application/json": {"schema": schema},
            "application/x-www-form-urlencoded": {"schema": schema},
        }});
    }
    operation
}

/// The header by which what a customer writes is done once (contract section 1, "Retries").
fn retry() -> Value {
    json!({"name": RETRY, "in": "header", "required": false,
        "description": "Within 24 hours the same request with the same key gets the first successful answer again, \
            another one code 409; failures are not remembered. Visible characters",
        "x-description-zh": "24 小时内，相同请求携带相同的值时返回首次成功的结果，不同请求返回 409；失败的请求不会被记住。仅限可见字符",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY}})
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
