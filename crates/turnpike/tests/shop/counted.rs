//! What is counted one by one: extracted endpoints (17), and the operator's own services (18, 27, 28).

use crate::buyer::buyer;
use crate::common::{Demo, eventually};
use serde_json::json;
use std::time::Duration;

#[test]
fn extracted_endpoints_take_one_each_from_what_was_bought() {
    let demo = Demo::start(&["--endpoint-ports", "0+20"]);
    let me = buyer(&demo, "extracts@example.com", "127.0.1.7", "1000.00");
    let none = me.api(&demo, "ip/v3?num=1&pt=17", None);
    assert_eq!(none["code"], 412, "{none}");
    me.buy(&demo, "1,000 extracted endpoints", &json!({}));
    let list = me.extract(&demo, "num=5&pt=17&cc=jp");
    assert_eq!(list.len(), 5);
    for at in &list {
        assert!(me.get(&demo, at, "").ip().starts_with("127.0.0."), "{at}");
    }
    let sums = me.summary(&demo, 17);
    assert_eq!((&sums["used"], &sums["effective"]), (&json!(5), &json!(995)), "{sums}");
    let logged = || {
        let days = me.seen(&demo, "user-usage-flow/total?product_type=17");
        days["list"].as_array().unwrap().iter().any(|day| day["flow"].as_i64() > Some(0))
    };
    assert!(eventually(Duration::from_secs(5), logged), "the traffic is free, and logged");
    assert_eq!(me.summary(&demo, 17)["used"], 5);
}

#[test]
fn services_of_the_operator_take_from_what_was_bought_and_never_more() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = buyer(&demo, "serves@example.com", "127.0.1.8", "1000.00");
    for (product, code) in [(18, "scraper"), (27, "serp"), (28, "video")] {
        let file = format!(
            "[[product]]\ncode = \"{code}\"\ntype = {product}\ncount = 100\ndays = 30\n\
             title = {{zh = \"次数 {product}\", en = \"Requests {product}\"}}\nprice = {{cny = \"5.00\"}}\n"
        );
        demo.operator("product/load", json!({"file": file}));
        me.buy(&demo, &format!("Requests {product}"), &json!({"amount": 2}));
        let take = |count: i64| json!({"customer": me.email, "type": product, "count": count});
        assert_eq!(demo.operator("package/take", take(150))["left"], 50, "{product}");
        let refused = demo.refused("package/take", take(51));
        assert_eq!(refused["error"]["slug"], "counted_too_few", "{refused}");
        let sums = me.summary(&demo, product);
        assert_eq!((&sums["used"], &sums["effective"]), (&json!(150), &json!(50)), "{sums}");
    }
}
