//! kill -9 at random points of a mixed load of orders, payments, renewals and refunds: whatever was under way, the
//! books are exact, nothing is half granted, what was answered as paid stays paid, what closed orders held is free, and
//! an order whose answer got lost is made once, however often it is asked for again.
//!
//! `TURNPIKE_TEST_SHOP_KILLS` says how often (5 where it is not set).

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed assumption here is the failing test"
)]

mod common;

use common::{Demo, eventually};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use turnpike_base::Timestamp;
use turnpike_store::{Read as _, Store, args};

const CUSTOMERS: usize = 6;
const BALANCE: i64 = 7;
const BANK: i64 = 2;
/// What the demo sells, and something of which there is little.
const LIMITED: &str = "[[product]]\ncode = \"limited\"\ntype = 9\ngb = 1\ndays = 1\nstock = 100000\n\
    title = {zh = \"限量\", en = \"Limited\"}\nprice = {cny = \"1.00\"}\n";

/// Somebody who calls over and over, whatever becomes of the server.
struct Caller {
    host: String,
    key: String,
    operator: String,
    products: Arc<BTreeMap<String, Value>>,
    /// Orders that were answered as paid.
    answered: Arc<Mutex<BTreeSet<String>>>,
    done: Arc<AtomicUsize>,
    asked: Arc<Mutex<Asked>>,
}

/// What became of requests for orders, each under an `Idempotency-Key` of its own.
#[derive(Default)]
struct Asked {
    keys: usize,
    /// Which order was answered.
    told: BTreeMap<String, String>,
    /// Whose answer got lost: `Idempotency-Key`, app_key and body.
    lost: Vec<(String, String, Value)>,
}

fn random(below: u32) -> u32 {
    getrandom::u32().unwrap() % below
}

/// An answer, if one came before the server was gone.
fn ask(host: &str, path: &str, bearer: &str, body: &Value) -> Option<Value> {
    ask_on(TcpStream::connect(host).ok()?, host, path, bearer, body, "")
}

/// The same on a connection, with more headers.
fn ask_on(
    mut stream: TcpStream,
    host: &str,
    path: &str,
    bearer: &str,
    body: &Value,
    headers: &str,
) -> Option<Value> {
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {bearer}\r\nConnection: close\r\n\
         Content-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}

fn order_once(stream: TcpStream, host: &str, app_key: &str, body: &Value, key: &str) -> Option<Value> {
    ask_on(stream, host, "/gateway/order/create", app_key, body, &format!("Idempotency-Key: {key}\r\n"))
}

/// Asks again, and again, for the orders whose answers got lost; closes those that nobody pays.
fn retry(demo: &Demo, asked: &mut Asked) {
    let host = demo.text("/api").trim_start_matches("http://").to_owned();
    for (key, app_key, body) in std::mem::take(&mut asked.lost) {
        let again = || {
            let stream = TcpStream::connect(&host).expect("a server");
            order_once(stream, &host, &app_key, &body, &key).expect("an answer")
        };
        let first = again();
        assert_ne!(first["code"], 409, "an order and its answer are one: {first}");
        let Some(trade_no) = first["data"]["trade_no"].as_str() else { continue };
        let second = again();
        assert_eq!(second["data"]["trade_no"], trade_no, "asked for twice");
        asked.told.insert(key, trade_no.to_owned());
        // One that was made before the kill may be closed already.
        let _ = ask(&host, "/gateway/order/close", &app_key, &json!({"trade_no": trade_no}));
    }
}

