//! What the document promises of orders, payments, activities and products, and what wrong input is told.

use crate::buyer::{BALANCE, BANK, buyer, transfer};
use crate::client::Customer;
use crate::common::Demo;
use serde_json::{Value, json};

const ORDER: &[&str] = &[
    "id",
    "trade_no",
    "out_trade_no",
    "product_id",
    "product_type",
    "amount",
    "unit_price",
    "total_fee",
    "goods_fee",
    "pay_fee",
    "discount_fee",
    "handling_fee",
    "refund_fee",
    "pm_id",
    "pm_title",
    "pm_logo",
    "status",
    "title",
    "detail",
    "region_desc",
    "pay_at",
    "pay_timestamp",
    "created_at",
    "pay_fee_status",
    "invoice",
];
const CHECKED: &[&str] = &[
    "product_id",
    "amount",
    "discount_fee",
    "total_fee",
    "pay_fee",
    "product_type",
    "title",
    "detail",
    "ip_result",
];
const RENEWED: &[&str] = &["ip", "price", "country_code", "current_time", "renewal_time", "country"];
const METHOD: &[&str] =
    &["id", "title", "logo", "group", "handling_rate", "handling_fee", "disabled", "min", "max"];
const PRODUCT: &[&str] = &[
    "id",
    "title",
    "type",
    "show_type",
    "status",
    "price",
    "usd_price",
    "price_hkd",
    "original_price",
    "original_usd_price",
    "original_price_hkd",
    "local_price",
    "local_original_price",
    "preferred_currency",
    "support_currencies",
    "flow_value",
    "flow_give",
    "balance_give",
    "balance_value",
    "time_validity",
    "time_price",
    "time_days",
    "tip1",
    "tip2",
    "introduce",
    "region_list_id",
    "renew_product_list",
    "parent_product_type",
    "total_count",
    "remain_count",
    "extension_of_time_days",
    "time_days_price_rate",
    "desc",
    "sku",
];
const DESC: &[&str] = &[
    "subtitle",
    "flow_value",
    "flow_give",
    "balance_give",
    "time_validity",
    "time_price",
    "tip1",
    "tip2",
    "introduce",
];
const SKU: &[&str] = &["bandwidth_list", "duration_list", "concurrency_list"];
const INVOICE: &[&str] = &[
    "name",
    "org_name",
    "first_name",
    "last_name",
    "phone",
    "email",
    "role_type",
    "vat_id",
    "address_country",
    "address_city",
    "address_line1",
    "address_line2",
    "address_postal_code",
];

fn has(row: &Value, names: &[&str]) {
    let missing: Vec<_> = names.iter().filter(|name| row.get(**name).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?} of {row}");
}

#[test]
fn every_documented_field_is_there() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = buyer(&demo, "fields@example.com", "127.0.1.30", "1000.00");
    let products = me.seen(&demo, "product");
    for product in products.as_array().unwrap() {
        has(product, PRODUCT);
        has(&product["desc"], DESC);
        has(&product["sku"], SKU);
    }
    let types = |query: &str| {
        let found = me.seen(&demo, &format!("product?{query}"));
        let types = found.as_array().unwrap().iter().map(|one| one["type"].as_i64().unwrap());
        types.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    let sold = types("");
    let all = [3, 9, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 24, 25];
    assert!(all.iter().all(|product| sold.contains(product)), "{sold:?}");
    assert_eq!(types("type=9"), [9]);
    assert_eq!(types("type=19&parent_product_type=25"), [19]);
    assert_eq!(types("time_days=[7]"), [9]);
    assert_eq!(types("show_type=4&show_type=2"), [9]);
    let bought = me.buy(&demo, "Static data-center address", &json!({"region_list": "SG,1"}));
    has(&bought, ORDER);
    let transferred = me.begin(&demo, "Residential 20 GB", &json!({}));
    assert_eq!((&transferred["pay_at"], &transferred["pay_timestamp"]), (&Value::Null, &json!(0)));
    assert_eq!(transferred["invoice"], json!({}));
    transfer(&demo, &transferred, "T-1", "180.00");
    let profile = json!({"name": "A GmbH", "org_name": "A GmbH", "role_type": 2, "vat_id": "DE1", "email": "a@example.com",
        "address_country": "DE", "address_city": "Berlin", "address_line1": "Street 1", "address_postal_code": "10115"});
    let id = me.good(&demo, "user-invoice/add", profile)["id"].clone();
    let ask = json!({"profile_id": id, "trade_nos": transferred["trade_no"]});
    let asked = me.good(&demo, "user-invoice/request", ask)["id"].clone();
    demo.operator("invoice/issue", json!({"id": asked, "number": "INV-1"}));
    let listed = me.seen(&demo, "order/list?page_no=1&page_size=1&product_type=9");
    has(&listed["list"][0], ORDER);
    has(&listed["list"][0]["invoice"], INVOICE);
    let pages = &listed["pagination"];
    assert_eq!(*pages, json!({"total": 1, "page_no": 1, "page_size": 1, "total_pages": 1}));
    let renewal = me.product(&demo, "Renewal of static data-center addresses")["id"].clone();
    let upids = me.addresses(&demo, 14)[0]["id"].to_string();
    let checked = me.good(
        &demo,
        "order/check",
        json!({"pid": renewal, "pm_id": BALANCE, "upids": upids, "renew_duration": "em"}),
    );
    has(&checked, CHECKED);
    has(&checked["ip_result"][0], RENEWED);
    has(&checked["ip_result"][0]["country"], &["name_zh_cn", "name_en", "flag", "square_flag"]);
    let methods = me.seen(&demo, "payment/list?currency=cny");
    let methods = methods["list"].as_array().unwrap();
    methods.iter().for_each(|method| has(method, METHOD));
    assert!(methods.iter().any(|method| method["id"] == BALANCE && method["group"] == "balance"));
    let groups = me.seen(&demo, "payment/groups");
    for group in groups["list"].as_array().unwrap() {
        has(group, &["name", "logos", "items"]);
        group["items"].as_array().unwrap().iter().for_each(|method| has(method, METHOD));
    }
    let tiers = me.seen(&demo, "activity/balance-recharge-gift-ratio");
    let tiers = tiers["list"].as_array().unwrap();
    assert_eq!(tiers.len(), 2);
    tiers.iter().for_each(|tier| has(tier, &["min", "max", "ratio", "gift"]));
}

