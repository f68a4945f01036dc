//! Buckets: what was bought flows, through the right pool, and is counted to the kilobyte.

use crate::buyer::{buyer, kb};
use crate::client::auth;
use crate::common::{Demo, End, eventually};
use serde_json::json;
use std::time::Duration;

const BYTES: u64 = 1 << 20;
const GB: i64 = 1 << 20;

/// Type, title, days, GB, and where the exits of its pool begin.
const BUCKETS: &[(i64, &str, i64, &[&str])] = &[
    (9, "Residential 20 GB", 20, &["127.0.0."]),
    (12, "Data center 50 GB", 50, &["127.0.0.6", "127.0.0.7"]),
    (13, "Residential static traffic 10 GB", 10, &["127.0.9.17", "127.0.9.18", "127.0.9.19", "127.0.9.2"]),
    (15, "ISP 50 GB", 50, &["127.0.0.9", "127.0.0.10"]),
    (16, "Rotating static 20 GB", 20, &["127.0.9."]),
    (21, "Rotating static v2 20 GB", 20, &["127.0.9."]),
];

#[test]
fn every_sort_of_bucket_flows_through_its_pool_and_is_counted() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = buyer(&demo, "traffic@example.com", "127.0.1.1", "2000.00");
    for (product, title, gb, pool) in BUCKETS {
        let name = format!("bucket{product}");
        me.account(&demo, &name, *product);
        let refused = me.get(&demo, &demo.text("/proxy"), &auth(&name)).refusal();
        assert_eq!(refused.0, 402, "{product} before it is bought: {refused:?}");
        let order = me.buy(&demo, title, &json!({}));
        let package = me.packages(&demo, &order).remove(0);
        assert_eq!((&package["total"], &package["used"]), (&json!(gb * GB), &json!(0)), "{product}");
        let seen = demo.seen_address(&name, "pass");
        assert!(pool.iter().any(|start| seen.starts_with(start)), "{product} leaves from {seen}");
        let (mut stream, head) = demo.tunnel(&name, "pass");
        assert!(head.starts_with("HTTP/1.1 200"), "{product}: {head}");
        let (came, end) = demo.download(&mut stream, BYTES);
        assert!(came > BYTES && end == End::Fin, "{product}: {came} {end:?}");
        // The download with its head, and the small request before it.
        let counted = || me.summary(&demo, *product)["used"].as_i64().unwrap();
        assert!(eventually(Duration::from_secs(5), || counted() >= kb(came)), "{product}: {}", counted());
        assert!(counted() < kb(came) + 8, "{product}: {} for {came} bytes", counted());
        let usage = me.seen(&demo, &format!("user-usage-flow/total?product_type={product}"));
        let logged: i64 =
            usage["list"].as_array().unwrap().iter().filter_map(|day| day["flow"].as_i64()).sum();
        assert_eq!(logged, counted(), "{product}: the log and the package agree");
    }
}

#[test]
fn more_traffic_goes_on_top_of_a_running_bucket() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = buyer(&demo, "addon@example.com", "127.0.1.2", "2000.00");
    let addon = "10 GB more for rotating static";
    let early = me.order(&demo, addon, crate::buyer::BALANCE, &json!({}));
    assert_eq!(early["code"], 412, "{early}");
    let bucket = me.buy(&demo, "Rotating static 20 GB", &json!({}));
    me.account(&demo, "addon16", 16);
    assert_eq!(demo.seen_address("addon16", "pass").get(..8), Some("127.0.9."));
    let used = || me.packages(&demo, &bucket)[0]["used"].as_i64().unwrap();
    assert!(eventually(Duration::from_secs(5), || used() > 0));
    let before = me.packages(&demo, &bucket).remove(0);
    let more = me.buy(&demo, addon, &json!({"amount": 2}));
    let given = demo.operator("order/show", json!({"trade_no": more["trade_no"]}));
    assert_eq!(given["grants"][0]["package"], before["id"], "no package of its own: {given}");
    let after = me.packages(&demo, &bucket).remove(0);
    assert_eq!((&after["total"], &after["expired_at"]), (&json!(40 * GB), &before["expired_at"]));
    me.summary(&demo, 16);
}
