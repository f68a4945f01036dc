//! Another customer's ids in every operation of the API, by both doors: as if they did not exist.
//!
//! The operations come from `docs/openapi.json`. A parameter that is neither known as an id here nor as something
//! else fails the test: whoever adds one says here what another customer's gives.

use crate::common::{Demo, eventually};
use crate::http::{Operation, log_in, operations, own_login, with_token};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Parameters that name nothing of a customer's.
const PLAIN: &[&str] = &[
    "address_city",
    "address_country",
    "address_line1",
    "address_line2",
    "address_postal_code",
    "amount",
    "asn",
    "auto_renew",
    "cc",
    "city",
    "code",
    "country",
    "country_code",
    "currency",
    "daily_limit",
    "document_number",
    "document_type",
    "email",
    "enabled",
    "end_time",
    "ep",
    "etd",
    "exclusive",
    "expired_at",
    "first_name",
    "format",
    "group_by",
    "hosts",
    "invoice",
    "isp",
    "kind",
    "lang",
    "last_name",
    "lb",
    "life",
    "limit",
    "mail",
    "month",
    "name",
    "num",
    "old_password",
    "org_name",
    "page",
    "page_no",
    "page_size",
    "parent_product_type",
    "password",
    "pay_fee_status",
    "pay_method",
    "phone",
    "pid",
    "pm_id",
    "product_sku_bandwidth_id",
    "product_sku_concurrency_id",
    "product_sku_duration_id",
    "product_type",
    "proof",
    "pt",
    "recharge_amount",
    "reference",
    "region_list",
    "remark",
    "renew_duration",
    "role_type",
    "scopes",
    "show_type",
    "size",
    "sources",
    "start_time",
    "state",
    "status",
    "time_days",
    "type",
    "udp",
    "url",
    "use_invitation_registration_discount",
    "vat_id",
    "verify_code",
    "verify_type",
    "webhook",
];

/// Operations whose parameter of an id's name is the caller's own wish; a port is each customer's own.
const WISHES: &[(&str, &str)] = &[("user/change-profile", "username"), ("endpoint/end", "ports")];

/// What the victim has, and what nobody has.
struct Things {
    named: Map<String, Value>,
}

impl Things {
    fn of_victim(demo: &Demo) -> Self {
        let post = |path: &str, body: Value| {
            let answer = demo.api(path, Some(body));
            assert_eq!(answer["code"], 200, "{path}: {answer}");
            answer["data"].clone()
        };
        let bucket = product(demo, 9);
        let order = post("order/create", json!({"pid": bucket, "pm_id": 2}));
        let statics = demo.api("ip/get-static-ip", None);
        let unmetered = demo.operator(
            "package/grant",
            json!({"customer": demo.text("/customer/email"), "type": 11, "bandwidth": 1, "concurrency": 1}),
        );
        let profile = post("user-invoice/add", json!({"name": "Ann", "email": "ann@example.com"}));
        let paid = post("order/create", json!({"pid": bucket, "pm_id": 2}))["trade_no"].clone();
        demo.operator("order/confirm", json!({"trade_no": paid, "reference": "R1"}));
        post("user-invoice/request", json!({"profile_id": profile["id"], "trade_nos": paid}));
        let records = demo.api("user-invoice/record-list", None);
        let key = post("api-keys/add", json!({"name": "mine"}));
        let login = own_login(demo);
        let sessions = with_token(demo, &login, "/web_v1/user/sessions", &Value::Null).json();
        demo.operator(
            "coupon/create",
            json!({"code": "HERS", "percent": "10", "customer": demo.text("/customer/email")}),
        );
        let user = demo.text("/account/username");
        demo.seen_address(&format!("{user}_session-hers"), &demo.text("/account/password"));
        post("blocked-host/add", json!({"hosts": "hers.example"}));
        let named = json!({
            "account": user, "accounts": user, "username": user, "keyword": user, "session": "hers", "ips": "127.0.0.1",
            "trade_no": order["trade_no"], "trade_nos": paid, "coupon_sn": "HERS", "profile_id": profile["id"],
            "upids": statics["data"]["list"][0]["id"], "user_product_id": unmetered["id"],
            "blocked-host/delete hosts": "hers.example",
            "api-keys/change id": key["id"], "api-keys/delete id": key["id"],
            "ip/exchange-static-ip id": statics["data"]["list"][0]["id"],
            "user-invoice/cancel id": records["data"]["list"][0]["id"], "user-invoice/delete id": profile["id"],
            "user/end-session id": sessions["data"]["list"][0]["id"],
        });
        let named = named.as_object().unwrap().clone();
        named.iter().for_each(|(name, value)| assert!(!value.is_null(), "the victim has no {name}"));
        Self { named }
    }