impl Caller {
    fn order(&self, title: &str, pm_id: i64, more: &Value) -> Option<String> {
        let mut body = json!({"pid": self.products[title], "pm_id": pm_id});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        // A server that is gone was asked for nothing: callers that go on against one leave nothing to ask for again.
        let stream = TcpStream::connect(&self.host).ok()?;
        let key = {
            let mut asked = self.asked.lock().unwrap();
            asked.keys += 1;
            asked.keys.to_string()
        };
        let Some(answer) = order_once(stream, &self.host, &self.key, &body, &key) else {
            self.asked.lock().unwrap().lost.push((key, self.key.clone(), body));
            return None;
        };
        let trade_no = answer["data"]["trade_no"].as_str()?.to_owned();
        self.asked.lock().unwrap().told.insert(key, trade_no.clone());
        if answer["data"]["status"] == 1 {
            self.answered.lock().unwrap().insert(trade_no.clone());
        }
        Some(trade_no)
    }

    fn operator(&self, command: &str, body: &Value) -> Option<Value> {
        let answer = ask(&self.host, &format!("/operator/{command}"), &self.operator, body)?;
        answer.get("data").cloned()
    }

    fn confirm(&self, trade_no: &str, amount: Option<&str>) -> Option<()> {
        let body = json!({"trade_no": trade_no, "reference": format!("T-{trade_no}"), "amount": amount});
        let told = self.operator("order/confirm", &body)?;
        if told["status"] == 1 {
            self.answered.lock().unwrap().insert(trade_no.to_owned());
        }
        Some(())
    }

    fn refund(&self, trade_no: &str, amount: Option<&str>) -> Option<Value> {
        self.operator("order/refund", &json!({"trade_no": trade_no, "amount": amount}))
    }

    /// One of the things that customers and operators do; a refusal (sold out, too little money) is one too.
    fn step(&self) -> Option<()> {
        let bucket = "Residential 20 GB";
        let (address, one) = ("Static data-center address", json!({"region_list": "US,1"}));
        match random(8) {
            0 => drop(self.order(bucket, BALANCE, &json!({"amount": 2}))),
            1 => {
                let made = self.order(bucket, BANK, &json!({}))?;
                self.confirm(&made, None)?;
                self.refund(&made, Some("20.00"))?;
                self.refund(&made, None)?;
            }
            2 => {
                let made = self.order("1,000 extracted endpoints", BALANCE, &json!({}))?;
                self.refund(&made, None)?;
            }
            3 => {
                let made = self.order(address, BANK, &one)?;
                let close = json!({"trade_no": made});
                ask(&self.host, "/gateway/order/close", &self.key, &close)?;
            }
            4 => {
                let made = self.order(address, BALANCE, &one)?;
                let shown = self.operator("order/show", &json!({"trade_no": made}))?;
                let id = shown["grants"][0]["package"].to_string();
                let duration = ["1m", "2m", "em"][random(3) as usize];
                let renewal = json!({"upids": id, "renew_duration": duration});
                let renewed = self.order("Renewal of static data-center addresses", BALANCE, &renewal)?;
                if random(2) == 0 {
                    self.refund(&renewed, None)?;
                }
                self.refund(&made, None)?;
            }
            5 => {
                let made = self.order("Balance recharge", BANK, &json!({"recharge_amount": "600.00"}))?;
                self.confirm(&made, None)?;
                self.refund(&made, Some("100.00"))?;
            }
            6 => {
                let made = self.order(bucket, BANK, &json!({}))?;
                self.confirm(&made, Some("30.00"))?;
                let rest = self.order("Rest of an underpaid order", BANK, &json!({"trade_no": made}))?;
                self.confirm(&rest, None)?;
            }
            _ => drop(self.order("Limited", 0, &json!({"amount": 3}))),
        }
        Some(())
    }
}

/// Customers with money, and addresses to buy.
fn people(demo: &Demo) -> Vec<String> {
    demo.operator("product/load", json!({"file": LIMITED}));
    let rows = (1..=40).map(|n| format!("127.0.10.{n},14,US,7922")).collect::<Vec<_>>().join("\n");
    demo.operator("static-ip/import", json!({"file": format!("address,type,country,asn\n{rows}\n")}));
    let customer = |n: usize| {
        let email = format!("crash{n}@example.com");
        let made = demo.operator("customer/create", json!({"email": email}));
        demo.operator("customer/credit", json!({"email": email, "amount": "1000000.00"}));
        made["app_key"].as_str().unwrap().to_owned()
    };
    (0..CUSTOMERS).map(customer).collect()
}

