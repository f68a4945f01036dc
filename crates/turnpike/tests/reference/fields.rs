//! The fields that the published document promises for its operations on accounts, addresses, traffic, packages and
//! places, with their types; in the demo none is empty.

use crate::walk::Told;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A text that says something; `may be blank` for one that may be empty.
const TEXT: &str = "text";
const BLANK: &str = "may be blank";

fn promised() -> Vec<(&'static str, Value)> {
    let place = json!({"City": TEXT, "Area": TEXT, "State": BLANK});
    let names = |item: Value| {
        json!({"list": [{"name_zh_cn": TEXT, "name_en": TEXT, "continent_code": TEXT, "country_code": TEXT,
            "items": [item]}]})
    };
    let dates = |mut row: Value| {
        row["created_at"] = json!(TEXT);
        row["expired_at"] = json!(TEXT);
        row
    };
    vec![
        (
            "get whitelist-account/list",
            json!({"list": [{"id": 1, "username": TEXT, "password": TEXT,
            "created_at": TEXT, "remark": BLANK, "product_type": 1, "usage_flow": 1, "limit_flow": 1, "status": 1}]}),
        ),
        (
            "get proxy-ip/list",
            json!({"list": [{"ip": TEXT, "remark": TEXT, "product_type": 1, "created_at": TEXT}]}),
        ),
        ("get user-usage-flow/total", json!({"list": [{"day": TEXT, "flow": 1}]})),
        (
            "get user-product/list",
            json!({"list": [dates(json!({"id": 1, "product_type": 1, "trade_no": TEXT,
            "order": {"created_at": TEXT, "pay_at": TEXT, "title": TEXT}}))],
            "page": 1, "page_size": 1, "total_count": 1, "total_page": 1}),
        ),
        (
            "get user-product/summary",
            json!({"total": 1, "total_count": 1, "effective": 1, "effective_count": 1,
            "effective_total": 1, "effective_used": 1, "temporary": 1, "temporary_count": 1, "expired": 1,
            "expired_count": 1, "used": 1}),
        ),
        ("get ip/v3", json!({"list": [[TEXT]]})),
        ("get ip/dcl4", json!({"cache": true, "list": [place]})),
        ("get ip/dsl4", json!({"cache": true, "list": [{"City": BLANK, "Area": TEXT, "State": BLANK}]})),
        (
            "get ip/dal4",
            json!({"cache": true, "list": [{"Area": TEXT, "states": [{"State": BLANK, "cities": [TEXT]}]}]}),
        ),
        (
            "get ip/dynamic-citys",
            names(json!({"city": TEXT, "state": BLANK, "continent_code": TEXT, "country_code": TEXT})),
        ),
        (
            "get ip/dynamic-states",
            names(json!({"state": TEXT, "continent_code": TEXT, "country_code": TEXT})),
        ),
        ("get ip/dynamic-citys/search", json!({"list": [TEXT]})),
        ("get ip/dynamic-states/search", json!({"list": [TEXT]})),
        // The document leaves this answer blank; the contract tells it.
        (
            "get ip/get-static-ip",
            json!({"list": [dates(json!({"id": 1, "ip": TEXT, "port": 1, "country_code": TEXT,
            "state": TEXT, "city": TEXT, "isp": TEXT, "asn": 1, "product_type": 1, "status": 1, "auto_renew": 1,
            "remark": BLANK, "trade_no": TEXT, "username": TEXT, "password": TEXT, "country": {"name_zh_cn": TEXT,
            "name_en": TEXT, "flag": TEXT, "square_flag": TEXT}}))],
            "page": 1, "page_size": 1, "total_count": 1, "total_page": 1}),
        ),
        (
            "get ip/static-ip-region",
            json!({"list": [{"code": TEXT, "number": 1,
            "asns": [{"asn": 1, "name": TEXT, "number": 1}]}]}),
        ),
        (
            "get host-pool/regions",
            json!({"list": [{"code": TEXT, "number": 1, "name_zh_cn": TEXT, "name_en": TEXT,
            "square_flag": TEXT}]}),
        ),
    ]
}

/// Writes that answer null.
const WRITES: [&str; 10] = [
    "whitelist-account/add",
    "whitelist-account/delete",
    "whitelist-account/disable",
    "whitelist-account/enable",
    "whitelist-account/change-password",
    "whitelist-account/change-remark",
    "whitelist-account/change-limit",
    "proxy-account/change",
    "proxy-ip/add",
    "proxy-ip/delete",
];

/// All 26 of them.
pub(crate) fn check(told: &BTreeMap<String, Told>) {
    let promised = promised();
    assert_eq!(promised.len() + WRITES.len(), 26);
    for (operation, data) in promised {
        let (method, path) = operation.split_once(' ').unwrap();
        let answer = &told[&format!("{method} /gateway/{path}")].answer;
        assert!(answer["msg"].is_string() && answer["message"] == answer["msg"], "{operation}");
        fits(operation, "data", &data, &answer["data"]);
    }
    for path in WRITES {
        let answer = &told[&format!("post /gateway/{path}")].answer;
        assert_eq!(answer["data"], Value::Null, "{path}");
    }
}

fn fits(operation: &str, at: &str, wanted: &Value, given: &Value) {
    let fit = match (wanted, given) {
        (Value::Object(wanted), Value::Object(given)) => {
            for (name, inner) in wanted {
                let field = given.get(name).unwrap_or(&Value::Null);
                fits(operation, &format!("{at}.{name}"), inner, field);
            }
            true
        }
        (Value::Array(wanted), Value::Array(given)) => {
            given.iter().for_each(|row| fits(operation, &format!("{at}[]"), &wanted[0], row));
            // A country without states, such as Singapore, has none to list.
            !given.is_empty() || (operation == "get ip/dynamic-states" && at.ends_with("items"))
        }
        (Value::String(kind), Value::String(text)) => kind == BLANK || !text.is_empty(),
        (Value::Number(_), Value::Number(given)) => given.is_i64(),
        (Value::Bool(_), Value::Bool(_)) => true,
        _ => false,
    };
    assert!(fit, "{operation}: {at} is {given}");
}
