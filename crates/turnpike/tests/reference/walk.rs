//! Calls every operation once so that it succeeds, as a customer would in an afternoon.

use crate::common::{Demo, End, eventually};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What was sent and what came back.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) input: Value,
    pub(crate) answer: Value,
}

pub(crate) struct Walk<'d> {
    pub(crate) demo: &'d Demo,
    document: &'d Value,
    told: BTreeMap<String, Told>,
    /// The token of a login of the console.
    pub(crate) login: String,
}

/// Whether it has Chinese in it.
pub(crate) fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// A query string.
pub(crate) fn query(input: &Value) -> String {
    let pairs = input.as_object().into_iter().flatten().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let safe = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        let escaped: String = text
            .bytes()
            .map(|b| if safe(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect();
        format!("{name}={escaped}")
    });
    pairs.collect::<Vec<_>>().join("&")
}

impl<'d> Walk<'d> {
    pub(crate) fn new(demo: &'d Demo, document: &'d Value) -> Self {
        Self { demo, document, told: BTreeMap::new(), login: String::new() }
    }

    pub(crate) fn told(&self) -> &BTreeMap<String, Told> {
        &self.told
    }

    /// Every operation of the document was called.
    pub(crate) fn finish(&self) {
        let paths = self.document["paths"].as_object().unwrap().iter();
        let of_path = |(path, methods): (&String, &Value)| {
            let methods: Vec<String> = methods.as_object().unwrap().keys().cloned().collect();
            methods.into_iter().map(|method| format!("{method} {path}")).collect::<Vec<_>>()
        };
        let all: BTreeSet<String> = paths.flat_map(of_path).collect();
        let missing: Vec<&String> = all.iter().filter(|key| !self.told.contains_key(*key)).collect();
        assert!(missing.is_empty(), "add to tests/reference/walk.rs: {missing:?}");
    }

    fn bearer(&self, path: &str) -> String {
        if path.starts_with("/web_v1") { self.login.clone() } else { self.demo.text("/app_key") }
    }

    fn full(path: &str) -> String {
        if path.starts_with('/') { path.to_owned() } else { format!("/gateway/{path}") }
    }

    /// Reads, in Chinese without asking for it and in English on request; gives the English data.
    fn get(&mut self, path: &str, input: Value) -> Value {
        let path = Self::full(path);
        let ask = |headers: &[&str]| {
            let (status, answer) =
                self.demo.request(&format!("{path}?{}", query(&input)), &self.bearer(&path), None, headers);
            assert_eq!((status, &answer["code"]), (200, &json!(200)), "{path} {input}: {answer}");
            answer
        };
        let (chinese, english) = (ask(&[]), ask(&["Language: en"]));
        assert_eq!((&chinese["msg"], &english["msg"]), (&json!("请求成功"), &json!("Success")), "{path}");
        no_chinese(&path, "", &english);
        let data = english["data"].clone();
        self.told.insert(format!("get {path}"), Told { input, answer: english });
        data
    }

    /// Writes something that succeeds; the whole answer.
    pub(crate) fn write(&self, path: &str, input: &Value) -> Value {
        let (status, answer) = self.demo.request(path, &self.bearer(path), Some(input), &["Language: en"]);
        assert_eq!((status, &answer["code"]), (200, &json!(200)), "{path} {input}: {answer}");
        no_chinese(path, "", &answer);
        answer
    }

    /// What the example shows in place of what was sent.
    pub(crate) fn show(&mut self, key: &str, field: &str, text: &str) {
        self.told.get_mut(key).unwrap_or_else(|| panic!("{key} was not called")).input[field] = json!(text);
    }

    /// Writes; gives the data.
    pub(crate) fn post(&mut self, path: &str, input: Value) -> Value {
        let path = Self::full(path);
        let answer = self.write(&path, &input);
        let data = answer["data"].clone();
        self.told.insert(format!("post {path}"), Told { input, answer });
        data
    }