fn products(demo: &Demo) -> BTreeMap<String, Value> {
    let answer = demo.api("product", None);
    let all = answer["data"].as_array().unwrap().clone();
    all.iter().map(|product| (product["title"].as_str().unwrap().to_owned(), product["id"].clone())).collect()
}

/// Works with every customer at once, and kills the server in the middle of it.
fn round(demo: &mut Demo, callers: Vec<Caller>) {
    let stop = AtomicBool::new(false);
    let pid = demo.pid();
    std::thread::scope(|scope| {
        for caller in &callers {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    caller.step();
                    caller.done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let wanted = callers[0].done.load(Ordering::Relaxed) + 3 + random(40) as usize;
        assert!(eventually(Duration::from_secs(120), || callers[0].done.load(Ordering::Relaxed) >= wanted));
        std::thread::sleep(Duration::from_micros(u64::from(random(20_000))));
        assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
        stop.store(true, Ordering::Relaxed);
    });
    demo.reap();
}

async fn names(store: &Store, sql: &str) -> Vec<String> {
    let tx = store.read().await.unwrap();
    tx.rows(sql, args![]).await.unwrap().iter().map(|row| row.get("name").unwrap()).collect()
}

/// What `turnpike check` does not look at.
async fn proves(store: &Store, answered: &BTreeSet<String>) {
    for (promise, sql) in [
        (
            "every paid order is booked once",
            "SELECT o.trade_no AS name FROM orders o WHERE o.status IN (1, 3) AND 1 <> (SELECT COUNT(*) FROM ledger_entries e \
             WHERE e.trade_no = o.trade_no AND e.kind IN ('payment', 'recharge', 'completed'))",
        ),
        (
            "no other order is",
            "SELECT o.trade_no AS name FROM orders o WHERE o.status IN (0, 2) AND EXISTS (SELECT 1 FROM ledger_entries e \
             WHERE e.trade_no = o.trade_no AND e.kind IN ('payment', 'recharge', 'completed'))",
        ),
        (
            "an address has one holder",
            "SELECT h.trade_no AS name FROM static_holdings h JOIN static_addresses a ON a.id = h.static_id \
             WHERE a.address LIKE '127.0.10.%' AND h.state <> 'ended' AND 1 < (SELECT COUNT(*) FROM static_holdings o \
             WHERE o.static_id = h.static_id AND o.state <> 'ended')",
        ),
        (
            "what is taken of a limited product is what orders hold or bought",
            "SELECT p.code AS name FROM products p WHERE p.stock > 0 AND p.taken <> \
             (SELECT COALESCE(SUM(o.amount), 0) FROM orders o WHERE o.product_id = p.id AND o.status <> 2 \
             AND (o.refund_fee = 0 OR o.refund_fee < o.gross - o.discount_fee))",
        ),
    ] {
        assert_eq!(names(store, sql).await, Vec::<String>::new(), "{promise}");
    }
    let paid = names(store, "SELECT trade_no AS name FROM orders WHERE status IN (1, 3)").await;
    let paid: BTreeSet<_> = paid.into_iter().collect();
    for trade_no in answered {
        assert!(paid.contains(trade_no), "{trade_no} was answered as paid");
    }
}

/// Every order was told to who asked for it: one that nobody knows would have been made twice.
async fn each_is_known(store: &Store, told: &BTreeMap<String, String>) {
    let sql = "SELECT o.trade_no AS name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.email LIKE 'crash%'";
    let known: BTreeSet<_> = told.values().collect();
    let made = names(store, sql).await;
    let unknown: Vec<_> = made.iter().filter(|trade_no| !known.contains(trade_no)).collect();
    assert!(unknown.is_empty(), "made and never told: {unknown:?}");
    assert_eq!(made.len(), told.len());
}

/// `turnpike check` on the directory.
fn check(demo: &Demo, more: &[&str]) {
    let mut check = Command::new(env!("CARGO_BIN_EXE_turnpike"));
    let told = check.args(["check", "--data-dir"]).arg(demo.dir.path()).args(more).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stdout));
}

