//! The console's door against other sites' pages: cross-site requests, tokens in URLs, planted sessions, frames, and
//! script in what customers write.

use crate::common::Demo;
use crate::http::{Answer, Headers, Operation, host, operations, own_login, send, with_token};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};

/// Operations that a login opens.
fn closed() -> impl Iterator<Item = Operation> {
    operations().into_iter().filter(|operation| !operation.open)
}

#[test]
fn a_page_of_another_site_changes_nothing() {
    let demo = Demo::start(&[]);
    let cookie = format!("turnpike_login={}", own_login(&demo));
    let own = format!("http://{}", host(&demo));
    let page = ("X-Turnpike-Console", "1");
    let writes: Vec<_> = operations().into_iter().filter(|operation| operation.method == "POST").collect();
    assert!(writes.len() > 40, "{}", writes.len());
    for Operation { path, open, .. } in &writes {
        let path = format!("/web_v1/{path}");
        let slug = |headers: &[(&str, &str)]| send(&demo, "POST", &path, headers, "{}").code();
        let foreign = [("Cookie", cookie.as_str()), page, ("Origin", "https://evil.example")];
        assert_eq!(slug(&foreign), 403, "{path}: from another origin");
        assert_eq!(slug(&[("Cookie", &cookie), page, ("Origin", "null")]), 403, "{path}: from a sandbox");
        if !open {
            assert_eq!(slug(&[("Cookie", &cookie), ("Origin", &own)]), 403, "{path}: as a form sends it");
            assert_eq!(slug(&[("Cookie", &cookie), page]), 403, "{path}: without an origin");
        }
    }
    let headers = [("Cookie", cookie.as_str()), page, ("Origin", own.as_str())];
    let body = json!({"account": demo.text("/account/username"), "remark": "mine"}).to_string();
    let answer = send(&demo, "POST", "/web_v1/whitelist-account/change-remark", &headers, &body);
    assert_eq!(answer.code(), 200, "the console itself may: {}", answer.body);
}

#[test]
fn a_token_in_a_url_is_refused_and_never_made() {
    let demo = Demo::start(&[]);
    let token = own_login(&demo);
    for Operation { method, path, .. } in closed() {
        for name in ["access_token", "app_key", "token"] {
            let answer = send(&demo, method, &format!("/web_v1/{path}?{name}={token}"), &[], "");
            assert_eq!(answer.code(), 3, "{path}: {}", answer.body);
        }
        let answer = send(&demo, method, &format!("/web_v1/{path}"), &[], "");
        assert_eq!(answer.code(), 3, "{path} without a login: {}", answer.body);
    }
    for path in ["login", "me", "sessions", "live", "customer/list"] {
        let answer = send(&demo, "POST", &format!("/operator_v1/{path}?token={token}"), &[], "{}");
        assert!(matches!(answer.status, 401 | 405), "{path}: {}", answer.status);
    }
    for Operation { path, .. } in
        closed().filter(|operation| operation.method == "GET" && operation.params.iter().all(|p| !p.1))
    {
        let answer = with_token(&demo, &token, &format!("/web_v1/{path}"), &Value::Null);
        assert!(!answer.body.contains(&token), "{path} tells the token");
    }
}

#[test]
fn a_planted_session_is_worth_nothing() {
    let demo = Demo::start(&[]);
    let planted = "a".repeat(40);
    let body = json!({"email": demo.text("/customer/email"), "password": demo.text("/customer/password")})
        .to_string();
    let login = |cookie: &str| {
        let answer = send(&demo, "POST", "/web_v1/user/login", &[("Cookie", cookie)], &body);
        assert_eq!(answer.code(), 200, "{}", answer.body);
        answer.header("set-cookie").unwrap().to_owned()
    };
    let first = login(&format!("turnpike_login={planted}"));
    let value = first.split(';').next().unwrap();
    assert!(!first.contains(&planted) && value.len() == "turnpike_login=".len() + 40, "{first}");
    for flag in ["Path=/web_v1", "HttpOnly", "SameSite=Strict", "Max-Age="] {
        assert!(first.contains(flag), "{flag}: {first}");
    }
    let second = login(value);
    assert_ne!(second.split(';').next(), Some(value), "every login has a token of its own");
    let who = |cookie: &str| send(&demo, "GET", "/web_v1/user/info", &[("Cookie", cookie)], "").code();
    assert_eq!((who(&format!("turnpike_login={planted}")), who(value)), (3, 200));
    let headers =
        [("Cookie", value), ("X-Turnpike-Console", "1"), ("Origin", &format!("http://{}", host(&demo)))];
    let out = send(&demo, "POST", "/web_v1/user/logout", &headers, "{}");
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(who(value), 3, "logged out on the server too");
}