    /// The victim's thing that a parameter names.
    fn of(&self, path: &str, name: &str) -> Option<&Value> {
        if WISHES.contains(&(path, name)) {
            return None;
        }
        let found = self.named.get(&format!("{path} {name}")).or_else(|| self.named.get(name));
        assert!(
            found.is_some() || PLAIN.contains(&name),
            "{path}: say in this test whether {name} names a customer's"
        );
        found
    }
}

/// A thing of the same form that nobody has.
fn nobodys(value: &Value) -> Value {
    match value {
        Value::Number(_) => json!(999_999_999),
        Value::String(text) if text.contains('.') && text.starts_with("127.") => json!("127.0.0.200"),
        Value::String(text) if text.chars().all(|c| c.is_ascii_digit()) => json!("9".repeat(text.len())),
        Value::String(text) => json!(format!("{}9", &text[..text.len() - 1])),
        other => other.clone(),
    }
}

fn product(demo: &Demo, kind: i64) -> i64 {
    let listed = demo.api(&format!("product?type={kind}"), None);
    find_id(&listed).unwrap_or_else(|| panic!("no product of type {kind}: {listed}"))
}

/// The first `id` or `pid` below a value.
fn find_id(value: &Value) -> Option<i64> {
    match value {
        Value::Object(map) => map
            .get("id")
            .or_else(|| map.get("pid"))
            .and_then(Value::as_i64)
            .or_else(|| map.values().find_map(find_id)),
        Value::Array(list) => list.iter().find_map(find_id),
        _ => None,
    }
}

/// What makes the rest of a request right, so that the id alone decides.
fn rest(demo: &Demo, operation: &Operation, id: &str) -> Map<String, Value> {
    let kind = match id {
        "upids" => 19,
        "trade_no" => 26,
        _ => 9,
    };
    let mut body = Map::new();
    for (name, _) in operation.params.iter().filter(|(name, required)| *required && name != id) {
        let value = match name.as_str() {
            "pid" => json!(product(demo, kind)),
            "pm_id" => json!(if id == "trade_no" { 2 } else { 7 }),
            "limit" | "auto_renew" => json!(1),
            "password" | "name" | "reference" | "remark" => json!("abcd1234"),
            "ips" => json!("127.0.0.33"),
            other => panic!("{}: say what {other} may be", operation.path),
        };
        body.insert(name.clone(), value);
    }
    if operation.path == "proxy-ip/add" {
        body.insert("product_type".into(), json!(if id == "user_product_id" { 11 } else { 9 }));
    }
    if operation.path == "proxy-account/change" || operation.path == "api-keys/change" {
        body.insert(if id == "id" { "name" } else { "remark" }.into(), json!("abcd1234"));
    }
    body
}

fn call(demo: &Demo, token: &str, prefix: &str, operation: &Operation, body: &Map<String, Value>) -> Value {
    let path = format!("{prefix}/{}", operation.path);
    if operation.method == "POST" {
        return with_token(demo, token, &path, &Value::Object(body.clone())).json();
    }
    let words = body.iter().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}={text}")
    });
    with_token(demo, token, &format!("{path}?{}", words.collect::<Vec<_>>().join("&")), &Value::Null).json()
}

/// Where names are unique in the installation, taking another's is a conflict.
const TAKEN: &[(&str, &str)] = &[("whitelist-account/add", "accounts"), ("proxy-ip/add", "ips")];

