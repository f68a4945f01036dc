//! More buyers at once than there are addresses or money, over HTTP, on both stores.

use crate::buyer::{BALANCE, buyer};
use crate::client::Customer;
use crate::common::Demo;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Barrier;

/// Answers to as many orders as there are customers, all made at the same moment.
fn all_at_once(demo: &Demo, buyers: &[&Customer], body: &Value) -> Vec<Value> {
    let together = Barrier::new(buyers.len());
    std::thread::scope(|scope| {
        let order = |me| {
            let together = &together;
            scope.spawn(move || {
                let me: &Customer = me;
                together.wait();
                me.api(demo, "order/create", Some(body.clone()))
            })
        };
        let all: Vec<_> = buyers.iter().copied().map(order).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

fn with(answers: &[Value], code: i64) -> usize {
    answers.iter().filter(|answer| answer["code"] == code).count()
}

fn sold_once(more: &[&str]) {
    const STOCK: usize = 10;
    let demo = Demo::start(&[more, &["--endpoint-ports", "0+1"]].concat());
    let rows = (1..=STOCK).map(|n| format!("127.0.11.{n},14,FR,3215\n")).collect::<String>();
    demo.operator("static-ip/import", json!({"file": format!("address,type,country,asn\n{rows}")}));
    let emails: Vec<String> = (0..STOCK + 6).map(|n| format!("many{n}@example.com")).collect();
    const FROM: [&str; 16] = [
        "127.0.2.1",
        "127.0.2.2",
        "127.0.2.3",
        "127.0.2.4",
        "127.0.2.5",
        "127.0.2.6",
        "127.0.2.7",
        "127.0.2.8",
        "127.0.2.9",
        "127.0.2.10",
        "127.0.2.11",
        "127.0.2.12",
        "127.0.2.13",
        "127.0.2.14",
        "127.0.2.15",
        "127.0.2.16",
    ];
    let many: Vec<Customer> =
        emails.iter().zip(FROM).map(|(email, from)| buyer(&demo, email, from, "100.00")).collect();
    let pid = many[0].product(&demo, "Static data-center address")["id"].clone();
    let body = json!({"pid": pid, "pm_id": BALANCE, "region_list": "FR,1"});
    let answers = all_at_once(&demo, &many.iter().collect::<Vec<_>>(), &body);
    assert_eq!((with(&answers, 200), with(&answers, 410)), (STOCK, 6), "{answers:?}");
    let held: Vec<String> = many
        .iter()
        .flat_map(|me| me.addresses(&demo, 14))
        .map(|row| row["ip"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((held.len(), held.iter().collect::<HashSet<_>>().len()), (STOCK, STOCK), "no address twice");
    let spent = many.iter().filter(|me| me.balance(&demo) == 75).count();
    assert_eq!(spent, STOCK, "who got none paid nothing");
    let poor = buyer(&demo, "three@example.com", "127.0.2.40", "570.00");
    let pid = poor.product(&demo, "Residential 20 GB")["id"].clone();
    let answers = all_at_once(&demo, &[&poor; 12], &json!({"pid": pid, "pm_id": BALANCE}));
    assert_eq!((with(&answers, 200), with(&answers, 402)), (3, 9), "{answers:?}");
    assert_eq!(poor.balance(&demo), 30);
    let orders = poor.seen(&demo, "order/list");
    assert_eq!(orders["pagination"]["total"], 3, "a refused order is none");
    assert_eq!(poor.summary(&demo, 9)["total_count"], 3);
    let checked = demo.operator("ledger/check", json!({}));
    assert_eq!(checked["ok"], true, "{checked}");
}

#[test]
fn nothing_is_sold_twice_on_sqlite() {
    sold_once(&[]);
}

#[test]
fn nothing_is_sold_twice_on_postgres() {
    let Ok(url) = std::env::var("TURNPIKE_TEST_POSTGRES") else {
        assert!(std::env::var_os("TURNPIKE_TEST_REQUIRE").is_none(), "TURNPIKE_TEST_POSTGRES is not set");
        eprintln!("SKIPPED: buyers at once on PostgreSQL (set TURNPIKE_TEST_POSTGRES)");
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let schema = runtime.block_on(turnpike_store::testing::fresh_schema(&url));
    sold_once(&["--database-url", &schema]);
}

/// An order sent with an `Idempotency-Key`; gives the envelope.
fn keyed(demo: &Demo, me: &Customer, key: &str, body: &Value) -> Value {
    let host = demo.text("/api").trim_start_matches("http://").to_owned();
    let (bearer, body) = (&me.key, body.to_string());
    let mut stream = TcpStream::connect(&host).unwrap();
    let head = format!(
        "POST /gateway/order/create HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {bearer}\r\n\
         Idempotency-Key: {key}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn an_order_that_is_sent_again_is_made_and_paid_once() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = buyer(&demo, "again@example.com", "127.0.2.50", "1000.00");
    let pid = me.product(&demo, "Residential 20 GB")["id"].clone();
    let body = json!({"pid": pid, "pm_id": BALANCE});
    let together = Barrier::new(8);
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let twin = |_| {
            scope.spawn(|| {
                together.wait();
                keyed(&demo, &me, "first", &body)
            })
        };
        let all: Vec<_> = (0..8).map(twin).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let numbers: HashSet<&str> =
        answers.iter().map(|answer| answer["data"]["trade_no"].as_str().unwrap()).collect();
    assert_eq!((numbers.len(), me.balance(&demo)), (1, json!(820)), "{answers:?}");
    let other = keyed(&demo, &me, "first", &json!({"pid": pid, "pm_id": BALANCE, "amount": 2}));
    assert_eq!(other["code"], 409, "{other}");
    assert_eq!(keyed(&demo, &me, "second", &body)["code"], 200);
    assert_eq!(me.balance(&demo), 640);
}

#[test]
fn what_is_counted_is_not_taken_beyond_its_count_by_many_at_once() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let rows = (1..=20).map(|n| format!("127.0.12.{n},14,FR,3215\n")).collect::<String>();
    demo.operator("static-ip/import", json!({"file": format!("address,type,country,asn\n{rows}")}));
    let file = "[[product]]\ncode = \"two\"\ntype = 20\ncount = 2\ndays = 30\ntitle = {zh = \"两次\", en = \"Two exchanges\"}\n\
        price = {cny = \"5.00\"}\n[[product]]\ncode = \"serp\"\ntype = 27\ncount = 100\ndays = 30\n\
        title = {zh = \"百次\", en = \"Hundred requests\"}\nprice = {cny = \"5.00\"}\n";
    demo.operator("product/load", json!({"file": file}));
    let me = buyer(&demo, "counts@example.com", "127.0.2.60", "1000.00");
    me.buy(&demo, "Static data-center address", &json!({"region_list": "FR,6"}));
    me.buy(&demo, "Two exchanges", &json!({}));
    me.buy(&demo, "Hundred requests", &json!({}));
    let held = || -> HashSet<String> {
        me.addresses(&demo, 14).iter().map(|row| row["ip"].as_str().unwrap().to_owned()).collect()
    };
    let before = held();
    let ids: Vec<Value> = me.addresses(&demo, 14).iter().map(|row| row["id"].clone()).collect();
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let exchange = |id: &Value| {
            let body = json!({"id": id});
            let (demo, me) = (&demo, &me);
            scope.spawn(move || me.api(demo, "ip/exchange-static-ip", Some(body)))
        };
        let all: Vec<_> = ids.iter().map(exchange).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!((with(&answers, 200), with(&answers, 412)), (2, 4), "{answers:?}");
    assert_eq!((held().len(), held().difference(&before).count()), (6, 2), "two of them are others now");
    let take = json!({"customer": me.email, "type": 27, "count": 30});
    let token = demo.text("/operator/token");
    let taken = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| demo.ask("/operator/package/take", &token, Some(take.clone()))))
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(taken.iter().filter(|answer| answer.get("data").is_some()).count(), 3, "{taken:?}");
    assert_eq!(me.summary(&demo, 27)["effective"], 10);
}
