//! The control room, through the operators' door: logins, roles, reasons, and what its screens ask for.

use super::run;
use crate::Control;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;
use turnpike_base::Clock as _;
use turnpike_base::time::SystemClock;
use turnpike_store::{Store, Vault, args, both_engines};
use turnpike_wire::{ExitFailures, GatewayId, Subject, UsageBatch, UsageRow};

pub(super) const PASSWORD: &str = "correct horse battery";

pub(super) struct Room {
    pub(super) control: Control,
    router: axum::Router,
}

/// Two brands, a customer with balance, an exit, and an operator of each role; a demo, so that no second factor is due.
pub(super) async fn room(store: &Store) -> Room {
    let control = Control::open(store.clone(), Vault::new([7; 32]), Arc::new(SystemClock)).await.unwrap();
    let tx = store.write().await.unwrap();
    tx.exec("INSERT INTO facts (name, value) VALUES ('demo', 'yes')", args![]).await.unwrap();
    tx.commit().await.unwrap();
    for (path, input) in [
        (
            "site/create",
            json!({"name": "one", "prefixes": ["/gateway"], "hosts": ["one.example"], "currency": "CNY",
            "look": {"title": "One Proxy", "colour": "#1c5d99"}}),
        ),
        (
            "site/create",
            json!({"name": "two", "prefixes": ["/openapi"], "hosts": ["two.example"], "currency": "USD",
            "zone": "Asia/Shanghai", "look": {"title": "Two Proxy", "colour": "#aa3311"}}),
        ),
        ("customer/create", json!({"email": "ann@example.com", "password": PASSWORD, "site": "one"})),
        ("customer/create", json!({"email": "bob@example.com", "password": PASSWORD, "site": "two"})),
        ("customer/credit", json!({"email": "ann@example.com", "amount": "100"})),
        (
            "exit/add",
            json!({"target": "127.0.8.1", "pools": ["residential"], "country": "US", "state": "CA", "city": "Los Angeles"}),
        ),
    ] {
        run(&control, path, input).await.unwrap_or_else(|fault| panic!("{path}: {fault:?}"));
    }
    for role in ["owner", "finance", "support", "network", "read-only"] {
        let input = json!({"email": format!("{role}@example.com"), "password": PASSWORD, "role": role});
        run(&control, "operator/create", input).await.unwrap();
    }
    let router = control.router(Vec::new());
    Room { control, router }
}

impl Room {
    async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: &Value,
    ) -> (StatusCode, Value, HeaderMap) {
        self.send_to("one.example", method, path, token, body).await
    }

    pub(super) async fn send_to(
        &self,
        host: &str,
        method: Method,
        path: &str,
        token: &str,
        body: &Value,
    ) -> (StatusCode, Value, HeaderMap) {
        let mut request = Request::builder().method(method.clone()).uri(path).header("host", host);
        request = request.header("language", "en");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = if method == Method::GET { Body::empty() } else { Body::from(body.to_string()) };
        let answer = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 22).await.unwrap();
        (parts.status, serde_json::from_slice(&bytes).unwrap_or(Value::Null), parts.headers)
    }

    pub(super) async fn enter(&self, role: &str) -> String {
        let input = json!({"email": format!("{role}@example.com"), "password": PASSWORD});
        let (status, answer, _) = self.send(Method::POST, "/operator_v1/login", "", &input).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["data"]["access_token"].as_str().unwrap().to_owned()
    }

    pub(super) async fn ask(&self, token: &str, path: &str, input: Value) -> (StatusCode, Value) {
        let (status, answer, _) =
            self.send(Method::POST, &format!("/operator_v1/{path}"), token, &input).await;
        (status, answer)
    }

    pub(super) async fn ok(&self, token: &str, path: &str, input: Value) -> Value {
        let (status, answer) = self.ask(token, path, input).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer["data"].clone()
    }
}

fn totp(secret: &str) -> String {
    let seed = totp_rs::Secret::try_from_base32(secret).unwrap();
    let now = u64::try_from(SystemClock.now().0 / 1_000).unwrap();
    totp_rs::Builder::new().with_secret(seed).build().unwrap().generate(now).to_string()
}