    pub(crate) fn all(&mut self) {
        self.accounts();
        self.allowlist();
        self.places();
        self.traffic();
        self.shop();
        self.statics();
        self.renewals();
        self.invoices();
        self.keys();
        self.console();
    }

    fn accounts(&mut self) {
        self.post(
            "whitelist-account/add",
            json!({"accounts": "shop01:pass01,shop02:pass02", "remark": "Docs"}),
        );
        self.post("whitelist-account/change-password", json!({"account": "shop01", "password": "pass"}));
        self.post("whitelist-account/change-remark", json!({"account": "shop01", "remark": "Price watch"}));
        self.post("whitelist-account/change-limit", json!({"account": "shop01", "limit": 5}));
        let change = json!({"account": "shop01", "limit": 10, "daily_limit": 2, "status": 1});
        self.post("proxy-account/change", change);
        self.post("whitelist-account/disable", json!({"accounts": "shop02"}));
        self.post("whitelist-account/enable", json!({"accounts": "shop02"}));
        self.post("whitelist-account/delete", json!({"accounts": "shop02"}));
        self.get("whitelist-account/quota", json!({"product_type": 9}));
        self.get("whitelist-account/quotas", json!({}));
        let name = "shop01_area-US_city-LosAngeles_session-a1_life-15";
        self.get("proxy-account/explain", json!({"username": name}));
    }

    fn allowlist(&mut self) {
        self.post("proxy-ip/add", json!({"ips": "127.0.0.60,127.0.0.61", "remark": "Office"}));
        self.post("proxy-ip/delete", json!({"ips": "127.0.0.61"}));
        self.get("proxy-ip/list", json!({}));
        self.get("white-ip/quota", json!({"product_type": 9}));
        self.get("white-ip/quotas", json!({}));
        self.post("blocked-host/add", json!({"hosts": "ads.example.com,tracker.example.net"}));
        self.get("blocked-host/list", json!({}));
        self.post("blocked-host/delete", json!({"hosts": "tracker.example.net"}));
    }

    fn places(&mut self) {
        for path in ["ip/dcl4", "ip/dsl4", "ip/dal4"] {
            self.get(path, json!({"username": "shop01"}));
        }
        self.get("ip/dynamic-citys", json!({}));
        self.get("ip/dynamic-states", json!({}));
        self.get("ip/dynamic-citys/search", json!({"country_code": "US", "state": "US-CA"}));
        self.get("ip/dynamic-states/search", json!({"country_code": "US"}));
        self.get("host-pool/regions", json!({}));
        self.get("ip/v3", json!({"num": 2, "cc": "US", "city": "Los Angeles", "life": 15}));
    }

    /// Through the proxy and into the logs.
    fn traffic(&mut self) {
        let (mut stream, head) = self.demo.tunnel("shop01_area-US_session-a1_life-15", "pass");
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert_eq!(self.demo.download(&mut stream, 40_000).1, End::Fin);
        let (_, head) = self.demo.tunnel("shop01_area-US_city-Chicago", "pass");
        assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
        let seen = || {
            let rows = self.demo.api("user-usage-flow/detail?group_by=account", None)["data"]["list"].clone();
            let refused = self.demo.api("proxy-account/refusals", None)["data"]["list"].clone();
            rows != json!([]) && refused != json!([]) && self.demo.account_row("shop01")["usage_flow"] != 0
        };
        assert!(eventually(Duration::from_secs(30), seen), "the traffic shows");
        self.get("whitelist-account/list", json!({}));
        self.get("user-usage-flow/total", json!({"username": "shop01"}));
        self.get("user-usage-flow/flow-total", json!({}));
        self.get("user-usage-flow/detail", json!({"group_by": "host"}));
        self.get("proxy-account/refusals", json!({}));
        // The echo is done, this side is not: it runs until it is dropped.
        let running = self.get("connection/list", json!({"username": "shop01"}));
        assert_eq!(running["list"][0]["destination"], json!(self.demo.echo_host()), "{running}");
        drop(stream);
        self.get("session/list", json!({}));
        self.post("session/end", json!({"username": "shop01", "session": "a1"}));
        self.get("endpoint/list", json!({}));
        self.post("endpoint/end", json!({"ports": "*"}));
    }