/// A body that would be taken, one field of it, and values that are wrong there; `null` stands for leaving it out.
fn wrong(me: &Customer, demo: &Demo) -> Vec<(Value, &'static str, Value)> {
    let pid = |title: &str| me.product(demo, title)["id"].clone();
    let plain = json!({"pid": pid("Residential 20 GB"), "pm_id": BALANCE});
    let with = |title: &str, more: Value| {
        let mut body = json!({"pid": pid(title), "pm_id": BALANCE});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        body
    };
    let statics = with("Static data-center address", json!({"region_list": "SG,1"}));
    let upids = me.addresses(demo, 14)[0]["id"].to_string();
    let renewal = with("Renewal of static data-center addresses", json!({"upids": upids}));
    let unmetered = me.product(demo, "Unmetered residential");
    let sku = |list: &str| unmetered["sku"][list][0]["id"].clone();
    let caps = with(
        "Unmetered residential",
        json!({"product_sku_bandwidth_id": sku("bandwidth_list"), "product_sku_concurrency_id": sku("concurrency_list")}),
    );
    let mut recharge = with("Balance recharge", json!({"recharge_amount": "50.00"}));
    recharge["pm_id"] = json!(BANK);
    let mut rest = with("Rest of an underpaid order", json!({"trade_no": "1"}));
    rest["pm_id"] = json!(BANK);
    let long = "x".repeat(65);
    vec![
        (plain.clone(), "pid", json!([null, "", "abc", 0, -5, 1.5, [], {}, "99999999999999999999"])),
        (plain.clone(), "pm_id", json!([null, "", "x", -1, 99, 1.5, true, []])),
        (plain.clone(), "amount", json!([0, -1, "x", 100_001, 1.5, {}, "1e3", [], [2]])),
        (plain.clone(), "etd", json!([0, -1, "x", 3, 121, 1.5, []])),
        (plain.clone(), "coupon_sn", json!([long, "NO-SUCH-COUPON", {}, []])),
        (plain, "use_invitation_registration_discount", json!(["perhaps", 7, {}, true, []])),
        (
            statics,
            "region_list",
            json!([null, "", "SG", "SG,", "SG,0", "SG,-1", "SG,x", "ZZ,1", "SG,1,x", "SG,1,1,1", 7, []]),
        ),
        (
            renewal.clone(),
            "upids",
            json!([null, "", "a", "1,", "0", "-1", format!("{upids},{upids}"), {}, []]),
        ),
        (renewal, "renew_duration", json!(["3m", 3, 0, "x", {}, []])),
        (
            caps.clone(),
            "product_sku_bandwidth_id",
            json!([null, 0, "x", 999_999, sku("duration_list"), 1.5, []]),
        ),
        (
            caps.clone(),
            "product_sku_concurrency_id",
            json!([null, 0, "x", 999_999, sku("bandwidth_list"), []]),
        ),
        (caps, "product_sku_duration_id", json!(["x", -1, 999_999, sku("bandwidth_list"), []])),
        (
            recharge,
            "recharge_amount",
            json!([null, "", 0, -1, "x", "10.001", "9.99", "100000.01", "1e9", []]),
        ),
        (rest, "trade_no", json!([null, long, {}, []])),
    ]
}

/// A body with this value in one field (`null`: without it) is refused with the code, that field alone named.
fn refused(me: &Customer, demo: &Demo, good: &Value, field: &str, value: &Value, code: i64) {
    let mut body = good.clone();
    if value.is_null() {
        body.as_object_mut().unwrap().remove(field);
    } else {
        body[field] = value.clone();
    }
    for path in ["order/check", "order/create"] {
        let answer = me.api(demo, path, Some(body.clone()));
        assert_eq!(answer["code"], code, "{path} {body}: {answer}");
        assert!(answer["data"].is_null(), "{path} {body}: {answer}");
        let named: Vec<&String> = answer["errors"].as_object().unwrap().keys().collect();
        assert_eq!(named, [field], "{path} {body}: {answer}");
    }
}

#[test]
fn each_wrong_field_of_an_order_is_named_and_writes_nothing() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    let me = buyer(&demo, "wrong@example.com", "127.0.1.31", "10000.00");
    me.buy(&demo, "Static data-center address", &json!({"region_list": "SG,1"}));
    let state = || {
        let orders = me.seen(&demo, "order/list")["pagination"]["total"].clone();
        let stock = me.seen(&demo, "ip/static-ip-region?product_type=14");
        let entries = demo.operator("ledger/list", json!({"customer": me.email}))["total"].clone();
        (orders, stock, entries, me.balance(&demo))
    };
    let before = state();
    for (good, field, values) in wrong(&me, &demo) {
        for value in values.as_array().unwrap() {
            refused(&me, &demo, &good, field, value, 400);
        }
        // A well-formed name of what there is not is 404, as everywhere (contract section 1).
        let nothing = match field {
            "pid" | "upids" => "999999",
            "trade_no" => "2026112612000000000000000001",
            _ => continue,
        };
        refused(&me, &demo, &good, field, &json!(nothing), 404);
    }
    assert_eq!(state(), before, "nothing is written");
}