fn survives(more: &[&str], open: impl AsyncFn(&Demo) -> Store) {
    let kills = std::env::var("TURNPIKE_TEST_SHOP_KILLS").map_or(5, |n| n.parse().expect("a count of kills"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut demo = Demo::start(&[more, &["--endpoint-ports", "0+1"]].concat());
    let keys = people(&demo);
    let products = Arc::new(products(&demo));
    let answered: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let done: Arc<AtomicUsize> = Arc::default();
    let asked: Arc<Mutex<Asked>> = Arc::default();
    for kill in 0..kills {
        let caller = |key: &String| Caller {
            host: demo.text("/api").trim_start_matches("http://").to_owned(),
            key: key.clone(),
            operator: demo.text("/operator/token"),
            products: Arc::clone(&products),
            answered: Arc::clone(&answered),
            done: Arc::clone(&done),
            asked: Arc::clone(&asked),
        };
        let callers = keys.iter().map(caller).collect();
        round(&mut demo, callers);
        check(&demo, more);
        let answered = answered.lock().unwrap().clone();
        runtime.block_on(async {
            let store = open(&demo).await;
            proves(&store, &answered).await;
            if kill + 1 == kills {
                // Whatever waits is overdue when the server comes back.
                let tx = store.write().await.unwrap();
                let now = Timestamp(jiff::Timestamp::now().as_millisecond());
                tx.exec("UPDATE orders SET expire_at = $1 WHERE status = 0", args![now]).await.unwrap();
                tx.commit().await.unwrap();
            }
            store.close().await.unwrap();
        });
        println!("kill {kill}: {} steps, {} orders paid", done.load(Ordering::Relaxed), answered.len());
        demo.restart();
        retry(&demo, &mut asked.lock().unwrap());
    }
    let waiting = || {
        let orders = demo.operator("order/list", json!({"status": 0, "size": 1}));
        orders["total"].as_i64().unwrap_or_else(|| panic!("{orders}"))
    };
    assert!(eventually(Duration::from_secs(120), || waiting() == 0), "{} orders do not close", waiting());
    let checked = demo.operator("ledger/check", json!({}));
    assert_eq!(checked["ok"], true, "{checked}");
    demo.kill();
    check(&demo, more);
    let told = asked.lock().unwrap().told.clone();
    let answered = answered.lock().unwrap().clone();
    runtime.block_on(async {
        let store = open(&demo).await;
        proves(&store, &answered).await;
        let held = "SELECT trade_no AS name FROM static_holdings WHERE state = 'reserved'";
        assert_eq!(names(&store, held).await, Vec::<String>::new(), "closed orders hold addresses");
        each_is_known(&store, &told).await;
        store.close().await.unwrap();
    });
    assert!(!answered.is_empty(), "the load bought something");
}

#[test]
fn money_goods_and_stock_survive_kills_on_sqlite() {
    survives(&[], async |demo| Store::open_sqlite(demo.dir.path()).await.unwrap());
}

#[test]
fn money_goods_and_stock_survive_kills_on_postgres() {
    let Ok(url) = std::env::var("TURNPIKE_TEST_POSTGRES") else {
        assert!(std::env::var_os("TURNPIKE_TEST_REQUIRE").is_none(), "TURNPIKE_TEST_POSTGRES is not set");
        eprintln!("SKIPPED: kills of the shop on PostgreSQL (set TURNPIKE_TEST_POSTGRES)");
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let schema = runtime.block_on(turnpike_store::testing::fresh_schema(&url));
    survives(&["--database-url", &schema], async |_| Store::open_postgres(&schema).await.unwrap());
}
