//! Recharges with their gift, and orders whose money comes in pieces.

use crate::buyer::{BALANCE, BANK, buyer, transfer};
use crate::common::Demo;
use serde_json::json;

#[test]
fn a_recharge_brings_its_gift_and_buys_traffic() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = buyer(&demo, "recharges@example.com", "127.0.1.9", "0");
    let ask = json!({"recharge_amount": "500.00"});
    let refused = me.order(&demo, "Balance recharge", BALANCE, &ask);
    assert_eq!(refused["code"], 403, "not from the balance itself: {refused}");
    let order = me.begin(&demo, "Balance recharge", &ask);
    assert_eq!(me.balance(&demo), 0);
    transfer(&demo, &order, "T-500", "500.00");
    assert_eq!(me.info(&demo, &order)["status"], 1);
    // 5 % on top from 500.00 on.
    assert_eq!(me.balance(&demo), 525);
    me.account(&demo, "recharge09", 9);
    me.buy(&demo, "Residential 20 GB", &json!({}));
    assert!(demo.seen_address("recharge09", "pass").starts_with("127.0.0."));
    assert_eq!(me.balance(&demo), 345);
    assert_eq!(me.order(&demo, "Residential 100 GB", BALANCE, &json!({}))["code"], 402);
}

#[test]
fn the_rest_of_a_short_order_makes_it_whole_and_its_traffic_flows() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = buyer(&demo, "pieces@example.com", "127.0.1.10", "0");
    let order = me.begin(&demo, "Data center 50 GB", &json!({}));
    transfer(&demo, &order, "T-1", "60.00");
    let short = me.info(&demo, &order);
    assert_eq!((&short["status"], &short["pay_fee_status"]), (&json!(0), &json!(2)), "{short}");
    assert_eq!(me.packages(&demo, &order).len(), 0, "nothing is granted for a part");
    let rest = me.begin(&demo, "Rest of an underpaid order", &json!({"trade_no": order["trade_no"]}));
    assert_eq!(rest["pay_fee"], 40.0, "{rest}");
    let other = me.order(&demo, "Rest of an underpaid order", BANK, &json!({"trade_no": rest["trade_no"]}));
    assert_eq!(other["code"], 409, "a rest has no rest: {other}");
    transfer(&demo, &rest, "T-2", "41.00");
    let whole = me.info(&demo, &order);
    assert_eq!((&whole["status"], &whole["pay_fee_status"]), (&json!(1), &json!(0)), "{whole}");
    assert_eq!(me.info(&demo, &rest)["pay_fee_status"], 1, "one yuan too much");
    assert_eq!(me.balance(&demo), 1);
    me.account(&demo, "pieces12", 12);
    assert!(demo.seen_address("pieces12", "pass").starts_with("127.0.0."));
    assert_eq!(me.packages(&demo, &order).len(), 1);
    let checked = demo.operator("ledger/check", json!({}));
    assert_eq!(checked["ok"], true, "{checked}");
}
