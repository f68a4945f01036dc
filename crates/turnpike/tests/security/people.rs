//! Somebody registers, proves his address, sets a second factor up, loses his password and comes back: with the
//! real binary and a mail server.

use crate::common::Demo;
use crate::http::{Answer, send, with_token};
use crate::mailbox::Mailbox;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant, SystemTime};

const EMAIL: &str = "ann@example.com";

fn start(mailbox: &Mailbox) -> Demo {
    Demo::start(&["--smtp-url", &mailbox.url, "--smtp-from", "noreply@brand.example"])
}

fn post(demo: &Demo, path: &str, body: &Value) -> Answer {
    send(demo, "POST", &format!("/web_v1/user/{path}"), &[], &body.to_string())
}

fn enter(demo: &Demo, password: &str, more: Value) -> Answer {
    let mut body = json!({"email": EMAIL, "password": password});
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    post(demo, "login", &body)
}

fn token(answer: &Answer) -> String {
    assert_eq!(answer.code(), 200, "{}", answer.body);
    answer.json()["data"]["access_token"].as_str().unwrap().to_owned()
}

fn register(demo: &Demo, mailbox: &Mailbox) {
    let answer = post(demo, "register", &json!({"email": EMAIL, "password": "correct horse"}));
    assert_eq!(answer.code(), 200, "{}", answer.body);
    assert_eq!(enter(demo, "correct horse", json!({})).code(), 403, "not before the link was opened");
    let code = mailbox.next_code();
    assert_eq!(post(demo, "verify-email", &json!({"code": code})).code(), 200);
    assert_eq!(post(demo, "verify-email", &json!({"code": code})).code(), 287, "good once");
}

/// A code of RFC 6238 by another program than ours, where it is there.
fn code_of(secret: &str, ahead: u64) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() + ahead;
    let at = format!("@{now}");
    let made =
        std::process::Command::new("oathtool").args(["--totp", "--base32", "--now", &at, secret]).output();
    if let Some(output) = made.ok().filter(|output| output.status.success()) {
        return String::from_utf8(output.stdout).unwrap().trim().to_owned();
    }
    let seed = totp_rs::Secret::try_from_base32(secret).unwrap();
    totp_rs::Builder::new().with_secret(seed).build().unwrap().generate(now).to_string()
}

/// The next mail is about this and says that.
fn told(mailbox: &Mailbox, subject: &str, line: &str) {
    let (head, text) = mailbox.next();
    assert!(head.contains(subject) && text.contains(line), "{head}{text}");
}

