//! Static addresses: who holds one leaves from it, nobody else does.

use crate::client::{Customer, auth};
use crate::common::{Demo, eventually};
use serde_json::json;
use std::time::Duration;

fn account(demo: &Demo, who: &Customer, name: &str, product: i64) {
    let body = json!({"accounts": format!("{name}:pass"), "product_type": product});
    let answer = who.api(demo, "whitelist-account/add", Some(body));
    assert_eq!(answer["code"], 200, "{answer}");
}

fn grant(demo: &Demo, who: &Customer, product: i64, country: &str) -> (i64, String) {
    let given =
        demo.operator("static-ip/grant", json!({"customer": who.email, "type": product, "country": country}));
    (given["packages"][0].as_i64().unwrap(), given["addresses"][0].as_str().unwrap().to_owned())
}

#[test]
fn an_owned_address_serves_and_a_foreign_one_refuses() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let (me, other) = (Customer::own(&demo), Customer::new(&demo, "two@example.com", "127.0.0.22"));
    account(&demo, &me, "mine14", 14);
    let row = me.api(&demo, "ip/get-static-ip", None)["data"]["list"][0].clone();
    assert_eq!(
        (&row["username"], &row["ip"], &row["status"]),
        (&json!("mine14"), &json!("127.0.9.1"), &json!(1))
    );
    let port = demo.text("/proxy").rsplit_once(':').unwrap().1.to_owned();
    assert_eq!(row["port"].to_string(), port, "the entry's own");
    let at = |ip: &str| format!("{ip}:{port}");
    assert_eq!(me.get(&demo, &at("127.0.9.1"), &auth("mine14")).ip(), "127.0.9.1");
    let proxy = demo.text("/proxy");
    assert_eq!(me.get(&demo, &proxy, &auth("mine14_ip-127.0.9.1")).ip(), "127.0.9.1");
    assert_eq!(me.get(&demo, &proxy, &auth(&format!("mine14_ip-{}", row["id"]))).ip(), "127.0.9.1");
    assert_eq!(me.get(&demo, &proxy, &auth("mine14")).ip(), "127.0.9.1", "he has the one");
    let not_mine = |refusal: (u16, String)| refusal.0 == 403 && refusal.1.starts_with("not_allowed");
    for (at, name) in [
        (at("127.0.9.2"), "mine14"),
        (proxy.clone(), "mine14_ip-127.0.9.2"),
        (at("127.0.9.2"), "mine14_ip-127.0.9.1"),
    ] {
        assert!(not_mine(me.get(&demo, &at, &auth(name)).refusal()), "{name} at {at}");
    }
    demo.account("usual09", json!({}));
    let usual = me.get(&demo, &at("127.0.9.1"), &auth("usual09")).ip();
    assert!(!usual.starts_with("127.0.9."), "the common entry to another type, not {usual}");
    account(&demo, &other, "his14", 14);
    assert_eq!(other.get(&demo, &at("127.0.9.1"), &auth("his14")).refusal().0, 403);
    assert_eq!(other.get(&demo, &proxy, &auth("his14")).refusal().0, 402, "he has none");
}

#[test]
fn a_shared_address_serves_both_holders_and_an_exclusive_one_has_one() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let (me, other) = (Customer::own(&demo), Customer::new(&demo, "two@example.com", "127.0.0.22"));
    account(&demo, &me, "mine25", 25);
    account(&demo, &other, "his25", 25);
    // GB: 127.0.9.19 exclusive, 127.0.9.20 shared by two.
    let (mine, his) = (grant(&demo, &me, 25, "GB"), grant(&demo, &other, 25, "GB"));
    assert_eq!(
        (mine.1.as_str(), his.1.as_str()),
        ("127.0.9.19", "127.0.9.20"),
        "a free one before a shared one"
    );
    let second = grant(&demo, &me, 25, "GB");
    assert_eq!(second.1, "127.0.9.20");
    let proxy = demo.text("/proxy");
    assert_eq!(me.get(&demo, &proxy, &auth("mine25_ip-127.0.9.20")).ip(), "127.0.9.20");
    assert_eq!(other.get(&demo, &proxy, &auth("his25_ip-127.0.9.20")).ip(), "127.0.9.20");
    assert_eq!(other.get(&demo, &proxy, &auth("his25_ip-127.0.9.19")).refusal().0, 403);
    // JP has one, exclusive: the second grant fails.
    grant(&demo, &me, 25, "JP");
    let none = demo.refused("static-ip/grant", json!({"customer": other.email, "type": 25, "country": "JP"}));
    assert_eq!(none["error"]["slug"], "static_out_of_stock", "{none}");
}

#[test]
fn maintenance_release_and_expiry_are_felt_within_a_second() {
    let mut demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = Customer::own(&demo);
    account(&demo, &me, "mine25", 25);
    let (package, ip) = grant(&demo, &me, 25, "JP");
    let proxy = demo.text("/proxy");
    let name = format!("mine25_ip-{ip}");
    let refused = |demo: &Demo, told: &str| {
        let is_so = || me.get(demo, &proxy, &auth(&name)).refusal().1.contains(told);
        assert!(eventually(Duration::from_secs(1), is_so), "{:?}", me.get(demo, &proxy, &auth(&name)));
    };
    demo.operator("static-ip/maintain", json!({"address": ip}));
    refused(&demo, "under maintenance");
    demo.operator("static-ip/maintain", json!({"address": ip, "off": true}));
    assert!(eventually(Duration::from_secs(1), || me
        .get(&demo, &proxy, &auth(&name))
        .head
        .contains(" 200 ")));
    demo.operator("static-ip/release", json!({"package": package}));
    refused(&demo, "package_empty");
    let none = demo.refused("static-ip/grant", json!({"customer": me.email, "type": 25, "country": "JP"}));
    assert_eq!(none["error"]["slug"], "static_out_of_stock", "it rests: {none}");
    // An expiry two seconds from now, so that nobody waits for a day.
    let (package, ip) = grant(&demo, &me, 25, "US");
    demo.kill();
    let soon = turnpike_base::Timestamp(jiff::Timestamp::now().as_millisecond()).plus_seconds(3);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = turnpike_store::Store::open_sqlite(demo.dir.path()).await.unwrap();
        let tx = store.write().await.unwrap();
        let sql = "UPDATE static_holdings SET expires_at = $1 WHERE package_id = $2";
        assert_eq!(tx.exec(sql, turnpike_store::args![soon, package]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        store.close().await.unwrap();
    });
    demo.restart();
    let (proxy, name) = (demo.text("/proxy"), auth(&format!("mine25_ip-{ip}")));
    assert_eq!(me.get(&demo, &proxy, &name).ip(), ip);
    let now = || turnpike_base::Timestamp(jiff::Timestamp::now().as_millisecond());
    let expired = || {
        me.get(&demo, &proxy, &name).refusal() == (402, "package_empty \"The static address expired\"".into())
    };
    assert!(eventually(Duration::from_secs(6), expired), "{:?}", me.get(&demo, &proxy, &name));
    assert!(now() >= soon && now().since(soon) < 1_000, "{} ms after its expiry", now().since(soon));
}
