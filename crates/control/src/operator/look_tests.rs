//! What is private is read by few, and every look stands in the audit.

use super::tests::{PASSWORD, Room, room};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use turnpike_base::Clock as _;
use turnpike_base::time::SystemClock;
use turnpike_store::{Store, args, both_engines};

const EXIT: &str = "203.0.113.7";

/// A connection of Ann's and one of Bob's through the same exit, now.
async fn connections(store: &Store) {
    let now = SystemClock.now();
    let tx = store.write().await.unwrap();
    for customer in [1_i64, 2, 1] {
        let sql = "INSERT INTO traces (customer_id, account_id, product_type, client, exit_id, exit_address, destination, opened_at, \
            closed_at, up, down, ending) VALUES ($1, 0, 9, '192.0.2.1', 1, $2, 'example.com:443', $3, $3, 1, 1, 'finished')";
        tx.exec(sql, args![customer, EXIT, now]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

impl Room {
    async fn web(&self, method: Method, path: &str, token: &str, input: &Value) -> Value {
        let (_, answer, _) =
            self.send_to("one.example", method, &format!("/web_v1/{path}"), token, input).await;
        assert_eq!(answer["code"], 200, "{path}: {answer}");
        answer["data"].clone()
    }

    /// Ann does or reads something in her console.
    async fn as_ann(&self, method: Method, path: &str, input: Value) -> Value {
        let login = json!({"email": "ann@example.com", "password": PASSWORD});
        let login = self.web(Method::POST, "user/login", "", &login).await;
        self.web(method, path, login["access_token"].as_str().unwrap(), &input).await
    }
}

/// Who looked at whom, and how it ended, the oldest first.
async fn looks(room: &Room, path: &str) -> Vec<(Value, Value, Value)> {
    let notes = room.ok(&room.enter("owner").await, "audit/list", json!({"action": path})).await;
    let rows = notes["list"].as_array().unwrap().iter().rev();
    rows.map(|note| (note["actor_name"].clone(), note["email"].clone(), note["outcome"].clone())).collect()
}

both_engines! {
    async fn who_used_an_exit_is_told_to_who_keeps_the_network_and_noted_for_each_customer(store: Store) {
        let room = room(&store).await;
        connections(&store).await;
        let network = room.enter("network").await;
        let mut input = json!({"exit": EXIT, "at": crate::operator::time(SystemClock.now())});
        let (status, answer) = room.ask(&network, "usage/trace", input.clone()).await;
        assert_eq!((status, answer["error"]["errors"]["reason"].is_array()), (StatusCode::BAD_REQUEST, true), "{answer}");
        input["reason"] = json!("abuse report 12");
        for role in ["read-only", "finance", "support"] {
            let (status, _) = room.ask(&room.enter(role).await, "usage/trace", input.clone()).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{role}");
        }
        assert_eq!(room.ok(&network, "usage/trace", input.clone()).await["total"], 3);
        let by = |email: &str| (json!("network@example.com"), json!(email), json!("ok"));
        let notes = looks(&room, "usage/trace").await;
        assert_eq!(notes[3..], [by("ann@example.com"), by("bob@example.com")], "after three refusals: {notes:?}");
        input["exit"] = json!("203.0.113.99");
        assert_eq!(room.ok(&network, "usage/trace", input).await["total"], 0);
        assert_eq!(looks(&room, "usage/trace").await[5..], [(json!("network@example.com"), Value::Null, json!("ok"))]);
        let owner = room.enter("owner").await;
        let hers = room.ok(&owner, "audit/list", json!({"customer": "ann@example.com", "action": "usage/trace"})).await;
        assert!(hers["list"][0]["detail"].as_str().unwrap().contains("abuse report 12"), "{hers}");
        let own = room.as_ann(Method::GET, "user/activity?size=200", Value::Null).await.to_string();
        assert!(own.contains("user/login") && !own.contains("usage/trace"), "nobody is warned of an abuse report: {own}");
    }

    async fn a_customers_key_is_the_owners_to_read(store: Store) {
        let room = room(&store).await;
        let why = json!({"email": "ann@example.com", "reason": "ticket 7"});
        for role in ["read-only", "finance", "network", "support"] {
            let (status, answer) = room.ask(&room.enter(role).await, "customer/key", why.clone()).await;
            assert_eq!((status, &answer["error"]["slug"]), (StatusCode::FORBIDDEN, &json!("role_lacks")), "{role}");
        }
        let owner = room.enter("owner").await;
        let key = room.ok(&owner, "customer/key", why).await["app_key"].as_str().unwrap().to_owned();
        let notes = room.ok(&owner, "audit/list", json!({"action": "customer/key", "customer": "ann@example.com"})).await;
        let last = &notes["list"][0];
        assert_eq!((&last["actor_name"], &last["outcome"]), (&json!("owner@example.com"), &json!("ok")));
        assert!(!notes.to_string().contains(&key), "never the key");
    }

    async fn looks_at_documents_and_letters_are_noted(store: Store) {
        let room = room(&store).await;
        let name = json!({"name": "Ada Lovelace", "country": "GB", "document_type": "passport", "document_number": "P1234567"});
        room.as_ann(Method::POST, "user/submit-real-name", name).await;
        let support = room.enter("support").await;
        assert_eq!(room.ok(&support, "customer/waiting", json!({})).await["list"][0]["document_number"], "P1234567");
        let by = |who: &str, whose: Value| (json!(format!("{who}@example.com")), whose, json!("ok"));
        assert_eq!(looks(&room, "customer/waiting").await, [by("support", json!("ann@example.com"))]);
        let owner = room.enter("owner").await;
        room.ok(&owner, "customer/reset", json!({"email": "ann@example.com", "reason": "asked"})).await;
        let mail = room.ok(&owner, "mail/list", json!({})).await["list"][0]["id"].clone();
        room.ok(&owner, "mail/show", json!({"id": mail})).await;
        assert_eq!(looks(&room, "mail/list").await, [by("owner", Value::Null)]);
        assert_eq!(looks(&room, "mail/show").await, [by("owner", json!("ann@example.com"))]);
        let (status, _) = room.ask(&owner, "mail/show", json!({"id": 999})).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(looks(&room, "mail/show").await[1].2, "mail_unknown");
    }

    async fn a_real_name_is_shown_to_who_decides_on_it(store: Store) {
        let room = room(&store).await;
        let name = json!({"name": "Ada Lovelace", "country": "GB", "document_type": "passport", "document_number": "P1234567"});
        room.as_ann(Method::POST, "user/submit-real-name", name).await;
        for (role, sees) in [("owner", true), ("support", true), ("finance", false), ("network", false), ("read-only", false)] {
            let shown = room.ok(&room.enter(role).await, "customer/show", json!({"email": "ann@example.com"})).await;
            let told = shown["real_name"].to_string();
            assert_eq!((told.contains("Ada"), told.contains("pending")), (sees, true), "{role}: {told}");
        }
    }
}
