//! What the shop does with a million orders in its table: orders made in a second, and a customer's list of them.
//!
//! `cargo bench -p turnpike --bench shop` prints figures and judges none. `TURNPIKE_BENCH_ORDERS` says how many
//! orders, in thousands (1,000); with `TURNPIKE_TEST_POSTGRES` it measures PostgreSQL too.

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
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::time::{Duration, Instant};
use turnpike_store::{Engine, Store, args};

/// Buyers at once; each has a key of his own. A tenth of all orders is the first one's, the others have ordinary lists.
const BUYERS: usize = 16;
/// Orders that each makes, of each sort.
const EACH: usize = 60;
/// Lists measured.
const LISTS: usize = 300;
/// Of so many orders one belongs to one of the ordinary buyers.
const SHARE: i64 = 62;

/// What is asked of every buyer's orders.
const ASKED: &[&str] = &[
    "order/list",
    "order/list?page_no=25",
    "order/list?page_size=200",
    "order/list?status=0",
    "order/list?status=1",
    "order/list?product_type=12",
    "order/list?status=1&product_type=9",
    "order/list?status=1&page_no=15",
    "order/list?start_time=2026-01-01&end_time=2026-06-30",
    "order/list?invoice=-1",
    "user-invoice/statistics",
    "user-invoice/invoiceable-orders",
];

/// What is asked of the first one's beside that.
const DEEP: &[&str] = &[
    "order/list?page_no=2500",
    "order/list?page_no=5000",
    "order/list?status=1&page_no=3000",
    "order/list?product_type=12&page_no=900",
    "order/list?invoice=-1&page_no=1000",
    "user-invoice/invoiceable-orders?page=1000",
];

fn main() {
    let thousands: i64 =
        std::env::var("TURNPIKE_BENCH_ORDERS").map_or(1_000, |n| n.parse().expect("a count"));
    let sqlite = async |demo: &Demo| Store::open_sqlite(demo.dir.path()).await.unwrap();
    measure("SQLite", thousands, &[], sqlite, async || {});
    if let Ok(url) = std::env::var("TURNPIKE_TEST_POSTGRES") {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let schema = runtime.block_on(turnpike_store::testing::fresh_schema(&url));
        let postgres = async |_: &Demo| Store::open_postgres(&schema).await.unwrap();
        let settle = async || turnpike_store::testing::vacuum(&schema).await;
        measure("PostgreSQL", thousands, &["--database-url", &schema], postgres, settle);
    }
}

fn measure(
    engine: &str,
    thousands: i64,
    more: &[&str],
    open: impl AsyncFn(&Demo) -> Store,
    settle: impl AsyncFn(),
) {
    let mut demo = Demo::start(&[more, &["--endpoint-ports", "0+1"]].concat());
    let mut buyers: Vec<Buyer> = (0..BUYERS).map(|n| Buyer::new(&demo, n)).collect();
    demo.kill();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = open(&demo).await;
        fill(&store, thousands * 1_000, buyers[0].id).await;
        store.close().await.unwrap();
        settle().await;
    });
    demo.restart();
    buyers.iter_mut().for_each(|buyer| buyer.reach(&demo));
    println!("{engine}, {thousands},000 orders");
    let pid = demo.api("product?type=9", None)["data"][0]["id"].clone();
    for (what, pm_id) in [("order create, unpaid", 2), ("order create, paid from the balance and granted", 7)]
    {
        let body = json!({"pid": pid, "pm_id": pm_id}).to_string();
        let (taken, waits) = together(&mut buyers, &body);
        let count = u32::try_from(BUYERS * EACH).unwrap();
        println!("  {what}: {}/s by {BUYERS} buyers", u128::from(count) * 1_000 / taken.as_millis().max(1));
        tell("each", waits);
    }
    let (whale, others) = buyers.split_first_mut().unwrap();
    println!("  a buyer with {} orders", others[0].count());
    lists(others, ASKED);
    // Nobody keeps a connection that was silent so long.
    whale.reach(&demo);
    println!("  a buyer with {} orders", whale.count());
    lists(std::slice::from_mut(whale), &[ASKED, DEEP].concat());
}

fn lists(buyers: &mut [Buyer], asked: &[&str]) {
    let count = buyers.len();
    for path in asked {
        let waits = (0..LISTS).map(|n| buyers[n % count].ask("GET", path, "").0).collect();
        tell(&format!("  {path}"), waits);
    }
}

