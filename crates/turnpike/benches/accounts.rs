//! What 100,000 accounts cost: the start, and an admission that the gateway keeps or has to ask for.
//!
//! `cargo bench -p turnpike --bench accounts` prints figures and judges none. `TURNPIKE_BENCH_ACCOUNTS` says
//! how many accounts, in thousands (100); with `TURNPIKE_TEST_POSTGRES` it measures PostgreSQL too.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed assumption here ends the measurement"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Demo, base64};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

/// Accounts of one customer.
const EACH: usize = 1_000;
/// Admissions measured, each way.
const SAMPLES: usize = 3_000;
/// Accounts that the gateway is asked for again and again.
const WARM: usize = 200;
/// A step that reaches every account once before it comes back: coprime to every count of whole thousands.
const STEP: usize = 7_919;

fn main() {
    let thousands = std::env::var("TURNPIKE_BENCH_ACCOUNTS").map_or(100, |n| n.parse().expect("a count"));
    measure("SQLite", thousands, &[]);
    if let Ok(url) = std::env::var("TURNPIKE_TEST_POSTGRES") {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let schema = runtime.block_on(turnpike_store::testing::fresh_schema(&url));
        measure("PostgreSQL", thousands, &["--database-url", &schema]);
    }
}

fn measure(engine: &str, thousands: usize, more: &[&str]) {
    let mut demo = Demo::start(more);
    (0..thousands).for_each(|customer| fill(&mut demo, customer));
    assert!(Command::new("kill").arg(demo.pid().to_string()).status().unwrap().success());
    demo.reap();
    let began = Instant::now();
    demo.restart();
    println!("{engine}, {thousands},000 accounts");
    println!("  start: {:.1?}", began.elapsed());
    let count = thousands * EACH;
    let fresh = (1..=SAMPLES.min(count)).map(|n| ask(&demo, n * STEP % count));
    tell("admission, asked for", fresh.collect());
    let warm: Vec<usize> = (1..=WARM.min(count)).map(|n| n * STEP % count).collect();
    for account in &warm {
        ask(&demo, *account);
    }
    tell("admission, kept", warm.iter().cycle().take(SAMPLES).map(|account| ask(&demo, *account)).collect());
    tell("list of 20 accounts", (0..300).map(|_| page(&demo)).collect());
}

/// A customer with a package and a thousand accounts, through the doors that everybody uses.
fn fill(demo: &mut Demo, customer: usize) {
    let email = format!("c{customer}@example.com");
    let made = demo.operator("customer/create", json!({"email": email}));
    demo.operator("package/grant", json!({"customer": email, "type": 9, "gb": 100, "days": 30}));
    demo.told["app_key"] = made["app_key"].clone();
    let pair = |n| format!("{}:pass{n}", name(customer * EACH + n));
    let pairs = (0..EACH).map(pair).collect::<Vec<_>>().join(",");
    let answer = demo.api("whitelist-account/add", Some(json!({"accounts": pairs})));
    assert_eq!(answer["code"], 200, "{answer}");
}

fn name(account: usize) -> String {
    format!("big{account}")
}

/// From a request to its refusal because of the destination, which is looked at after the admission.
fn ask(demo: &Demo, account: usize) -> Duration {
    let login = base64(&format!("{}:pass{}", name(account), account % EACH));
    let mut stream = TcpStream::connect(demo.text("/proxy")).unwrap();
    stream.set_nodelay(true).unwrap();
    let head = format!(
        "CONNECT 10.0.0.1:80 HTTP/1.1\r\nHost: 10.0.0.1:80\r\nProxy-Authorization: Basic {login}\r\n\r\n"
    );
    let began = Instant::now();
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 4_096];
    let read = stream.read(&mut answer).unwrap();
    let took = began.elapsed();
    let answer = String::from_utf8_lossy(&answer[..read]);
    assert!(answer.contains("destination_denied"), "{answer}");
    took
}

fn page(demo: &Demo) -> Duration {
    let began = Instant::now();
    let answer = demo.api("whitelist-account/list?page=1&size=20", None);
    let took = began.elapsed();
    assert!(answer["data"]["list"].as_array().is_some_and(|list: &Vec<Value>| !list.is_empty()), "{answer}");
    took
}

fn tell(what: &str, mut took: Vec<Duration>) {
    took.sort();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100];
    println!("  {what}: median {:.3?}, p99 {:.3?}, worst {:.3?}", at(50), at(99), at(100));
}
