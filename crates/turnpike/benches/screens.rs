//! How long each answer takes that a screen of the console asks for, of an installation with 100,000 proxy accounts
//! of one customer, 1,000 packages, 20,000 customers, 100,000 orders and a year of usage.
//!
//! `cargo bench -p turnpike --bench screens` prints the worst and the middle of several asks, and fails where one
//! took more than 200 ms. With `TURNPIKE_TEST_POSTGRES` it measures PostgreSQL too.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed assumption here ends the measurement"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::Demo;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};
use turnpike_base::Clock;
use turnpike_base::time::SystemClock;
use turnpike_store::{Read as _, Store, args};

/// What an answer may take.
const LIMIT: Duration = Duration::from_millis(200);
/// Asks of each screen.
const ASKS: usize = 7;

/// What the operators' screens ask for.
const ROOM: &[(&str, &str)] = &[
    ("overview/show", "{}"),
    ("customer/list", r#"{"size": 20}"#),
    ("customer/list", r#"{"size": 20, "search": "c199"}"#),
    ("customer/list", r#"{"size": 20, "page": 900, "verified": false}"#),
    ("customer/show", r#"{"email": "demo@example.com"}"#),
    ("customer/waiting", "{}"),
    ("package/list", r#"{"customer": "demo@example.com", "size": 20}"#),
    ("account/list", r#"{"customer": "demo@example.com", "size": 20}"#),
    ("account/list", r#"{"customer": "demo@example.com", "size": 20, "page": 4900}"#),
    ("exit/list", r#"{"size": 20}"#),
    ("exit/list", r#"{"size": 20, "search": "10.9", "country": "US"}"#),
    ("exit/map", "{}"),
    ("static-ip/list", r#"{"size": 20}"#),
    ("product/list", "{}"),
    ("order/list", r#"{"size": 20}"#),
    ("order/list", r#"{"size": 20, "status": 1, "page": 4000}"#),
    ("order/list", r#"{"size": 20, "proven": true}"#),
    ("order/list", r#"{"size": 20, "search": "demo@example.com"}"#),
    ("coupon/list", r#"{"size": 20}"#),
    ("payment/refunds", "{}"),
    ("invoice/list", "{}"),
    ("ledger/accounts", "{}"),
    ("ledger/list", r#"{"size": 20}"#),
    ("ledger/list", r#"{"size": 20, "customer": "demo@example.com"}"#),
    ("site/list", "{}"),
    ("site/show", "{}"),
    ("job/list", r#"{"size": 20}"#),
    ("audit/list", r#"{"size": 20}"#),
    ("audit/list", r#"{"size": 20, "action": "exit/"}"#),
    ("audit/list", r#"{"size": 20, "actor": "operator"}"#),
    ("setting/list", "{}"),
    ("rule/list", "{}"),
];

/// What the customers' screens ask for.
const CUSTOMER: &[&str] = &[
    "user/info",
    "whitelist-account/list?page=1&size=20",
    "whitelist-account/list?page=4900&size=20",
    "whitelist-account/search?size=20&keyword=big999",
    "whitelist-account/quotas",
    "user-product/list?size=200",
    "user-usage-flow/total",
    "user-usage-flow/flow-total",
    "user-usage-flow/detail?group_by=hour&size=200",
    "user-usage-flow/detail?group_by=account&size=20",
    "user-usage-flow/detail?group_by=country&size=20",
    "user-usage-flow/detail?group_by=host&size=20",
    "ip/get-static-ip?size=20",
    "ip/dynamic-citys",
    "product",
    "order/list?page_no=1&page_size=20",
    "coupon/list",
    "statement/list",
    "user-invoice/invoiceable-orders?size=200",
    "proxy-account/refusals?size=20",
    "session/list?size=20",
    "user/activity?size=20",
];

fn main() {
    let mut slow = measure("SQLite", None);
    if let Ok(url) = std::env::var("TURNPIKE_TEST_POSTGRES") {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let schema = runtime.block_on(turnpike_store::testing::fresh_schema(&url));
        slow.extend(measure("PostgreSQL", Some(schema)));
    }
    assert!(slow.is_empty(), "more than {LIMIT:?}:\n{}", slow.join("\n"));
}

/// Fills an installation and asks; gives what was slow.
fn measure(engine: &str, postgres: Option<String>) -> Vec<String> {
    let mut flags = vec!["--endpoint-ports", "0+20"];
    if let Some(url) = &postgres {
        flags.extend(["--database-url", url]);
    }
    let mut demo = Demo::start(&flags);
    assert!(Command::new("kill").arg(demo.pid().to_string()).status().unwrap().success());
    demo.reap();
    let began = Instant::now();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = match &postgres {
            Some(url) => Store::open_postgres(url).await.unwrap(),
            None => Store::open_sqlite(demo.dir.path()).await.unwrap(),
        };
        fill(&store).await;
        // As the job does every minute.
        turnpike_commerce::ledger::fold(&store, SystemClock.now()).await.unwrap();
        store.close().await.unwrap();
    });
    println!("{engine}: filled within {:.0?}", began.elapsed());
    demo.restart();
    let operator = login(&demo, "/operator_v1/login", "/operator");
    let customer = login(&demo, "/web_v1/user/login", "/customer");
    let mut slow = Vec::new();
    for (command, input) in ROOM {
        let ask = || send(&demo, "POST", &format!("/operator_v1/{command}"), &operator, input);
        slow.extend(judge(&format!("{engine} {command} {input}"), ask));
    }
    for path in CUSTOMER {
        slow.extend(judge(&format!("{engine} {path}"), || {
            send(&demo, "GET", &format!("/web_v1/{path}"), &customer, "")
        }));
    }
    slow
}

fn judge(name: &str, ask: impl Fn() -> Value) -> Option<String> {
    let mut took: Vec<Duration> = (0..ASKS)
        .map(|_| {
            let began = Instant::now();
            let answer = ask();
            let took = began.elapsed();
            assert!(answer["data"].is_object() || answer["data"].is_array(), "{name}: {answer}");
            took
        })
        .collect();
    took.sort();
    let (middle, worst) = (took[ASKS / 2], took[ASKS - 1]);
    println!("  {:>6} us, worst {:>6} us  {name}", middle.as_micros(), worst.as_micros());
    (worst > LIMIT).then(|| format!("{name}: {worst:.0?}"))
}

fn login(demo: &Demo, path: &str, who: &str) -> String {
    let text = |field: &str| demo.text(&format!("{who}/{field}"));
    let body = json!({"email": text("email"), "account": text("email"), "password": text("password")});
    let answer = send(demo, "POST", path, "", &body.to_string());
    answer["data"]["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// One request on a connection of its own.
fn send(demo: &Demo, method: &str, path: &str, token: &str, body: &str) -> Value {
    let api = demo.text("/api");
    let host = api.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let bearer = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{bearer}Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let start = body.find('{').unwrap_or(0);
    let end = body.rfind('}').map_or(body.len(), |at| at + 1);
    // A long answer may come in chunks; their lengths stand on lines of their own.
    serde_json::from_str(&body[start..end]).unwrap_or_else(|_| unchunked(body))
}

fn unchunked(body: &str) -> Value {
    let (mut rest, mut whole) = (body, String::new());
    while let Some((length, after)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap_or(0);
        whole.push_str(&after[..length.min(after.len())]);
        rest = after.get(length + 2..).unwrap_or_default();
    }
    serde_json::from_str(&whole).unwrap_or(Value::Null)
}

/// `0, 1, …` up to a number of rows, as a table `n(i)`.
fn series(rows: usize) -> String {
    format!(
        "WITH RECURSIVE n(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {rows})"
    )
}

/// Rows of a year, written by the engine itself: through the doors it would take hours.
async fn fill(store: &Store) {
    let tx = store.write().await.unwrap();
    let row =
        tx.row("SELECT id, created_at FROM customers WHERE email_key = 'demo@example.com'", args![]).await;
    let row = row.unwrap().unwrap();
    let (demo, now): (i64, i64) = (row.get("id").unwrap(), row.get("created_at").unwrap());
    let (quarter, hour, day) = (now / 900_000, now / 3_600_000, now / 86_400_000);
    for (rows, statement) in [
        (20_000, format!("INSERT INTO customers (site_id, email, email_key, created_at) SELECT 1, 'c' || i || '@example.com', 'c' || i || '@example.com', {now} - i * 1000 FROM n")),
        (1, "INSERT INTO balances (customer_id, amount, updated_at) SELECT id, 1000, 0 FROM customers WHERE id NOT IN (SELECT customer_id FROM balances)".to_owned()),
        (100_000, format!("INSERT INTO accounts (customer_id, username, username_key, sealed_password, product_type, remark, created_at) SELECT {demo}, 'big' || i, 'big' || i, (SELECT sealed_password FROM accounts ORDER BY id LIMIT 1), 9, '', {now} - i * 1000 FROM n")),
        (1_000, format!("INSERT INTO packages (customer_id, product_type, title, title_zh, trade_no, ordered_at, paid_at, total, created_at, expires_at) SELECT {demo}, 9, 'Package ' || i, 'Package ' || i, 't' || i, {now}, {now}, 1000000000000, {now} - i, {now} + 86400000 * (1 + i % 300) FROM n")),
        (35_040, format!("INSERT INTO usage_quarters (customer_id, account_id, product_type, quarter, up, down, connections) SELECT {demo}, 1 + i % 5, 9, {quarter} - i, 1000, 9000, 3 FROM n")),
        (35_040, format!("INSERT INTO usage_quarters (customer_id, account_id, product_type, quarter, up, down, connections) SELECT {demo}, 6 + i % 5, 9, {quarter} - i, 1000, 9000, 3 FROM n")),
        (365_000, format!("INSERT INTO usage_quarters (customer_id, account_id, product_type, quarter, up, down, connections) SELECT {demo} + 1 + i % 1000, 0, 9, {quarter} - (i / 1000) * 96, 1000, 9000, 3 FROM n")),
        (1, "INSERT INTO usage_totals (quarter, up, down, connections) SELECT quarter, CAST(SUM(up) AS BIGINT), CAST(SUM(down) AS BIGINT), CAST(SUM(connections) AS BIGINT) FROM usage_quarters WHERE quarter NOT IN (SELECT quarter FROM usage_totals) GROUP BY quarter".to_owned()),
        (17_280, format!("INSERT INTO usage_countries (customer_id, account_id, product_type, hour, country, up, down) SELECT {demo}, 1, 9, {hour} - i / 8, CASE i % 8 WHEN 0 THEN 'US' WHEN 1 THEN 'DE' WHEN 2 THEN 'FR' WHEN 3 THEN 'JP' WHEN 4 THEN 'GB' WHEN 5 THEN 'SG' WHEN 6 THEN 'BR' ELSE 'AU' END, 1000, 9000 FROM n")),
        (3_000, format!("INSERT INTO usage_hosts (customer_id, account_id, product_type, day, host, bytes, connections) SELECT {demo}, 1, 9, {day} - i / 100, 'host' || (i % 100) || '.example', 10000, 3 FROM n")),
        (1_000, format!("INSERT INTO exits (target, resolve, pools, country, status, created_at) SELECT '10.9.' || (i / 250) || '.' || (i % 250), 'gateway', 'residential', CASE i % 3 WHEN 0 THEN 'US' WHEN 1 THEN 'DE' ELSE 'FR' END, 'disabled', {now} FROM n")),
        (2_160, format!("INSERT INTO usage_exits (exit_id, hour, up, down, connections, failures) SELECT e.id, {hour} - i, 1000, 9000, 3, 0 FROM n, exits e")),
        (100_000, format!("INSERT INTO orders (site_id, customer_id, trade_no, product_id, product_type, amount, currency, unit_price, gross, discount_fee, handling_fee, received, pm_id, status, title_zh, title_en, goods, created_at, expire_at, paid_at) SELECT 1, {demo} + i % 1000, 'bench' || i, 2, 9, 1, 'CNY', 1000, 1000, 0, 0, 1000, 7, CASE WHEN i % 10 = 0 THEN 2 ELSE 1 END, 'T', 'T', (SELECT goods FROM orders ORDER BY id LIMIT 1), {now} - i * 300000, {now}, CASE WHEN i % 10 = 0 THEN NULL ELSE {now} - i * 300000 END FROM n")),
        (100_000, format!("INSERT INTO ledger_entries (site_id, customer_id, currency, kind, trade_no, memo, created_at) SELECT 1, {demo} + i % 1000, 'CNY', 'payment', 'bench' || i, '', {now} - i * 300000 FROM n")),
        (1, "INSERT INTO ledger_lines (entry_id, customer_id, account, amount, balance_after) SELECT id, customer_id, 'balance', -1000, 1000 FROM ledger_entries WHERE trade_no LIKE 'bench%'".to_owned()),
        (1, "INSERT INTO ledger_lines (entry_id, customer_id, account, amount) SELECT id, customer_id, 'revenue', 1000 FROM ledger_entries WHERE trade_no LIKE 'bench%'".to_owned()),
        (200_000, format!("INSERT INTO audit (at, actor_kind, actor_id, action, detail, outcome, client, customer_id) SELECT {now} - i * 1000, CASE WHEN i % 50 = 0 THEN 'operator' ELSE 'customer' END, 1, CASE WHEN i % 50 = 0 THEN 'exit/drain' ELSE 'order/create' END, '', 'ok', '127.0.0.1', {demo} + i % 1000 FROM n")),
        (50_000, format!("INSERT INTO refusals (customer_id, account_id, product_type, reason, detail, destination, client, at) SELECT {demo}, 1, 9, 'no_exit', '', 'example.com:443', '127.0.0.1', {now} - i * 1000 FROM n")),
    ] {
        let verb = if statement.contains("FROM n") { format!("{} {statement}", series(rows)) } else { statement };
        tx.exec(&verb, args![]).await.unwrap_or_else(|fault| panic!("{verb}: {fault}"));
    }
    // What PostgreSQL does by itself within a minute.
    tx.exec("ANALYZE", args![]).await.unwrap();
    tx.commit().await.unwrap();
}
