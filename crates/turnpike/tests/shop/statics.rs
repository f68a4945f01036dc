//! Static addresses: dialled by who bought them, renewed to the second, exchanged for others.

use crate::buyer::{BALANCE, buyer};
use crate::client::{Customer, auth};
use crate::common::{Demo, eventually};
use serde_json::{Value, json};
use std::time::Duration;

const DATACENTER: &str = "Static data-center address";
const RESIDENTIAL: &str = "Static residential address";

fn ip(row: &Value) -> String {
    row["ip"].as_str().unwrap().to_owned()
}

/// Dials `ip:port` with an account of its type; the origin has to see that address.
fn dials(demo: &Demo, me: &Customer, name: &str, row: &Value) {
    let at = format!("{}:{}", ip(row), row["port"]);
    let serves = || me.get(demo, &at, &auth(name)).head.starts_with("HTTP/1.1 200 ");
    assert!(eventually(Duration::from_secs(5), serves), "{:?}", me.get(demo, &at, &auth(name)));
    assert_eq!(me.get(demo, &at, &auth(name)).ip(), ip(row));
}

#[test]
fn addresses_are_bought_by_region_and_network_and_dialled() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = buyer(&demo, "statics@example.com", "127.0.1.4", "1000.00");
    let stock = |query: &str| me.seen(&demo, &format!("ip/static-ip-region?{query}"));
    let of = |rows: &Value, code: &str| {
        let list = rows.as_array().or_else(|| rows["list"].as_array()).cloned().unwrap_or_default();
        list.iter().find(|row| row["code"] == code).map_or(0, |row| row["number"].as_i64().unwrap())
    };
    let before = of(&stock("product_type=14&exclusive=0"), "DE");
    let order = me.buy(&demo, DATACENTER, &json!({"region_list": "DE,2|US,1,701", "amount": 99}));
    assert_eq!((&order["amount"], &order["pay_fee"]), (&json!(3), &json!(75)), "{order}");
    assert_eq!(of(&stock("product_type=14&exclusive=0"), "DE"), before - 2);
    let mine = me.addresses(&demo, 14);
    let mut held: Vec<String> = mine.iter().map(ip).collect();
    held.sort();
    assert_eq!(held, ["127.0.9.3", "127.0.9.4", "127.0.9.5"], "both of DE, and the one of AS701");
    assert_eq!(me.packages(&demo, &order).len(), 3, "a package each");
    me.account(&demo, "dc14", 14);
    for row in &mine {
        dials(&demo, &me, "dc14", row);
    }
    me.buy(&demo, RESIDENTIAL, &json!({"region_list": "JP,1"}));
    me.account(&demo, "home25", 25);
    dials(&demo, &me, "home25", &me.addresses(&demo, 25)[0]);
    let sold_out = me.order(&demo, RESIDENTIAL, BALANCE, &json!({"region_list": "JP,1"}));
    assert_eq!(sold_out["code"], 410, "{sold_out}");
    // What flows is logged, and drawn from nothing.
    let logged = || {
        let days = me.seen(&demo, "user-usage-flow/total?product_type=14");
        days["list"].as_array().unwrap().iter().any(|day| day["flow"].as_i64() > Some(0))
    };
    assert!(eventually(Duration::from_secs(5), logged));
    assert!(me.packages(&demo, &order).iter().all(|package| package["status"] == 1));
}

#[test]
fn a_renewal_moves_the_expiry_as_its_preview_says() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = buyer(&demo, "renews@example.com", "127.0.1.5", "1000.00");
    me.buy(&demo, DATACENTER, &json!({"region_list": "SG,1"}));
    me.account(&demo, "renew14", 14);
    let renewal = "Renewal of static data-center addresses";
    let pid = me.product(&demo, renewal)["id"].clone();
    for (duration, sent, price) in
        [("1m", json!(1), 25.0), ("2m", json!("2m"), 50.0), ("em", json!("em"), 0.0)]
    {
        let row = me.addresses(&demo, 14).remove(0);
        let ask =
            json!({"pid": pid, "pm_id": BALANCE, "upids": row["id"].to_string(), "renew_duration": sent});
        let preview = me.good(&demo, "order/check", ask.clone());
        let shown = &preview["ip_result"][0];
        assert_eq!((&shown["ip"], &shown["current_time"]), (&row["ip"], &row["expired_at"]), "{duration}");
        let order = me.good(&demo, "order/create", ask);
        assert_eq!((&order["status"], &order["pay_fee"]), (&json!(1), &preview["pay_fee"]), "{duration}");
        assert!(duration == "em" || order["pay_fee"] == price, "{duration}: {order}");
        let after = me.addresses(&demo, 14).remove(0);
        assert_eq!(after["expired_at"], shown["renewal_time"], "{duration}");
        assert!(after["expired_at"].as_str() > row["expired_at"].as_str(), "{duration}");
        assert_eq!(
            me.packages(&demo, &json!({"product_type": 14, "trade_no": row["trade_no"]}))[0]["expired_at"],
            after["expired_at"]
        );
        dials(&demo, &me, "renew14", &after);
    }
    let end = me.addresses(&demo, 14)[0]["expired_at"].as_str().unwrap().to_owned();
    assert!(end.ends_with("23:59:59"), "em ends with a month: {end}");
}

#[test]
fn an_exchange_gives_another_address_of_the_region_and_the_old_one_serves_no_more() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = buyer(&demo, "swaps@example.com", "127.0.1.6", "1000.00");
    me.buy(&demo, DATACENTER, &json!({"region_list": "SG,1"}));
    me.account(&demo, "swap14", 14);
    let old = me.addresses(&demo, 14).remove(0);
    dials(&demo, &me, "swap14", &old);
    let none = me.api(&demo, "ip/exchange-static-ip", Some(json!({"id": old["id"]})));
    assert_eq!(none["code"], 412, "{none}");
    me.buy(&demo, "10 exchanges of static addresses", &json!({}));
    let swapped = me.good(&demo, "ip/exchange-static-ip", json!({"id": old["id"]}));
    assert_eq!((&swapped["left"], &swapped["country_code"]), (&json!(9), &json!("SG")), "{swapped}");
    let new = me.addresses(&demo, 14).remove(0);
    assert_eq!(
        (&new["ip"], &new["id"], &new["expired_at"]),
        (&swapped["ip"], &old["id"], &old["expired_at"])
    );
    assert_ne!(new["ip"], old["ip"]);
    dials(&demo, &me, "swap14", &new);
    let at = format!("{}:{}", ip(&old), old["port"]);
    let refused = || me.get(&demo, &at, &auth("swap14")).head.contains(" 403 ");
    assert!(eventually(Duration::from_secs(5), refused), "{:?}", me.get(&demo, &at, &auth("swap14")));
    assert_eq!(me.summary(&demo, 20)["effective"], 9);
}
