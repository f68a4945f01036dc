//! The examples of the reference are answers of this demo: without its secrets, long lists shortened.

use crate::common::Demo;
use crate::walk::Told;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Rows of a list that are shown.
const SHOWN: usize = 2;

/// Compares what was answered with the reference's examples, or writes these anew.
pub(crate) fn compare(demo: &Demo, told: &BTreeMap<String, Told>) {
    let hide = Hide::new(demo);
    let fresh: Map<String, Value> =
        told.iter().map(|(key, told)| (key.clone(), example(key, told, &hide))).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../control/reference/examples.json");
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&fresh).unwrap())).unwrap();
    }
    let kept: Map<String, Value> = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let how = "UPDATE_REFERENCE=1 cargo test -p turnpike --test reference, then UPDATE_OPENAPI=1 cargo test -p turnpike-control";
    for (key, example) in &fresh {
        let shown = kept.get(key).unwrap_or_else(|| panic!("{key} has no example: {how}"));
        let (now, then) = (shape(example), shape(shown));
        assert!(alike(&now, &then), "{key} answers otherwise than its example ({how}):\n{now}\n{then}");
    }
    for key in kept.keys() {
        assert!(fresh.contains_key(key), "{key} is in the examples but not in the API: {how}");
    }
    let text = Value::Object(kept).to_string();
    assert!(!text.contains("127.0.0.1:8080") && hide.0.iter().all(|(secret, _)| !text.contains(secret)));
}

fn example(key: &str, told: &Told, hide: &Hide) -> Value {
    let (mut input, mut answer) = (told.input.clone(), told.answer.clone());
    hide.all(&mut input);
    hide.all(&mut answer);
    shorten(&mut answer);
    let field = if key.starts_with("get ") { "query" } else { "body" };
    json!({field: input, "answer": answer})
}

/// Secrets of this demo, and what stands for them.
struct Hide(Vec<(String, String)>);

impl Hide {
    fn new(demo: &Demo) -> Self {
        let said = |pointer: &str, shown: &str| (demo.text(pointer), shown.to_owned());
        let proxy = demo.text("/proxy");
        Self(vec![
            said("/app_key", "abcdefghijklmnopqrstuvwxyz012345"),
            said("/account/password", "secret12"),
            said("/customer/password", "a long password"),
            said("/operator/token", "a token"),
            said("/api", "https://proxy.example.com"),
            (demo.echo_host(), "example.org:80".into()),
            (proxy, "proxy.example.com:3120".into()),
        ])
    }

    fn all(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                for (secret, shown) in &self.0 {
                    *text = text.replace(secret.as_str(), shown);
                }
            }
            Value::Object(map) => {
                for (name, inner) in map {
                    // Fresh secrets of the answers themselves.
                    match (name.as_str(), &inner) {
                        ("access_token", Value::String(_)) => {
                            *inner = json!("a token of 40 letters and digits")
                        }
                        ("secret", Value::String(_)) => *inner = json!("JBSWY3DPEHPK3PXP"),
                        ("url", Value::String(url)) if url.starts_with("otpauth://") => {
                            *inner =
                                json!("otpauth://totp/Example:new%40example.com?secret=JBSWY3DPEHPK3PXP");
                        }
                        ("recovery_codes", Value::Array(_)) => *inner = json!(["abcd-efgh", "ijkl-mnop"]),
                        ("app_key", Value::String(_)) => *inner = json!("abcdefghijklmnopqrstuvwxyz012345"),
                        _ => self.all(inner),
                    }
                }
            }
            Value::Array(list) => list.iter_mut().for_each(|inner| self.all(inner)),
            _ => {}
        }
    }
}

fn shorten(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(shorten),
        Value::Array(list) => {
            list.truncate(SHOWN);
            list.iter_mut().for_each(shorten);
        }
        _ => {}
    }
}

/// Names and kinds of an answer's fields, lists by their first row.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().map(|(name, inner)| (name.clone(), shape(inner))).collect(),
        Value::Array(list) => list.first().map_or_else(|| json!([]), |first| json!([shape(first)])),
        Value::Null => Value::Null,
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("text"),
    }
}

/// Two shapes: null fits anything, and so does an empty list a list.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, _) | (_, Value::Null) => true,
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, inner)| b.get(name).is_some_and(|other| alike(inner, other)))
        }
        (Value::Array(a), Value::Array(b)) => a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (a, b) => a == b,
    }
}