both_engines! {
    async fn outside_the_demo_the_first_login_sets_up_a_second_factor(store: Store) {
        let room = room(&store).await;
        let tx = store.write().await.unwrap();
        tx.exec("DELETE FROM facts WHERE name = 'demo'", args![]).await.unwrap();
        tx.commit().await.unwrap();
        let mut input = json!({"email": "owner@example.com", "password": PASSWORD});
        let (status, answer, headers) = room.send(Method::POST, "/operator_v1/login", "", &input).await;
        assert!(!status.is_success() && !headers.contains_key("set-cookie"));
        assert_eq!(answer["error"]["slug"], "second_factor", "{answer}");
        let enrol = &answer["error"]["data"]["enrol"];
        assert!(enrol["url"].as_str().unwrap().starts_with("otpauth://totp/Turnpike:"));
        input["verify_code"] = json!(totp(enrol["secret"].as_str().unwrap()));
        let (status, answer, headers) = room.send(Method::POST, "/operator_v1/login", "", &input).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(answer["data"]["recovery_codes"].as_array().unwrap().len(), 10);
        let cookie = headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("turnpike_operator=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
        let again = json!({"email": "owner@example.com", "password": PASSWORD});
        let (_, answer, _) = room.send(Method::POST, "/operator_v1/login", "", &again).await;
        assert_eq!(answer["error"]["slug"], "second_factor");
        assert!(answer["error"]["data"]["enrol"].is_null());
    }

    async fn each_role_does_its_own_and_what_it_did_stands_in_the_audit(store: Store) {
        let room = room(&store).await;
        let cases = [
            ("finance", "coupon/create", json!({"code": "SAVE", "percent": "10", "site": "one"}), "support"),
            ("support", "customer/verify", json!({"email": "ann@example.com"}), "finance"),
            ("network", "exit/drain", json!({"id": 1, "reason": "old line"}), "support"),
            ("network", "exit/import", json!({"file": "target,pools,country\n127.0.8.9,isp,DE\n"}), "finance"),
            ("finance", "product/sort", json!({"codes": [], "site": "one"}), "network"),
            ("owner", "operator/role", json!({"email": "network@example.com", "role": "network"}), "support"),
            ("owner", "site/change", json!({"name": "one", "look": {"support": "help@one.example"}}), "finance"),
        ];
        for (role, path, input, other) in cases {
            let (status, answer) = room.ask(&room.enter(other).await, path, input.clone()).await;
            assert_eq!((status, &answer["error"]["slug"]), (StatusCode::FORBIDDEN, &json!("role_lacks")), "{other} {path}");
            room.ok(&room.enter(role).await, path, input).await;
        }
        let owner = room.enter("owner").await;
        let notes = room.ok(&owner, "audit/list", json!({"operator": "network@example.com", "action": "exit/"})).await;
        let note = &notes["list"][1];
        assert_eq!((&note["action"], &note["actor_name"], &note["outcome"]),
            (&json!("exit/drain"), &json!("network@example.com"), &json!("ok")));
        assert!(note["detail"].as_str().unwrap().contains("old line"), "{note}");
        let refused = room.ok(&owner, "audit/list", json!({"operator": "support@example.com", "action": "exit/drain"})).await;
        assert_eq!((&refused["total"], &refused["list"][0]["outcome"]), (&json!(1), &json!("role_lacks")));
        let network = room.enter("network").await;
        let change = json!({"old_password": PASSWORD, "password": "another long one"});
        for (path, input) in [("/operator_v1/password", change), ("/operator_v1/logout", json!({}))] {
            assert_eq!(room.send(Method::POST, path, &network, &input).await.0, StatusCode::OK, "{path}");
            let action = path.replace("_v1", "").trim_start_matches('/').to_owned();
            let notes = room.ok(&owner, "audit/list", json!({"operator": "network@example.com", "action": action})).await;
            assert_eq!((&notes["total"], &notes["list"][0]["outcome"]), (&json!(1), &json!("ok")), "{path}");
        }
        let of_ann = room.ok(&owner, "audit/list", json!({"customer": "ann@example.com", "actor": "operator"})).await;
        assert_eq!((&of_ann["total"], &of_ann["list"][0]["email"]), (&json!(1), &json!("ann@example.com")));
    }

    async fn reading_is_everybody_s_but_secrets_are_not(store: Store) {
        let room = room(&store).await;
        let reader = room.enter("read-only").await;
        for path in ["overview/show", "customer/list", "exit/list", "exit/map", "static-ip/list", "product/list", "order/list",
            "coupon/list", "site/list", "site/show", "ledger/list", "ledger/accounts", "ledger/check", "job/list",
            "setting/list", "rule/list", "payment-method/list", "payment/refunds", "invoice/list"] {
            room.ok(&reader, path, json!({})).await;
        }
        for path in ["audit/list", "operator/list", "mail/list", "customer/waiting", "order/proofs"] {
            let (status, _) = room.ask(&reader, path, json!({})).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        }
    }

    async fn a_customer_is_seen_as_he_sees_himself_and_nothing_is_changed(store: Store) {
        let room = room(&store).await;
        let support = room.enter("support").await;
        let (status, answer) = room.ask(&support, "customer/see-as", json!({"email": "ann@example.com"})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["error"]["errors"]["reason"][0].as_str().is_some(), "{answer}");
        let why = json!({"email": "ann@example.com", "reason": "ticket 7"});
        let (_, answer, headers) = room.send(Method::POST, "/operator_v1/customer/see-as", &support, &why).await;
        let cookie = headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("turnpike_login=") && cookie.contains("Path=/web_v1"), "{cookie}");
        let token = answer["data"]["access_token"].as_str().unwrap();
        let (_, info, _) = room.send(Method::GET, "/web_v1/user/info", token, &json!({})).await;
        let info = &info["data"];
        assert_eq!((&info["email"], &info["view_only"], &info["openid"]), (&json!("ann@example.com"), &json!(true), &json!("")));
        let network = room.enter("network").await;
        room.ok(&network, "static-ip/import", json!({"file": "address,type,country\n203.0.113.9,14,US\n"})).await;
        room.ok(&network, "static-ip/grant", json!({"customer": "ann@example.com", "type": 14, "country": "US"})).await;
        let add = json!({"accounts": "user01:pass4711", "product_type": 14});
        let (_, login, _) = room.send(Method::POST, "/web_v1/user/login", "", &json!({"email": "ann@example.com", "password": PASSWORD})).await;
        let ann = login["data"]["access_token"].as_str().unwrap();
        let (_, added, _) = room.send(Method::POST, "/web_v1/whitelist-account/add", ann, &add).await;
        assert_eq!(added["code"], 200, "{added}");
        for path in ["/web_v1/whitelist-account/list", "/web_v1/whitelist-account/search", "/web_v1/ip/get-static-ip"] {
            let (_, hers, _) = room.send(Method::GET, path, ann, &json!({})).await;
            let (_, seen, _) = room.send(Method::GET, path, token, &json!({})).await;
            assert!(hers.to_string().contains("pass4711"), "{path}: {hers}");
            assert!(seen["code"] == 200 && !seen.to_string().contains("pass4711"), "{path}: {seen}");
        }
        let (_, answer, _) = room.send(Method::POST, "/web_v1/whitelist-account/add", token, &add).await;
        assert_eq!(answer["code"], 403, "{answer}");
        assert!(answer["msg"].as_str().unwrap().contains("nothing can be changed"));
        let (_, left, _) = room.send(Method::POST, "/web_v1/user/logout", token, &json!({})).await;
        assert_eq!(left["code"], 200, "{left}");
        let owner = room.enter("owner").await;
        room.control.directory().flush().await.unwrap();
        let left = room.ok(&owner, "audit/list", json!({"action": "user/logout"})).await;
        assert_eq!((&left["list"][0]["actor_name"], &left["list"][0]["email"]), (&json!("support@example.com"), &json!("ann@example.com")));
        let notes = room.ok(&owner, "audit/list", json!({"action": "customer/see-as"})).await;
        assert!(notes["list"][0]["detail"].as_str().unwrap().contains("ticket 7"));
        assert_eq!(notes["list"][0]["actor_name"], "support@example.com");
    }

    async fn operators_write_what_their_site_s_customers_read(store: Store) {
        let room = room(&store).await;
        let support = room.enter("support").await;
        let read = async |host: &str, email: &str| {
            let input = json!({"email": email, "password": PASSWORD});
            let (_, login, _) = room.send_to(host, Method::POST, "/web_v1/user/login", "", &input).await;
            let token = login["data"]["access_token"].as_str().unwrap().to_owned();
            let (_, answer, _) = room.send_to(host, Method::GET, "/web_v1/article/list", &token, &json!({})).await;
            let rows = answer["data"]["list"].as_array().unwrap().clone();
            rows.into_iter().map(|row| (row["id"].as_str().unwrap().to_owned(), row["title"].as_str().unwrap().to_owned(), row["content"].as_str().unwrap().to_owned())).collect::<Vec<_>>()
        };
        let shipped = read("one.example", "ann@example.com").await;
        let save = async |input: Value| room.ask(&support, "article/save", input).await;
        let text = json!({"slug": "first-steps", "zh": "# 入门\n\n正文", "en": "# Begin here\n\nDial {host}, or ask {api}.", "seen": 0});
        let (status, saved) = save(text.clone()).await;
        assert_eq!((status, &saved["data"]["version"], &saved["data"]["source"]), (StatusCode::OK, &json!(1), &json!("changed")), "{saved}");
        assert_eq!(save(text).await.1["error"]["slug"], "article_changed");
        let own = json!({"slug": "refunds", "zh": "# 退款\n\n正文", "en": "# Refunds\n\nWithin a week.", "position": 0});
        assert_eq!(save(own).await.0, StatusCode::OK);
        let hers = read("one.example", "ann@example.com").await;
        assert_eq!((hers[0].1.as_str(), hers[1].1.as_str()), ("Refunds", "Begin here"));
        assert_eq!(hers[1].2, "Dial one.example, or ask http://one.example/gateway.");
        assert_eq!(read("two.example", "bob@example.com").await.iter().map(|row| &row.1).collect::<Vec<_>>(), shipped.iter().map(|row| &row.1).collect::<Vec<_>>(), "another site's");
        assert_eq!(save(json!({"slug": "refunds", "hidden": true, "seen": 1})).await.0, StatusCode::OK);
        assert!(read("one.example", "ann@example.com").await.iter().all(|row| row.0 != "refunds"));
        let listed = room.ok(&room.enter("read-only").await, "article/list", json!({})).await;
        assert_eq!((&listed["list"][0]["slug"], &listed["list"][0]["hidden"]), (&json!("refunds"), &json!(true)));
        let bad = save(json!({"slug": "refunds", "en": "no title"})).await.1;
        assert!(bad["error"]["errors"]["en"][0].as_str().unwrap().contains("# Title"), "{bad}");
        let back = room.ok(&support, "article/remove", json!({"slug": "first-steps"})).await;
        assert_eq!((&back["source"], &back["version"]), (&json!("shipped"), &json!(0)));
        assert_eq!(room.ok(&support, "article/remove", json!({"slug": "refunds"})).await, Value::Null);
        assert_eq!(read("one.example", "ann@example.com").await, shipped);
        for (slug, fault) in [("first-steps", "article_unchanged"), ("refunds", "article_unknown")] {
            assert_eq!(room.ask(&support, "article/remove", json!({"slug": slug})).await.1["error"]["slug"], fault);
        }
        let (_, refused) = room.ask(&room.enter("finance").await, "article/save", json!({"slug": "refunds"})).await;
        assert_eq!(refused["error"]["slug"], "role_lacks");
        let notes = room.ok(&room.enter("owner").await, "audit/list", json!({"action": "article/save"})).await;
        let noted = notes.to_string();
        assert!(noted.contains("refunds") && !noted.contains("Within a week"), "{noted}");
    }

    async fn a_real_name_is_decided_as_the_operator_saw_it(store: Store) {
        let room = room(&store).await;
        let support = room.enter("support").await;
        let input = json!({"email": "ann@example.com", "password": PASSWORD});
        let (_, answer, _) = room.send(Method::POST, "/web_v1/user/login", "", &input).await;
        let ann = answer["data"]["access_token"].as_str().unwrap().to_owned();
        let submit = async |name: &str| {
            let input = json!({"name": name, "country": "GB", "document_type": "passport", "document_number": "P1234567"});
            let (_, answer, _) = room.send(Method::POST, "/web_v1/user/submit-real-name", &ann, &input).await;
            assert_eq!(answer["code"], 200, "{answer}");
        };
        let waiting = async || room.ok(&support, "customer/waiting", json!({})).await["list"][0].clone();
        let decide = async |verb: &str, seen: &Value| {
            let input = json!({"email": "ann@example.com", "seen": seen, "reason": "looked at it"});
            room.ask(&support, &format!("customer/{verb}"), input).await.1["error"]["slug"].clone()
        };
        submit("Ada Lovelace").await;
        let seen = waiting().await["version"].clone();
        submit("Charles Babbage").await;
        for (verb, stale) in [("verify", &seen), ("refuse", &seen), ("verify", &json!(0))] {
            assert_eq!(decide(verb, stale).await, "real_name_changed", "{verb} {stale}");
        }
        let now = waiting().await;
        assert_eq!((&now["name"], decide("refuse", &now["version"]).await), (&json!("Charles Babbage"), Value::Null));
        assert_eq!(decide("verify", &now["version"]).await, "real_name_changed", "another operator decided");
        let shown = room.ok(&support, "customer/show", json!({"email": "ann@example.com"})).await;
        assert_eq!((&shown["real_name"]["status"], &shown["verified"]), (&json!("refused"), &json!(false)));
        assert_eq!(decide("verify", &shown["real_name"]["version"]).await, Value::Null);
    }

    async fn customers_are_found_by_any_part_of_their_address(store: Store) {
        let room = room(&store).await;
        let token = room.enter("read-only").await;
        let found = async |input: Value| room.ok(&token, "customer/list", input).await;
        let ann = found(json!({"search": "NN@exam"})).await;
        assert_eq!((&ann["total"], &ann["list"][0]["email"]), (&json!(1), &json!("ann@example.com")));
        assert_eq!((&ann["list"][0]["balance"], &ann["list"][0]["site_name"]), (&json!(100), &json!("one")));
        assert_eq!(found(json!({"search": "a_n"})).await["total"], 0);
        assert_eq!(found(json!({"site": "two"})).await["list"][0]["email"], "bob@example.com");
        assert_eq!(found(json!({"disabled": true})).await["total"], 0);
        let shown = room.ok(&token, "customer/show", json!({"email": "ann@example.com"})).await;
        assert_eq!((&shown["currency"], &shown["real_name"], &shown["totp"]), (&json!("CNY"), &Value::Null, &json!(false)));
    }

    async fn exits_are_imported_whole_or_not_at_all(store: Store) {
        let room = room(&store).await;
        let token = room.enter("network").await;
        let file = "# ours\ntarget,pools,country,city,asn\n127.0.8.2,residential;isp,US,Los Angeles,AS64500\nhttp://u:p@parent.example:3128,datacenter,de,,\n";
        assert_eq!(room.ok(&token, "exit/import", json!({"file": file})).await["imported"], 2);
        let list = async |input: Value| room.ok(&token, "exit/list", input).await;
        assert_eq!(list(json!({"pool": "isp"})).await["list"][0]["target"], "127.0.8.2");
        let parent = list(json!({"country": "DE"})).await;
        assert_eq!((&parent["total"], &parent["list"][0]["target"]), (&json!(1), &json!("http://u@parent.example:3128")));
        assert_eq!(list(json!({"search": "los ang", "status": "enabled", "healthy": true})).await["total"], 2);
        let several = "target,pools,country\n127.0.8.3,isp,\n127.0.8.2,isp,US\n127.0.8.4,fast,US\n127.0.8.5,isp,US\n";
        let (_, answer) = room.ask(&token, "exit/import", json!({"file": several})).await;
        let told = &answer["error"]["errors"]["file"];
        for (at, says) in ["line 2: country", "line 3: An exit 127.0.8.2", "line 4: pools"].into_iter().enumerate() {
            assert!(told[at].as_str().unwrap_or_default().starts_with(says) && told[3].is_null(), "{answer}");
        }
        for (bad, says) in [("target,pools,country\n127.0.8.3,isp,US\n127.0.8.2,isp,US\n", "line 3"),
            ("target,country\n", "pools"), ("target,pools,country\n127.0.8.3,fast,US\n", "residential")] {
            let (status, answer) = room.ask(&token, "exit/import", json!({"file": bad})).await;
            let reason = answer["error"]["errors"]["file"][0].as_str().unwrap_or_default();
            assert!(status == StatusCode::BAD_REQUEST && reason.contains(says), "{answer}");
        }
        assert_eq!(list(json!({})).await["total"], 3);
        let map = room.ok(&token, "exit/map", json!({})).await;
        assert_eq!((&map["list"][0]["country"], &map["list"][1]["serving"]), (&json!("DE"), &json!(2)));
    }

    async fn a_product_is_looked_at_before_it_is_saved_and_keeps_its_place(store: Store) {
        let room = room(&store).await;
        let token = room.enter("finance").await;
        let item = |code: &str, price: &str| json!({"code": code, "type": 9, "title": {"zh": "住宅", "en": "Residential"},
            "gb": 10, "days": 30, "price": {"cny": price}});
        let seen = room.ok(&token, "product/preview", json!({"item": item("a", "99"), "site": "one"})).await;
        assert_eq!((&seen["zh"]["title"], &seen["en"]["title"], &seen["en"]["local_price"]),
            (&json!("住宅"), &json!("Residential"), &json!(99)));
        let mut wrong = item("a", "99");
        wrong["days"] = json!(0);
        let seen = room.ok(&token, "product/preview", json!({"item": wrong, "site": "one"})).await;
        assert_eq!((&seen["fault"], &seen["fault_zh"]), (&json!("needs days"), &json!("需要有效天数")));
        let (status, refused) = room.ask(&token, "product/save", json!({"item": wrong, "site": "one"})).await;
        assert_eq!((status, &refused["error"]["errors"]["days"][0]), (StatusCode::BAD_REQUEST, &seen["fault"]), "{refused}");
        for code in ["a", "b", "c"] {
            room.ok(&token, "product/save", json!({"item": item(code, "99"), "site": "one"})).await;
        }
        room.ok(&token, "product/sort", json!({"codes": ["c", "a"], "site": "one"})).await;
        room.ok(&token, "product/save", json!({"item": item("c", "88.50"), "site": "one"})).await;
        let all = room.ok(&token, "product/list", json!({"site": "one"})).await;
        let codes: Vec<&str> = all["list"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["c", "a", "b"]);
        assert_eq!(all["list"][0]["price"], "88.50");
        let shown = room.ok(&token, "product/show", json!({"code": "c", "site": "one"})).await;
        assert_eq!((&shown["item"]["price"]["cny"], &shown["shop"]["order_minutes"]), (&json!("88.50"), &json!(30)));
        room.ok(&token, "product/shop", json!({"shop": {"order_minutes": 60}, "site": "one"})).await;
        let shown = room.ok(&token, "product/show", json!({"code": "c", "site": "one"})).await;
        assert_eq!(shown["shop"]["order_minutes"], 60);
        let listed = async |site: &str| room.ok(&token, "product/list", json!({"site": site})).await["shop"]["order_minutes"].clone();
        assert_eq!((listed("one").await, listed("two").await), (json!(60), json!(30)), "also of a shop without products");
    }

    async fn an_order_is_found_by_its_number_or_its_customer(store: Store) {
        let room = room(&store).await;
        let token = room.enter("finance").await;
        let item = json!({"code": "a", "type": 9, "title": {"zh": "住宅", "en": "Residential"}, "gb": 10, "days": 30,
            "price": {"cny": "40"}});
        room.ok(&token, "product/save", json!({"item": item, "site": "one"})).await;
        let made = room.ok(&token, "order/create", json!({"customer": "ann@example.com", "product": "a"})).await;
        let number = made["trade_no"].as_str().unwrap();
        for input in [json!({"search": number}), json!({"search": "ann@example.com"}), json!({"status": 1, "type": 9})] {
            let found = room.ok(&token, "order/list", input.clone()).await;
            assert_eq!((&found["total"], &found["list"][0]["email"]), (&json!(1), &json!("ann@example.com")), "{input}");
            assert_eq!(found["list"][0]["title_zh"], "住宅");
        }
        let packages = room.ok(&token, "package/list", json!({"customer": "ann@example.com"})).await;
        assert_eq!(packages["list"][0]["title_zh"], "住宅");
        let entries = room.ok(&token, "ledger/list", json!({"customer": "ann@example.com"})).await;
        assert!(entries["list"].as_array().unwrap().iter().any(|entry| entry["memo_zh"] == "住宅"), "{entries}");
        let product = room.ok(&token, "product/show", json!({"code": "a", "site": "one"})).await;
        assert_eq!((&product["sold"], &product["taken"]), (&json!(1), &json!(0)), "an unlimited stock counts nobody");
        assert_eq!(room.ok(&token, "order/list", json!({"proven": true})).await["total"], 0);
        for (path, field, value) in [("order/list", "type", 999), ("order/list", "status", 4), ("order/list", "status", -1),
            ("invoice/list", "status", 5), ("invoice/list", "status", -1)] {
            let (status, answer) = room.ask(&token, path, json!({field: value})).await;
            assert!(status == StatusCode::BAD_REQUEST && !answer["error"]["errors"][field].is_null(), "{path} {field}: {answer}");
        }
        let today = room.ok(&token, "overview/show", json!({})).await;
        let cny = today["revenue"].as_array().unwrap().iter().find(|one| one["currency"] == "CNY").unwrap();
        assert_eq!(cny["days"][29]["sales"], 40);
        let back = json!({"trade_no": number, "amount": "10", "reason": "half a day down"});
        room.ok(&token, "order/refund", back).await;
        let today = room.ok(&token, "overview/show", json!({})).await;
        let cny = today["revenue"].as_array().unwrap().iter().find(|one| one["currency"] == "CNY").unwrap();
        assert_eq!((&cny["days"][29]["sales"], &cny["days"][29]["orders"]), (&json!(30), &json!(1)));
    }

    async fn a_coupon_holds_only_amounts_that_are_read_again(store: Store) {
        let room = room(&store).await;
        let token = room.enter("finance").await;
        let coupon = |amount: &str, minimum: &str| json!({"code": "SAVE", "amount": amount, "minimum": minimum, "site": "one"});
        for (amount, minimum, field) in [("1000000000.01", "0", "amount"), ("0", "0", "amount"), ("-1", "0", "amount"),
            ("5", "1000000000.01", "minimum"), ("5", "-1", "minimum")] {
            let (status, answer) = room.ask(&token, "coupon/create", coupon(amount, minimum)).await;
            assert!(status == StatusCode::BAD_REQUEST && !answer["error"]["errors"][field].is_null(), "{amount} {minimum}: {answer}");
        }
        room.ok(&token, "coupon/create", coupon("1000000000", "1000000000")).await;
        assert_eq!(room.ok(&token, "coupon/list", json!({})).await["list"][0]["amount"], "1000000000.00");
    }

    async fn the_first_screen_counts_what_moved_and_what_failed(store: Store) {
        let room = room(&store).await;
        let token = room.enter("read-only").await;
        let (customer, exit) = (turnpike_base::CustomerId(1), turnpike_base::ExitId(1));
        let subject = Subject { customer, account: None, product: turnpike_base::ProductType::Dynamic };
        let row = UsageRow { subject, exit, host: "example.com".into(), up: turnpike_base::Bytes(100),
            down: turnpike_base::Bytes(900), connections: 3 };
        let batch = UsageBatch { gateway: GatewayId("gateway-1".into()), start: 5, number: 1, at: SystemClock.now(),
            leases: Vec::new(), rows: vec![row.clone(), row], refusals: Vec::new(), traces: Vec::new(),
            failures: vec![ExitFailures { exit, count: 2 }] };
        turnpike_wire::Control::report(&room.control, batch).await.unwrap();
        let seen = room.ok(&token, "overview/show", json!({})).await;
        let hour = &seen["traffic"]["hours"][47];
        assert_eq!((&hour["up"], &hour["down"], &hour["connections"]), (&json!(200), &json!(1_800), &json!(6)));
        assert_eq!(seen["traffic"]["days"][29]["bytes"], 2_000);
        let place = &seen["success"]["places"][0];
        assert_eq!((&place["country"], &place["connections"], &place["failures"]), (&json!("US"), &json!(6), &json!(2)));
        assert_eq!(seen["success"]["exits"][0]["target"], "127.0.8.1");
        assert_eq!(seen["gateways"]["list"][0]["name"], "gateway-1");
        assert_eq!(seen["alarms"], json!([]));
        let exits = room.ok(&token, "exit/list", json!({})).await;
        assert_eq!((&exits["list"][0]["day_bytes"], &exits["list"][0]["day_failures"]), (&json!(2_000), &json!(2)));
        crate::operator::run(&room.control, "exit/disable", json!({"id": 1})).await.unwrap();
        let seen = room.ok(&token, "overview/show", json!({})).await;
        assert_eq!((&seen["alarms"][0]["slug"], &seen["alarms"][0]["level"]), (&json!("no_exits"), &json!("bad")));
    }

    async fn a_job_that_waits_is_run_at_once(store: Store) {
        let room = room(&store).await;
        let tx = store.write().await.unwrap();
        let now = SystemClock.now();
        turnpike_store::jobs::plan_once(&tx, "sums_prove", "", now.plus_days(1), now).await.unwrap();
        tx.commit().await.unwrap();
        let token = room.enter("owner").await;
        let jobs = room.ok(&token, "job/list", json!({})).await;
        let ran = room.ok(&token, "job/run", json!({"id": jobs["list"][0]["id"]})).await;
        let jobs = room.ok(&token, "job/list", json!({})).await;
        assert_eq!(jobs["list"][0]["run_at"], ran["run_at"]);
        assert_eq!(room.ask(&token, "job/run", json!({"id": 999})).await.0, StatusCode::CONFLICT);
    }

    async fn two_brands_share_an_installation_and_nothing_else(store: Store) {
        let room = room(&store).await;
        let finance = room.enter("finance").await;
        for (site, code, currency, price) in [("one", "cheap", "cny", "40"), ("two", "dear", "usd", "9.90")] {
            let item = json!({"code": code, "type": 9, "title": {"zh": code, "en": code}, "gb": 1, "days": 30,
                "price": {currency: price}});
            room.ok(&finance, "product/save", json!({"item": item, "site": site})).await;
        }
        let brand = async |host: &str| room.send_to(host, Method::GET, "/web_v1/site", "", &json!({})).await.1["data"].clone();
        let (one, two) = (brand("one.example").await, brand("two.example:8443").await);
        assert_eq!((&one["name"], &one["currency"], &one["prefix"], &one["colour"]),
            (&json!("One Proxy"), &json!("CNY"), &json!("/gateway"), &json!("#1c5d99")));
        assert_eq!((&two["name"], &two["currency"], &two["prefix"], &two["time_zone"]),
            (&json!("Two Proxy"), &json!("USD"), &json!("/openapi"), &json!("Asia/Shanghai")));
        let login = async |host: &str, email: &str| {
            let input = json!({"email": email, "password": PASSWORD});
            room.send_to(host, Method::POST, "/web_v1/user/login", "", &input).await.1
        };
        assert_ne!(login("two.example", "ann@example.com").await["code"], 200);
        assert_ne!(login("one.example", "bob@example.com").await["code"], 200);
        for (host, email, own, currency) in [("one.example", "ann@example.com", "cheap", "CNY"), ("two.example", "bob@example.com", "dear", "USD")] {
            let token = login(host, email).await["data"]["access_token"].as_str().unwrap().to_owned();
            let (_, shop, _) = room.send_to(host, Method::GET, "/web_v1/product", &token, &json!({})).await;
            let shop = shop["data"].as_array().unwrap();
            assert_eq!((shop.len(), &shop[0]["title"], &shop[0]["preferred_currency"]), (1, &json!(own), &json!(currency)));
        }
    }
}