    /// The first product of a type.
    fn product(&self, kind: i64) -> i64 {
        let list = self.demo.api(&format!("product?type={kind}"), None)["data"].clone();
        list[0]["id"].as_i64().unwrap()
    }

    fn shop(&mut self) {
        let coupon =
            json!({"code": "WELCOME10", "percent": "10", "name": "Welcome", "customer": "demo@example.com"});
        self.demo.operator("coupon/create", coupon);
        self.get("coupon/list", json!({}));
        self.get("activity/balance-recharge-gift-ratio", json!({}));
        self.get("product", json!({"type": 9}));
        let bucket = self.product(9);
        let body = json!({"pid": bucket, "pm_id": 2, "amount": 1});
        self.post("order/check", body.clone());
        let unpaid = self.post("order/create", body.clone())["trade_no"].clone();
        self.get("payment/list", json!({"trade_no": unpaid}));
        self.get("payment/groups", json!({"trade_no": unpaid}));
        self.post("pay/pay-check", json!({"trade_no": unpaid, "pm_id": 2}));
        self.post("pay/proof", json!({"trade_no": unpaid, "reference": "BANK-2048"}));
        self.get("pay/proofs", json!({"trade_no": unpaid}));
        self.post("order/close", json!({"trade_no": unpaid}));
        let paid_from_outside = self.post("order/create", body.clone())["trade_no"].clone();
        let came = json!({"trade_no": paid_from_outside, "reference": "BANK-2049"});
        self.demo.operator("order/confirm", came);
        let other = self.post("order/create", body)["trade_no"].clone();
        self.post("pay", json!({"trade_no": other, "pm_id": 7}));
        self.get("order/info", json!({"trade_no": other}));
        self.get("order/list", json!({"status": 1}));
        self.get("user-product/list", json!({"product_type": 9}));
        self.get("user-product/summary", json!({"product_type": 9}));
        self.get("statement/list", json!({}));
        let month = self.told["get /gateway/statement/list"].answer["data"]["list"][0]["month"].clone();
        self.get("statement/month", json!({"month": month}));
    }

    fn statics(&mut self) {
        let body = json!({"accounts": "static01:pass", "product_type": 14});
        assert_eq!(self.demo.api("whitelist-account/add", Some(body))["code"], 200);
        let pid = self.product(20);
        let bought = self.demo.api("order/create", Some(json!({"pid": pid, "pm_id": 7, "amount": 1})));
        assert_eq!(bought["code"], 200, "{bought}");
        let mine = self.get("ip/get-static-ip", json!({"product_type": 14}));
        self.get("ip/static-ip-region", json!({"asn": 1}));
        self.post("ip/exchange-static-ip", json!({"id": mine["list"][0]["id"]}));
    }

    fn renewals(&mut self) {
        let id = self.told["get /gateway/ip/get-static-ip"].answer["data"]["list"][0]["id"].to_string();
        let set = json!({"upids": id, "auto_renew": 1, "renew_duration": "1m"});
        self.post("user-product/set-auto-renewal", set);
        self.get("user-product/get-auto-renewal", json!({"upids": id}));
        self.get("user-product/auto-renewal-logs", json!({}));
    }

    fn invoices(&mut self) {
        let profile = json!({"name": "Ada Lovelace", "email": "ada@example.com", "role_type": 1,
            "address_country": "GB", "address_city": "London"});
        let profile = self.post("user-invoice/add", profile)["id"].clone();
        self.get("user-invoice/list", json!({}));
        let orders = self.get("user-invoice/invoiceable-orders", json!({}));
        let request = json!({"profile_id": profile, "trade_nos": orders["list"][0]["trade_no"]});
        let invoice = self.post("user-invoice/request", request)["id"].clone();
        self.get("user-invoice/record-list", json!({}));
        self.get("user-invoice/statistics", json!({}));
        self.post("user-invoice/cancel", json!({"id": invoice}));
        self.post("user-invoice/delete", json!({"id": profile}));
    }