#[test]
fn nothing_is_framed_or_guessed_and_script_stays_data() {
    let demo = Demo::start(&[]);
    let script = "<script>alert(1)</script>";
    let user = demo.text("/account/username");
    let set = demo.api("whitelist-account/change-remark", Some(json!({"account": user, "remark": script})));
    assert_eq!(set["code"], 200, "{set}");
    let key = demo.text("/app_key");
    let list = with_token(&demo, &key, "/gateway/whitelist-account/list", &Value::Null);
    assert!(list.header("content-type").unwrap().starts_with("application/json"));
    assert_eq!(list.json()["data"]["list"][0]["remark"], script, "as it was written");
    demo.operator(
        "customer/credit",
        json!({"email": demo.text("/customer/email"), "amount": "1.00", "reason": script}),
    );
    let html = with_token(&demo, &key, "/gateway/statement/month?month=2000-01&format=html", &Value::Null);
    let month =
        demo.api("statement/list", None)["data"]["list"][0]["month"].as_str().unwrap_or("2000-01").to_owned();
    let page =
        with_token(&demo, &key, &format!("/gateway/statement/month?month={month}&format=html"), &Value::Null);
    assert!(page.header("content-type").unwrap().starts_with("text/html"), "{page:?}");
    assert!(!page.body.contains("<script"), "{}", page.body);
    let pages =
        ["/", "/login", "/docs", "/healthz", "/openapi.json", "/web_v1/site", "/operator_v1/me", "/nowhere"];
    let more = pages.map(|path| send(&demo, "GET", path, &[], ""));
    for answer in more.iter().chain([&list, &html, &page]) {
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{answer:?}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-eval"), "{policy}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "no other site reads answers");
    }
}

#[test]
fn a_live_stream_ends_with_its_login() {
    let demo = Demo::start(&[]);
    let token = own_login(&demo);
    let host = host(&demo);
    let mut stream = std::net::TcpStream::connect(&host).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(100))).unwrap();
    let head = format!("GET /web_v1/live HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    assert!(lines.by_ref().any(|line| line.contains("event: figures")), "figures come");
    let out = with_token(&demo, &token, "/web_v1/user/logout", &json!({}));
    assert_eq!(out.code(), 200, "{}", out.body);
    // An empty chunk is the end; without one the reading times out.
    assert!(lines.any(|line| line == "0"), "the stream ends");
}

#[test]
fn an_unknown_address_tells_people_where_they_are_and_programs_that_it_is_not_there() {
    let demo = Demo::start(&[]);
    let html: Headers<'_> = &[("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    let page = send(&demo, "GET", "/nowhere/at/all", html, "");
    assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(page.header("content-security-policy").unwrap().contains("nonce-"), "protected like every page");
    let is_json = |answer: &Answer| answer.status == 404 && answer.code() == 404;
    for (method, path, headers) in [
        ("GET", "/nowhere/at/all", &[("Accept", "*/*")] as Headers<'_>),
        ("POST", "/nowhere/at/all", html),
        ("GET", "/gateway/nowhere", html),
        ("GET", "/web_v1/nowhere", html),
        ("GET", "/operator_v1/nowhere", html),
    ] {
        let answer = send(&demo, method, path, headers, "");
        assert!(is_json(&answer), "{method} {path}: {} {}", answer.status, answer.body);
    }
}
