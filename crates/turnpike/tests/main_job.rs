//! The main job with the real binary: let in, relayed, counted, limited, cut.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed assumption here is the failing test"
)]

mod common;

use common::{Demo, End, drain, eventually};
use serde_json::json;
use std::collections::HashSet;
use std::io::Read;
use std::process::Command;
use std::time::{Duration, Instant};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Ten MiB through a tunnel show everywhere within two seconds, exactly.
fn ten_mib_are_counted(demo: &Demo) {
    demo.account("meter01", json!({}));
    let flow =
        || demo.api("user-usage-flow/total?username=meter01", None)["data"]["list"][6]["flow"].as_i64();
    let used = || demo.api("user-product/summary", None)["data"]["used"].as_i64();
    let before = used().unwrap();
    let (mut stream, head) = demo.tunnel("meter01", "pass");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("X-Proxy-Exit: id="), "{head}");
    let (bytes, end) = demo.download(&mut stream, 10 * MIB);
    assert!(bytes >= 10 * MIB && end == End::Fin);
    let fits = |kb: Option<i64>| kb.is_some_and(|kb| (10_240..=10_245).contains(&kb));
    assert!(eventually(Duration::from_secs(2), || fits(flow())), "log: {:?}", flow());
    assert!(fits(demo.account_row("meter01")["usage_flow"].as_i64()));
    assert!(fits(used().map(|now| now - before)), "package: {before} to {:?}", used());
}

#[test]
fn bytes_are_counted_on_sqlite() {
    ten_mib_are_counted(&Demo::start(&[]));
}