#[test]
fn from_the_mailed_link_to_a_second_factor_and_a_new_password() {
    let mailbox = Mailbox::open();
    let demo = start(&mailbox);
    register(&demo, &mailbox);
    let first = token(&enter(&demo, "correct horse", json!({})));
    let ask = |token: &str, path: &str, body: Value| {
        with_token(&demo, token, &format!("/web_v1/user/{path}"), &body)
    };
    let made = ask(&first, "totp-enrol", json!({"password": "correct horse"})).json();
    let secret = made["data"]["secret"].as_str().unwrap().to_owned();
    let confirmed = ask(&first, "totp-confirm", json!({"code": code_of(&secret, 0)})).json();
    let recovery: Vec<String> = serde_json::from_value(confirmed["data"]["recovery_codes"].clone()).unwrap();
    assert_eq!(recovery.len(), 10, "{confirmed}");
    told(&mailbox, "authenticator was switched on", "from the address 127.0.0.1");
    let due = enter(&demo, "correct horse", json!({}));
    assert_eq!((due.code(), &due.json()["data"]["methods"]), (348, &json!(["totp", "recovery"])));
    // The next step's code: the present one was taken, and one step of drift is allowed.
    let second = json!({"verify_type": "totp", "verify_code": code_of(&secret, 30)});
    token(&enter(&demo, "correct horse", second.clone()));
    assert_eq!(enter(&demo, "correct horse", second).code(), 287, "no code twice");
    let by_recovery = json!({"verify_type": "recovery", "verify_code": recovery[0]});
    let other = token(&enter(&demo, "correct horse", by_recovery.clone()));
    assert_eq!(enter(&demo, "correct horse", by_recovery).code(), 287, "a recovery code is used once");
    let sessions = ask(&other, "sessions", Value::Null).json();
    assert_eq!(sessions["data"]["list"].as_array().unwrap().len(), 3, "{sessions}");
    assert_eq!(post(&demo, "forgot-password", &json!({"email": EMAIL})).code(), 200);
    let code = mailbox.next_code();
    let reset = json!({"code": code, "password": "a new password"});
    assert_eq!(post(&demo, "reset-password", &reset).code(), 200);
    told(&mailbox, "password was reset", "/forgot");
    for old in [&first, &other] {
        assert_eq!(ask(old, "sessions", Value::Null).code(), 3, "every login ended");
    }
    let again = json!({"verify_type": "recovery", "verify_code": recovery[1]});
    assert_eq!(enter(&demo, "correct horse", again.clone()).code(), 403);
    token(&enter(&demo, "a new password", again));
    demo.operator("customer/reset", json!({"email": EMAIL, "reason": "lost the telephone"}));
    told(&mailbox, "authenticator was switched off", "At your request");
    let plain = token(&enter(&demo, "a new password", json!({})));
    assert_eq!(ask(&plain, "security", Value::Null).json()["data"]["totp"], false);
    let audit = demo.operator("audit/list", json!({"customer": EMAIL}));
    let noted = audit.to_string();
    for action in [
        "user/register",
        "user/verify-email",
        "user/login",
        "user/forgot-password",
        "user/reset-password",
        "user/totp-confirm",
    ] {
        assert!(noted.contains(action), "{action}: {noted}");
    }
    for hidden in ["correct horse", "a new password", &secret, &recovery[0], &code] {
        assert!(!noted.contains(hidden), "no secret in the audit");
    }
}

#[test]
fn deletions_ask_for_a_mailed_code_where_that_is_switched_on() {
    let mailbox = Mailbox::open();
    let demo = start(&mailbox);
    register(&demo, &mailbox);
    let token = token(&enter(&demo, "correct horse", json!({})));
    let ask = |path: &str, body: Value| with_token(&demo, &token, &format!("/web_v1/{path}"), &body);
    assert_eq!(ask("proxy-ip/add", json!({"ips": "127.0.0.77"})).code(), 200);
    assert_eq!(ask("user/verify-before-delete", json!({"enabled": 1})).code(), 200);
    let delete = |more: Value| {
        let mut body = json!({"ips": "127.0.0.77"});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        ask("proxy-ip/delete", body).code()
    };
    assert_eq!(delete(json!({})), 286);
    let (head, _) = mailbox.next();
    let subject = head.lines().find(|line| line.starts_with("Subject: ")).unwrap();
    let code: String = subject.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(delete(json!({"verify_type": "email", "verify_code": "12"})), 287);
    assert_eq!(delete(json!({"verify_type": "phone", "verify_code": "123456"})), 403, "no webhook");
    let listed = || ask("proxy-ip/list", Value::Null).json()["data"]["list"].as_array().unwrap().len();
    assert_eq!(listed(), 1);
    assert_eq!(delete(json!({"verify_type": "email", "verify_code": code})), 200);
    assert_eq!(listed(), 0);
}

/// Takes one event over HTTP; gives its head and its JSON.
fn take_event(listener: &TcpListener) -> (String, Value) {
    let (mut stream, _) = listener.accept().unwrap();
    let (mut seen, mut piece) = (Vec::new(), [0; 4_096]);
    loop {
        let n = stream.read(&mut piece).unwrap();
        seen.extend_from_slice(&piece[..n]);
        let text = String::from_utf8_lossy(&seen);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && let Ok(event) = serde_json::from_str(body)
        {
            stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
            return (head.to_ascii_lowercase(), event);
        }
        assert!(n > 0, "the event ended early: {text}");
    }
}