/// Orders of the past, of a thousand customers and the buyers: most of them paid, a third of them online.
async fn fill(store: &Store, count: i64, first: i64) {
    let tx = store.write().await.unwrap();
    let sql = "INSERT INTO orders (site_id, customer_id, trade_no, product_id, product_type, amount, currency, unit_price, \
        gross, discount_fee, handling_fee, received, pm_id, status, title_zh, title_en, goods, created_at, expire_at, paid_at, outside) \
        WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < CAST($1 AS BIGINT)) \
        SELECT 1, CASE WHEN i % 10 = 0 THEN CAST($2 AS BIGINT) \
        WHEN i % CAST($3 AS BIGINT) = 1 THEN CAST($2 AS BIGINT) + 1 + (i / CAST($3 AS BIGINT)) % CAST($4 AS BIGINT) ELSE 1000000 + i % 1000 END, \
        '20250101000000' || substr('00000000000000' || CAST(i AS TEXT), length(CAST(i AS TEXT)) + 1), 2, \
        CASE (i / 10) % 5 WHEN 0 THEN 12 WHEN 1 THEN 14 ELSE 9 END, 1, 'CNY', 18000, 18000, 0, 0, 18000, \
        CASE (i / 10) % 3 WHEN 0 THEN 2 ELSE 7 END, CASE (i / 10) % 7 WHEN 0 THEN 2 WHEN 1 THEN 3 ELSE 1 END, \
        '动态住宅 20 GB', 'Residential 20 GB', \
        '{\"what\":{\"kind\":\"bucket\",\"bytes\":21474836480,\"days\":7},\"balance_gift\":0,\"detail\":{\"zh\":\"\",\"en\":\"\"},\
        \"regions\":\"\",\"choices\":{\"bandwidth\":null,\"concurrency\":null,\"duration\":null,\"etd\":1}}', \
        1735689600000 + i * 50000, 1735689600000 + i * 50000, CASE WHEN (i / 10) % 7 > 1 THEN 1735689600000 + i * 50000 END, \
        CASE WHEN (i / 10) % 3 = 0 AND (i / 10) % 7 > 1 THEN 18000 ELSE 0 END FROM n";
    tx.exec(sql, args![count, first, SHARE, BUYERS as i64 - 1]).await.unwrap();
    // What is measured is the shop, not the limit of requests.
    tx.exec("UPDATE sites SET requests_per_second = 1000000, request_burst = 1000000", args![])
        .await
        .unwrap();
    // On PostgreSQL the vacuum does it, without holding every table of the database.
    if store.engine() == Engine::Sqlite {
        tx.exec("ANALYZE", args![]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Every buyer orders over and over; how long all took, and each single order.
fn together(buyers: &mut [Buyer], body: &str) -> (Duration, Vec<Duration>) {
    let start = Barrier::new(buyers.len() + 1);
    let mut began = Instant::now();
    let waits = std::thread::scope(|scope| {
        let work = |buyer| {
            let start = &start;
            scope.spawn(move || {
                let buyer: &mut Buyer = buyer;
                start.wait();
                (0..EACH).map(|_| buyer.ask("POST", "order/create", body).0).collect::<Vec<_>>()
            })
        };
        let all: Vec<_> = buyers.iter_mut().map(work).collect();
        start.wait();
        began = Instant::now();
        all.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    (began.elapsed(), waits)
}

fn tell(what: &str, mut waits: Vec<Duration>) {
    waits.sort_unstable();
    let at = |hundredth: usize| waits[(waits.len() * hundredth / 100).min(waits.len() - 1)];
    println!("  {what}: median {:.1?}, p99 {:.1?}, worst {:.1?}", at(50), at(99), at(100));
}

/// A customer with a connection that stays open.
struct Buyer {
    id: i64,
    key: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Buyer {
    fn new(demo: &Demo, n: usize) -> Self {
        let email = format!("bench{n}@example.com");
        let made = demo.operator("customer/create", json!({"email": email}));
        demo.operator("customer/credit", json!({"email": email, "amount": "1000000.00"}));
        let key = made["app_key"].as_str().unwrap().to_owned();
        Self { id: made["id"].as_i64().unwrap(), key, stream: None }
    }

    fn reach(&mut self, demo: &Demo) {
        let stream = TcpStream::connect(demo.text("/api").trim_start_matches("http://")).unwrap();
        stream.set_nodelay(true).unwrap();
        self.stream = Some(BufReader::new(stream));
    }

    fn count(&mut self) -> i64 {
        self.ask("GET", "order/list", "").1["data"]["pagination"]["total"].as_i64().unwrap()
    }

    /// Asks, and demands success; how long it took, and the answer.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> (Duration, Value) {
        let stream = self.stream.as_mut().unwrap();
        let head = format!(
            "{method} /gateway/{path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.key,
            body.len()
        );
        let began = Instant::now();
        stream.get_mut().write_all(head.as_bytes()).unwrap();
        let (mut line, mut length) = (String::new(), 0);
        while stream.read_line(&mut line).unwrap() > 2 {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut answer = vec![0; length];
        stream.read_exact(&mut answer).unwrap();
        let took = began.elapsed();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["code"], 200, "{answer}");
        (took, answer)
    }
}
