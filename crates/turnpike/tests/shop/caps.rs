//! Type 11: no bucket, but bandwidth and connections as bought.

use crate::buyer::{buyer, kb};
use crate::common::{Demo, End, eventually};
use serde_json::{Value, json};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const TITLE: &str = "Unmetered residential";
const NAME: &str = "caps11";
/// What one package of 20 Mbit/s moves in a second.
const RATE: u64 = 20 * 125_000;

fn choice(product: &Value, list: &str, value: i64) -> Value {
    let all = product["sku"][list].as_array().unwrap();
    all.iter().find(|sku| sku["value"] == value).unwrap_or_else(|| panic!("{value}: {all:?}"))["id"].clone()
}

/// Downloads; no more than `rate` bytes a second may flow, after a burst of a second.
fn download(demo: &Demo, bytes: u64, rate: u64) {
    let (mut stream, head) = demo.tunnel(NAME, "pass");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let started = Instant::now();
    let (came, end) = demo.download(&mut stream, bytes);
    let took = started.elapsed();
    assert!(came > bytes && end == End::Fin, "{came} {end:?}");
    let least = Duration::from_millis((came * 1_000 / rate).saturating_sub(1_000));
    assert!(took >= least, "{came} bytes in {took:?}, {least:?} at least");
}

#[test]
fn bandwidth_and_connections_are_capped_as_bought_and_add_up() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = buyer(&demo, "caps@example.com", "127.0.1.3", "1000.00");
    let product = me.product(&demo, TITLE);
    let skus = json!({"product_sku_bandwidth_id": choice(&product, "bandwidth_list", 20),
        "product_sku_concurrency_id": choice(&product, "concurrency_list", 50)});
    let order = me.buy(&demo, TITLE, &skus);
    assert_eq!(order["pay_fee"], 130.0, "20 Mbit/s, 50 connections, one day: {order}");
    let package = me.packages(&demo, &order).remove(0);
    assert_eq!((&package["bandwidth"], &package["concurrency"]), (&json!(20), &json!(50)), "{package}");
    me.account(&demo, NAME, 11);
    download(&demo, 10_000_000, RATE);
    let used = || me.packages(&demo, &order)[0].clone();
    let usage = || {
        let answer = me.seen(&demo, "user-usage-flow/total?product_type=11");
        answer["list"].as_array().unwrap().iter().filter_map(|day| day["flow"].as_i64()).sum::<i64>()
    };
    assert!(eventually(Duration::from_secs(5), || usage() >= kb(10_000_000)), "logged");
    assert_eq!((&used()["total"], &used()["status"]), (&json!(0), &json!(1)), "and drawn from nothing");
    let mut open: Vec<TcpStream> = Vec::new();
    for n in 0..50 {
        let (stream, head) = demo.tunnel(NAME, "pass");
        assert!(head.starts_with("HTTP/1.1 200"), "connection {n}: {head}");
        open.push(stream);
    }
    let refused = || demo.tunnel(NAME, "pass").1;
    assert!(refused().contains(" 429 ") && refused().contains("too_many_connections"), "{}", refused());
    me.buy(&demo, TITLE, &skus);
    let admitted = || refused().contains(" 200 ");
    assert!(eventually(Duration::from_secs(10), admitted), "100 with a second package: {}", refused());
    drop(open);
    download(&demo, 20_000_000, 2 * RATE);
}