#[test]
fn codes_by_telephone_leave_as_signed_events() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    // A mail server that never says a word: what goes elsewhere does not wait for it.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let smtp = format!("smtp://{}", silent.local_addr().unwrap());
    let flags = ["--webhook-url", &url, "--webhook-secret", "a-secret-that-both-know", "--smtp-url", &smtp];
    let demo = Demo::start(&[&flags[..], &["--smtp-from", "noreply@brand.example"]].concat());
    let email = demo.text("/customer/email");
    assert_eq!(post(&demo, "forgot-password", &json!({"email": email})).code(), 200);
    let (mail, _) = silent.accept().unwrap();
    demo.operator("customer/phone", json!({"email": email, "phone": "+8613800000000"}));
    let token = crate::http::own_login(&demo);
    let ask = |path: &str, body: Value| with_token(&demo, &token, &format!("/web_v1/{path}"), &body).code();
    assert_eq!(ask("user/verify-before-delete", json!({"enabled": 1})), 200);
    let by_phone =
        |code: Option<&str>| json!({"ips": "127.0.0.1", "verify_type": "phone", "verify_code": code});
    assert_eq!(ask("proxy-ip/delete", by_phone(None)), 286);
    let (head, event) = take_event(&listener);
    mail.set_nonblocking(true).unwrap();
    let waits = (&mail).read(&mut [0]).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    assert!(waits, "the mail is still under way");
    assert!(head.starts_with("post /hook") && head.contains("x-turnpike-signature: t="), "{head}");
    assert_eq!((&event["phone"], &event["channel"]), (&json!("+8613800000000"), &json!("phone")));
    let code = event["code"].as_str().unwrap();
    assert_eq!(ask("proxy-ip/delete", by_phone(Some("12"))), 287);
    assert_eq!(ask("proxy-ip/delete", by_phone(Some(code))), 200);
}

#[test]
fn who_is_not_verified_makes_no_accounts_where_the_site_demands_it() {
    let demo = Demo::start(&[]);
    let site = json!({"name": "Strict", "prefixes": ["/strict"], "demands_verification": true});
    demo.operator("site/create", site);
    let new = json!({"email": "bo@example.com", "site": "Strict"});
    let key = demo.operator("customer/create", new)["app_key"].as_str().unwrap().to_owned();
    let add =
        || with_token(&demo, &key, "/strict/whitelist-account/add", &json!({"accounts": "bo01:pass"})).code();
    assert_eq!(add(), 156);
    demo.operator("customer/verify", json!({"email": "bo@example.com"}));
    assert_eq!(add(), 200);
}

#[test]
fn wrong_logins_slow_down_and_lock_nobody_out() {
    let demo = Demo::start(&[]);
    let email = demo.text("/customer/email");
    let guess = |password: &str| post(&demo, "login", &json!({"email": email, "password": password}));
    let began = Instant::now();
    for _ in 0..10 {
        assert_eq!(guess("wrong wrong").code(), 403);
    }
    // 100, 200, 400, 800 ms and 1.6 s: each after the fifth waits twice as long as the one before.
    assert!(began.elapsed() >= Duration::from_millis(1_500), "{:?}", began.elapsed());
    assert_eq!(guess(&demo.text("/customer/password")).code(), 200, "the owner gets in");
    let again = Instant::now();
    assert_eq!(guess(&demo.text("/customer/password")).code(), 200);
    assert!(again.elapsed() < began.elapsed(), "and waits no more");
    let other = "other@example.com";
    demo.operator("customer/create", json!({"email": other, "password": "correct horse"}));
    for _ in 0..8 {
        guess("wrong wrong");
    }
    let body = json!({"email": email, "password": demo.text("/customer/password")}).to_string();
    let mut stream = elsewhere(&demo);
    let head = format!(
        "POST /web_v1/user/login HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        crate::http::host(&demo),
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    assert!(
        answer.contains("\"code\":200"),
        "guesses from one address don't keep him out at another: {answer}"
    );
}

/// A connection to the API from another address of this machine.
fn elsewhere(demo: &Demo) -> std::net::TcpStream {
    use socket2::{Domain, SockAddr, Socket, Type};
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let from: std::net::SocketAddr = "127.0.0.88:0".parse().unwrap();
    socket.bind(&SockAddr::from(from)).unwrap();
    let to: std::net::SocketAddr = crate::http::host(demo).parse().unwrap();
    socket.connect(&SockAddr::from(to)).unwrap();
    socket.into()
}