/// A demo on a PostgreSQL schema of its own.
fn on_postgres() -> Option<Demo> {
    let Ok(url) = std::env::var("TURNPIKE_TEST_POSTGRES") else {
        assert!(std::env::var_os("TURNPIKE_TEST_REQUIRE").is_none(), "TURNPIKE_TEST_POSTGRES is not set");
        eprintln!("SKIPPED: the main job on PostgreSQL (set TURNPIKE_TEST_POSTGRES)");
        return None;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let schema = runtime.block_on(turnpike_store::testing::fresh_schema(&url));
    Some(Demo::start(&["--database-url", &schema]))
}

#[test]
fn bytes_are_counted_on_postgres() {
    on_postgres().iter().for_each(ten_mib_are_counted);
}

#[test]
fn exits_rotate_sessions_stick_and_wrong_wishes_are_refused() {
    let demo = Demo::start(&[]);
    let (user, password) = (demo.text("/account/username"), demo.text("/account/password"));
    let rotating: HashSet<_> = (0..12).map(|_| demo.seen_address(&user, &password)).collect();
    assert!(rotating.len() > 2 && !rotating.contains("127.0.0.1"), "{rotating:?}");
    let sticky: HashSet<_> =
        (0..6).map(|_| demo.seen_address(&format!("{user}_session-a1"), &password)).collect();
    assert_eq!(sticky.len(), 1, "{sticky:?}");
    for (name, secret, status, slug) in [
        (user.clone(), "wrong", 407, "bad_credentials"),
        ("nobody".into(), "wrong", 407, "bad_credentials"),
        (format!("{user}_colour-red"), &password, 400, "unknown_parameter"),
        (format!("{user}_area-XX"), &password, 400, "unknown_place"),
        (format!("{user}_area-IT"), &password, 503, "no_exit"),
    ] {
        let (_, head) = demo.tunnel(&name, secret);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{name}: {head}");
        assert!(head.contains(&format!("X-Proxy-Error: {slug}\r\n")), "{name}: {head}");
    }
}

#[test]
fn what_is_taken_away_ends_running_connections() {
    let demo = Demo::start(&[]);
    for (name, command) in [("cut01", "disable"), ("cut02", "delete")] {
        demo.account(name, json!({}));
        let (mut stream, head) = demo.tunnel(name, "pass");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        demo.api(&format!("whitelist-account/{command}"), Some(json!({"accounts": name})));
        assert_eq!(drain(&mut stream).1, End::Rst, "{command}");
        assert!(demo.tunnel(name, "pass").1.contains("X-Proxy-Error: account_disabled"));
    }
    demo.account("pass01", json!({}));
    let change = json!({"account": "pass01", "password": "fresh1"});
    assert_eq!(demo.api("whitelist-account/change-password", Some(change))["code"], 200);
    assert!(eventually(Duration::from_secs(1), || demo
        .tunnel("pass01", "pass")
        .1
        .starts_with("HTTP/1.1 407")));
    assert!(demo.tunnel("pass01", "fresh1").1.starts_with("HTTP/1.1 200"));
}

#[test]
fn limits_stop_parallel_downloads_on_sqlite() {
    limits_stop_parallel_downloads_where_they_are(&mut Demo::start(&[]));
}

#[test]
fn limits_stop_parallel_downloads_on_postgres() {
    on_postgres().iter_mut().for_each(limits_stop_parallel_downloads_where_they_are);
}

/// The account's limit, the day's, and the end of the last package: a GiB each.
fn limits_stop_parallel_downloads_where_they_are(demo: &mut Demo) {
    demo.account("limit01", json!({"limit": 1}));
    stops_at_a_gib(demo, "limit01", "account_limit");
    demo.account("daily01", json!({"daily_limit": 1}));
    stops_at_a_gib(demo, "daily01", "daily_limit");
    let made = demo.operator("customer/create", json!({"email": "small@example.com"}));
    demo.operator("package/grant", json!({"customer": "small@example.com", "type": 9, "gb": 1}));
    demo.told["app_key"] = made["app_key"].clone();
    demo.account("small01", json!({}));
    stops_at_a_gib(demo, "small01", "package_empty");
}

/// Four downloads at full speed end at most 1 MiB a connection over, and never early by more than 1 %.
fn stops_at_a_gib(demo: &Demo, name: &str, slug: &str) {
    let one = || {
        let (mut stream, _) = demo.tunnel(name, "pass");
        demo.download(&mut stream, 2 * GIB)
    };
    let ends: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let sum: u64 = ends.iter().map(|(bytes, _)| bytes).sum();
    assert!(ends.iter().all(|(_, end)| *end == End::Fin), "{slug}: {ends:?}");
    assert!((GIB - GIB / 100..=GIB + 4 * MIB).contains(&sum), "{slug}: {sum} bytes against {GIB}");
    let (_, head) = demo.tunnel(name, "pass");
    assert!(head.contains(&format!("X-Proxy-Error: {slug}")), "{head}");
}

#[test]
fn an_idle_connection_ends_with_its_package() {
    let mut demo = Demo::start(&[]);
    // A customer of his own, whose only package is short.
    let made = demo.operator("customer/create", json!({"email": "short@example.com"}));
    demo.told["app_key"] = made["app_key"].clone();
    demo.account("short01", json!({}));
    demo.operator(
        "package/grant",
        json!({"customer": "short@example.com", "type": 9, "gb": 1, "seconds": 2}),
    );
    let began = Instant::now();
    let (mut stream, head) = demo.tunnel("short01", "pass");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    assert!(began.elapsed() > Duration::from_millis(1_500) && began.elapsed() < Duration::from_secs(8));
    assert!(demo.tunnel("short01", "pass").1.contains("X-Proxy-Error: package_empty"));
}

/// The commands in a text, without their fences.
fn commands(text: &str) -> Vec<String> {
    text.split("```").skip(1).step_by(2).map(|block| block.trim().to_owned()).collect()
}

/// Readers paste them into a shell as they stand.
#[test]
fn every_command_of_the_help_works_as_it_stands_in_both_languages() {
    if Command::new("curl").arg("--version").output().is_err() {
        assert!(std::env::var_os("TURNPIKE_TEST_REQUIRE").is_none(), "there is no curl");
        eprintln!("SKIPPED: the commands of the help need curl");
        return;
    }
    let demo = Demo::start(&[]);
    let who = json!({"email": demo.text("/customer/email"), "password": demo.text("/customer/password")});
    let login = demo.ask("/web_v1/user/login", "", Some(who));
    let token = login["data"]["access_token"].as_str().expect("the customer gets in").to_owned();
    for lang in ["zh", "en"] {
        let told = demo.ask(&format!("/web_v1/article/list?language={lang}"), &token, None);
        let articles = told["data"]["list"].as_array().expect("articles");
        let all: Vec<String> =
            articles.iter().flat_map(|a| commands(a["content"].as_str().unwrap())).collect();
        assert!(all.len() >= 3, "{all:?}");
        for command in all {
            let ran =
                Command::new("sh").args(["-c", &format!("{command} --fail -sS")]).output().expect("a shell");
            let (said, fault) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
            let answered = said.contains("\"ip\"") || said.lines().all(|line| line.contains(':'));
            assert!(ran.status.success() && !said.is_empty() && answered, "{lang}: {command}\n{said}{fault}");
        }
    }
}