/// One operation with one of the victim's ids, and with ids that nobody has.
fn try_one(demo: &Demo, door: (&str, &str), things: &Things, operation: &Operation, ids: &[&str]) {
    let (token, prefix) = door;
    let first = ids[0];
    let (mut theirs, mut none) = (rest_but(demo, operation, ids), rest_but(demo, operation, ids));
    for id in ids {
        let value = things.of(&operation.path, id).unwrap();
        let pairs = |value: &Value| match (operation.path.as_str(), value.as_str()) {
            ("whitelist-account/add", Some(name)) => json!(format!("{name}:pass")),
            _ => value.clone(),
        };
        theirs.insert((*id).to_owned(), pairs(value));
        none.insert((*id).to_owned(), pairs(&nobodys(value)));
    }
    let said = call(demo, token, prefix, operation, &theirs);
    let named = format!("{prefix}/{} {ids:?}", operation.path);
    if TAKEN.contains(&(operation.path.as_str(), first)) {
        assert_eq!(said["code"], 409, "{named}: {said}");
        return;
    }
    let as_none = call(demo, token, prefix, operation, &none);
    assert_eq!(said["code"], as_none["code"], "{named}: {said} is told apart from {as_none}");
    let is_filter = operation.method == "GET" && said["code"] == 200;
    if is_filter {
        assert_eq!(said["data"], as_none["data"], "{named}: a filter by what is not his finds nothing");
    } else if said["code"] != 404 {
        let field = said["errors"].get(first).is_some();
        assert!(
            said["code"] == 400 && field && said["errors"] == as_none["errors"],
            "{named}: {said} {as_none}"
        );
    }
}

fn rest_but(demo: &Demo, operation: &Operation, ids: &[&str]) -> Map<String, Value> {
    let others: Vec<_> =
        operation.params.iter().filter(|(name, _)| !ids[1..].contains(&name.as_str())).cloned().collect();
    rest(demo, &Operation { params: others, path: operation.path.clone(), ..*operation }, ids[0])
}

/// Everything the victim sees of himself that an attack could change.
fn seen(demo: &Demo) -> Value {
    let lists = [
        "whitelist-account/list",
        "proxy-ip/list",
        "blocked-host/list",
        "user-product/list",
        "ip/get-static-ip",
        "order/list",
        "user-invoice/list",
        "user-invoice/record-list",
        "coupon/list",
        "session/list",
        "endpoint/list",
        "user-product/get-auto-renewal",
        "statement/list",
    ];
    lists.iter().map(|path| (*path, demo.api(path, None))).map(|(path, seen)| json!([path, seen])).collect()
}

#[test]
fn anothers_ids_are_as_good_as_none() {
    let demo = Demo::start(&[]);
    let things = Things::of_victim(&demo);
    // What moved is booked before anybody looks.
    let used = || demo.account_row(&demo.text("/account/username"))["used"].as_i64() > Some(0);
    assert!(eventually(Duration::from_secs(10), used));
    let before = seen(&demo);
    let (email, password) = ("mallory@example.com", "correct horse");
    let made = demo.operator("customer/create", json!({"email": email, "password": password}));
    demo.operator("customer/verify", json!({"email": email}));
    demo.operator("customer/credit", json!({"email": email, "amount": "1000.00"}));
    for kind in [9, 20] {
        let grant = json!({"customer": email, "type": kind, "gb": (kind == 9).then_some(1), "count": (kind == 20).then_some(5)});
        demo.operator("package/grant", grant);
    }
    let key = made["app_key"].as_str().unwrap().to_owned();
    let login = log_in(&demo, email, password);
    let mut tried = 0;
    for operation in operations().iter().filter(|operation| !operation.open) {
        let ids: Vec<_> =
            operation.params.iter().filter(|(name, _)| things.of(&operation.path, name).is_some()).collect();
        let required: Vec<&str> = ids.iter().filter(|id| id.1).map(|id| id.0.as_str()).collect();
        let optional = ids.iter().filter(|id| !id.1).map(|id| vec![id.0.as_str()]);
        let wishes = std::iter::once(required).filter(|ids| !ids.is_empty()).chain(optional);
        for wish in wishes {
            for door in [(key.as_str(), "/gateway"), (login.as_str(), "/web_v1")] {
                if door.1 == "/web_v1" || !operation.console {
                    try_one(&demo, door, &things, operation, &wish);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 50, "{tried}");
    assert_eq!(seen(&demo), before, "nothing of the victim's changed");
    let login = own_login(&demo);
    assert_eq!(with_token(&demo, &login, "/web_v1/user/info", &Value::Null).code(), 200);
}
