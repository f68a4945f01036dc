//! The operator API for who may not: without a token, with a customer's, and with a small role, for every command.

use crate::common::Demo;
use crate::http::{host, own_login, send, with_token};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{Read, Write};

/// Verbs that change nothing and show no secret.
const READS: &[&str] = &[
    "list",
    "show",
    "days",
    "accounts",
    "check",
    "export",
    "quota",
    "map",
    "preview",
    "refunds",
    "unmatched",
    "reconciliations",
];

/// Every command, as the source of the dispatch names it: what is new is tried here.
fn commands() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../control/src/operator");
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap_or_default();
        for line in text.lines().filter(|line| line.contains("=> go(")) {
            found.extend(line.split('"').nth(1).filter(|path| path.contains('/')).map(str::to_owned));
        }
    }
    assert!(found.len() > 60, "{}", found.len());
    found
}

/// An operator of a role; gives his token.
fn operator(demo: &Demo, role: &str) -> String {
    let (email, password) = (format!("{role}@example.com"), "correct horse");
    demo.operator("operator/create", json!({"email": email, "password": password, "role": role}));
    let body = json!({"email": email, "password": password}).to_string();
    let answer = send(demo, "POST", "/operator_v1/login", &[], &body).json();
    answer["data"]["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// What nobody but an owner and this role may do, by the noun of a command.
fn keeper(noun: &str, verb: &str) -> Option<&'static str> {
    match (noun, verb) {
        ("customer", "key") => None,
        ("customer", "credit") => Some("finance"),
        ("usage", "trace") => Some("network"),
        ("customer" | "package" | "account" | "article", _) => Some("support"),
        ("exit" | "static-ip" | "rule", _) => Some("network"),
        ("order" | "payment" | "payment-method" | "coupon" | "product" | "ledger" | "invoice", _) => {
            Some("finance")
        }
        _ => None,
    }
}

#[test]
fn every_command_is_closed_to_strangers_and_customers() {
    let demo = Demo::start(&[]);
    let (key, login) = (demo.text("/app_key"), own_login(&demo));
    let operators = operator(&demo, "owner");
    for command in commands() {
        for (path, headers) in [
            (format!("/operator/{command}"), vec![]),
            (format!("/operator/{command}"), vec![("Authorization", format!("Bearer {key}"))]),
            (format!("/operator/{command}"), vec![("Authorization", format!("Bearer {login}"))]),
            (format!("/operator/{command}"), vec![("Authorization", format!("Bearer {operators}"))]),
            (format!("/operator_v1/{command}"), vec![]),
            (format!("/operator_v1/{command}"), vec![("Authorization", format!("Bearer {login}"))]),
            (format!("/operator_v1/{command}"), vec![("Cookie", format!("turnpike_operator={login}"))]),
        ] {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = send(&demo, "POST", &path, &headers, "{}");
            let cross_site = answer.status == 403 && headers.iter().any(|(name, _)| *name == "Cookie");
            assert!(answer.status == 401 || cross_site, "{path} {headers:?}: {}", answer.status);
        }
        let own = format!("http://{}", host(&demo));
        let cookie = format!("turnpike_operator={operators}");
        for headers in [
            [("Cookie", cookie.as_str()), ("X-Turnpike-Console", "1"), ("Origin", "https://evil.example")]
                .as_slice(),
            &[("Cookie", &cookie), ("Origin", &own)],
            &[("Cookie", &cookie), ("X-Turnpike-Console", "1")],
        ] {
            let answer = send(&demo, "POST", &format!("/operator_v1/{command}"), headers, "{}");
            assert_eq!(
                (answer.status, &answer.json()["error"]["slug"]),
                (403, &json!("cross_site")),
                "{command}"
            );
        }
    }
}

#[test]
fn every_command_is_closed_to_roles_that_are_too_small() {
    let demo = Demo::start(&[]);
    let roles = ["read-only", "support", "finance", "network"].map(|role| (role, operator(&demo, role)));
    let mut refused = 0;
    for command in commands() {
        let (noun, verb) = command.split_once('/').unwrap();
        let open = READS.contains(&verb) && !["operator", "audit", "mail"].contains(&noun);
        for (role, token) in roles.iter().filter(|(role, _)| !open && keeper(noun, verb) != Some(role)) {
            // Nothing of this is a field: a command that ran in spite of its role would say so.
            let answer =
                with_token(&demo, token, &format!("/operator_v1/{command}"), &json!({"no_such_field": 1}));
            let slug = answer.json()["error"]["slug"].clone();
            let told = (answer.status, slug);
            assert_eq!(told, (403, json!("role_lacks")), "{role} {command}: {}", answer.body);
            refused += 1;
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn a_demoted_or_disabled_operator_is_out_at_once() {
    let demo = Demo::start(&[]);
    let token = operator(&demo, "finance");
    let may = || with_token(&demo, &token, "/operator_v1/coupon/list", &json!({})).status;
    assert_eq!(may(), 200);
    demo.operator("operator/disable", json!({"email": "finance@example.com"}));
    assert_eq!(may(), 401);
    demo.operator("operator/enable", json!({"email": "finance@example.com"}));
    assert_eq!(may(), 401, "logins from before stay ended");
    let token = operator(&demo, "network");
    let add = || {
        let exit = json!({"target": "127.0.0.250", "pools": ["isp"], "country": "US"});
        with_token(&demo, &token, "/operator_v1/exit/add", &exit).status
    };
    assert_eq!(add(), 200);
    demo.operator("operator/role", json!({"email": "network@example.com", "role": "read-only"}));
    assert_eq!(add(), 403);
}

#[test]
fn a_stranger_sends_no_large_bodies() {
    let demo = Demo::start(&[]);
    for path in ["/operator/static-ip/import", "/operator_v1/static-ip/import", "/operator_v1/login"] {
        let mut stream = std::net::TcpStream::connect(host(&demo)).unwrap();
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: 100000000\r\n\r\n", host(&demo));
        stream.write_all(head.as_bytes()).unwrap();
        // Nobody waits for the rest: the answer comes without it, or once 64 KiB are there.
        let _ = stream.write_all(&[b' '; 100_000]);
        let mut first = [0; 12];
        stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
        stream.read_exact(&mut first).unwrap();
        let status = String::from_utf8_lossy(&first[9..]).into_owned();
        assert!(["400", "401"].contains(&status.as_str()), "{path}: {status}");
    }
}
