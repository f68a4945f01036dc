//! A client that says exactly what a test wants said.

use crate::common::Demo;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub(crate) type Headers<'h> = &'h [(&'h str, &'h str)];

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The body as JSON; null if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// The envelope's code.
    pub(crate) fn code(&self) -> i64 {
        self.json()["code"].as_i64().unwrap_or(-1)
    }
}

/// The API's host and port.
pub(crate) fn host(demo: &Demo) -> String {
    demo.text("/api").trim_start_matches("http://").to_owned()
}

/// One request; `body` empty: none.
pub(crate) fn send(demo: &Demo, method: &str, path: &str, headers: Headers<'_>, body: &str) -> Answer {
    let host = host(demo);
    let mut stream = TcpStream::connect(&host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let named = |name: &str| headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    let mut head =
        format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    if !named("host") {
        head.push_str(&format!("Host: {host}\r\n"));
    }
    if !named("language") {
        head.push_str("Language: en\r\n");
    }
    headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// A request with a bearer token; `body` null: GET.
pub(crate) fn with_token(demo: &Demo, token: &str, path: &str, body: &Value) -> Answer {
    let (method, text) = if body.is_null() { ("GET", String::new()) } else { ("POST", body.to_string()) };
    send(demo, method, path, &[("Authorization", &format!("Bearer {token}"))], &text)
}

/// Logs a customer in at the console; gives the token.
pub(crate) fn log_in(demo: &Demo, email: &str, password: &str) -> String {
    let body = serde_json::json!({"email": email, "password": password});
    let answer = send(demo, "POST", "/web_v1/user/login", &[], &body.to_string()).json();
    answer["data"]["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// The token of the demo's own customer.
pub(crate) fn own_login(demo: &Demo) -> String {
    log_in(demo, &demo.text("/customer/email"), &demo.text("/customer/password"))
}

/// One operation of the recorded API.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    /// Below the prefix.
    pub(crate) path: String,
    /// Only under `/web_v1`.
    pub(crate) console: bool,
    /// Whether it wants no login.
    pub(crate) open: bool,
    /// Its parameters, and whether each is required.
    pub(crate) params: Vec<(String, bool)>,
}

/// Every operation of `docs/openapi.json`: what is new there is tested here.
pub(crate) fn operations() -> Vec<Operation> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json"));
    let document: Value = serde_json::from_str(&text.unwrap()).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let console = path.starts_with("/web_v1/");
            let below = path.trim_start_matches(if console { "/web_v1/" } else { "/gateway/" });
            found.push(Operation {
                method: if method == "get" { "GET" } else { "POST" },
                path: below.to_owned(),
                console,
                open: operation["security"].as_array().is_some_and(Vec::is_empty),
                params: params(&document, operation),
            });
        }
    }
    assert!(found.len() > 80, "{}", found.len());
    found
}

fn params(document: &Value, operation: &Value) -> Vec<(String, bool)> {
    let listed = operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query");
    let named = |p: &Value| (p["name"].as_str().unwrap().to_owned(), p["required"] == true);
    let mut all: Vec<_> = listed.map(named).collect();
    let contents = operation["requestBody"]["content"].as_object();
    if let Some(schema) = contents.and_then(|map| map.values().next()).map(|content| &content["schema"]) {
        let schema = match schema["$ref"].as_str() {
            Some(pointer) => document.pointer(&pointer[1..]).unwrap(),
            None => schema,
        };
        let required: Vec<_> = schema["required"].as_array().into_iter().flatten().collect();
        let fields = schema["properties"].as_object().into_iter().flatten();
        all.extend(fields.map(|(name, _)| (name.clone(), required.iter().any(|r| *r == name))));
    }
    all
}
