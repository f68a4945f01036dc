//! Keys and logins that may only part of it: a key that reads, a key for one feature, an operator who looks.

use crate::common::Demo;
use crate::http::{Operation, operations, send, with_token};
use serde_json::{Value, json};

/// POSTs that change nothing of the customer's.
const READS: &[&str] = &["order/check", "user/logout"];
/// GETs that hand something out.
const WRITES: &[&str] = &["ip/v3"];

fn writes(operation: &Operation) -> bool {
    let path = operation.path.as_str();
    WRITES.contains(&path) || operation.method == "POST" && !READS.contains(&path)
}

fn call(demo: &Demo, token: &str, prefix: &str, operation: &Operation) -> Value {
    let path = format!("{prefix}/{}", operation.path);
    let body = if operation.method == "POST" { "{}" } else { "" };
    send(demo, operation.method, &path, &[("Authorization", &format!("Bearer {token}"))], body).json()
}

/// A key with these scopes.
fn key(demo: &Demo, scopes: &str) -> String {
    let made = demo.api("api-keys/add", Some(json!({"name": scopes, "scopes": scopes})));
    let key =
        made["data"].as_object().unwrap().values().find_map(|v| v.as_str().filter(|text| text.len() == 32));
    key.unwrap_or_else(|| panic!("{made}")).to_owned()
}

#[test]
fn a_key_that_reads_changes_nothing() {
    let demo = Demo::start(&[]);
    let reader = key(&demo, "read");
    for operation in operations().iter().filter(|operation| !operation.console && !operation.open) {
        let said = call(&demo, &reader, "/gateway", operation);
        let refused = said["code"] == 403 && said["msg"].as_str().unwrap().contains("lacks the scope");
        assert_eq!(refused, writes(operation), "{}: {said}", operation.path);
    }
}

#[test]
fn a_key_for_one_feature_opens_no_other() {
    let demo = Demo::start(&[]);
    let narrow = key(&demo, "blocked-host:read");
    let mut open = Vec::new();
    for operation in operations().iter().filter(|operation| !operation.console && !operation.open) {
        let said = call(&demo, &narrow, "/gateway", operation);
        if said["code"] != 403 {
            open.push(operation.path.clone());
        }
    }
    assert_eq!(open, ["blocked-host/list"]);
}

#[test]
fn an_operator_who_looks_changes_nothing() {
    let demo = Demo::start(&[]);
    let seen = demo
        .operator("customer/see-as", json!({"email": demo.text("/customer/email"), "reason": "a ticket"}));
    let token = seen["access_token"].as_str().unwrap().to_owned();
    let info = with_token(&demo, &token, "/web_v1/user/info", &Value::Null);
    assert_eq!(info.code(), 200, "{}", info.body);
    assert!(!info.body.contains(&demo.text("/app_key")), "a key would do everything");
    for operation in
        operations().iter().filter(|operation| !operation.open && operation.path != "user/logout")
    {
        let said = call(&demo, &token, "/web_v1", operation);
        let refused = said["code"] == 403 && said["msg"].as_str().unwrap().contains("nothing can be changed");
        assert_eq!(refused, writes(operation), "{}: {said}", operation.path);
    }
}