    fn keys(&mut self) {
        let body = json!({"name": "reports", "scopes": "usage:read,packages:read", "sources": "127.0.0.0/8",
            "expired_at": "2099-12-31"});
        let id = self.post("api-keys/add", body)["id"].clone();
        self.post("api-keys/change", json!({"id": id, "scopes": "read"}));
        self.get("api-keys/list", json!({}));
        self.post("api-keys/delete", json!({"id": id}));
    }

    /// What a browser asks.
    fn console(&mut self) {
        self.get("article/list", json!({}));
        let login = json!({"account": self.demo.text("/customer/email"), "password": self.demo.text("/customer/password")});
        let made = self.post("/web_v1/user/login", login);
        self.login = made["access_token"].as_str().unwrap().to_owned();
        for path in [
            "site",
            "user/site",
            "user/info",
            "user/security",
            "user/sessions",
            "user/activity",
            "user/invitations",
            "user/real-name",
            "warning/list",
            "entry",
        ] {
            self.get(&format!("/web_v1/{path}"), json!({}));
        }
        self.post("/web_v1/user/change-profile", json!({"lang": "en"}));
        self.post("/web_v1/user/verify-before-delete", json!({"enabled": 0}));
        self.post("/web_v1/user/end-other-sessions", json!({}));
        self.post("/web_v1/warning/set", json!({"kind": "used_80", "mail": 0}));
        self.post("/web_v1/warning/set-webhook", json!({"url": "https://example.com/hook"}));
        self.post("/web_v1/warning/test-webhook", json!({}));
        self.get("/web_v1/whitelist-account/search", json!({"keyword": "shop", "page": 1, "size": 20}));
        self.post("/web_v1/proxy-account/test", json!({"username": "shop01_area-US"}));
        self.person();
    }

    /// The same calls under every prefix that the site lists.
    pub(crate) fn prefixes(&self) {
        let key = self.demo.text("/app_key");
        let reads = self.told.keys().filter_map(|told| told.strip_prefix("get /gateway/"));
        for path in reads.filter(|path| *path != "ip/v3" && !path.starts_with("order/info")) {
            let input = query(&self.told[&format!("get /gateway/{path}")].input);
            let ask = |prefix: &str| {
                let (status, mut answer) =
                    self.demo.request(&format!("{prefix}/{path}?{input}"), &key, None, &[]);
                assert_eq!((status, &answer["code"]), (200, &json!(200)), "{prefix}/{path}: {answer}");
                still(&mut answer);
                answer
            };
            let mut first = ask("/gateway");
            for prefix in ["/openapi", "/end-point", "/developers", "/api-gate-way"] {
                // What was used a moment ago may be reported in between: then both are asked again.
                if ask(prefix) != first {
                    first = ask("/gateway");
                    assert_eq!(ask(prefix), first, "{prefix}/{path}");
                }
            }
        }
        let (status, answer) = self.demo.request("/elsewhere/ip/dynamic-citys", &key, None, &[]);
        assert_eq!((status, &answer["code"]), (404, &json!(404)));
    }
}

/// Without what changes between two calls.
fn still(answer: &mut Value) {
    match answer {
        Value::Object(map) => {
            map.remove("cache");
            map.remove("last_used_at");
            map.remove("seconds_left");
            map.values_mut().for_each(still);
        }
        Value::Array(list) => list.iter_mut().for_each(still),
        _ => {}
    }
}

/// English is asked for: only names in Chinese are in Chinese.
fn no_chinese(path: &str, at: &str, value: &Value) {
    match value {
        Value::String(text) => {
            let own = at.ends_with("name_zh_cn") || at.contains("_zh");
            assert!(own || !is_chinese(text), "{path} says in English at {at}: {text}");
        }
        Value::Object(map) => {
            map.iter().for_each(|(name, inner)| no_chinese(path, &format!("{at}/{name}"), inner))
        }
        Value::Array(list) => list.iter().for_each(|inner| no_chinese(path, at, inner)),
        _ => {}
    }
}
