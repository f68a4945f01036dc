//! Operators' commands under an `Idempotency-Key`: whatever gets lost on the way, they are done once.

use super::tests::room;
use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;
use turnpike_base::Secret;
use turnpike_store::both_engines;

async fn ask(router: &Router, token: &str, path: &str, key: &str, input: &Value) -> (StatusCode, Value) {
    let door = if token == "script" { "operator" } else { "operator_v1" };
    let request = Request::post(format!("/{door}/{path}")).header("host", "one.example");
    let request = request.header("authorization", format!("Bearer {token}")).header("idempotency-key", key);
    let answer = router.clone().oneshot(request.body(Body::from(input.to_string())).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, serde_json::from_slice(&bytes).unwrap())
}

both_engines! {
    async fn a_credit_that_is_asked_for_again_is_given_once(store: Store) {
        let room = room(&store).await;
        let router = room.control.router(vec![Secret::new("script")]);
        let owner = room.enter("owner").await;
        let ten = json!({"email": "ann@example.com", "amount": "10", "reason": "ticket 7"});
        for token in [owner.as_str(), "script"] {
            let twins: Vec<_> = (0..4).map(|_| ask(&router, token, "customer/credit", "k1", &ten)).collect();
            let answers = futures_util::future::join_all(twins).await;
            assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == StatusCode::OK), "{answers:?}");
        }
        let shown = room.ok(&owner, "customer/show", json!({"email": "ann@example.com"})).await;
        assert_eq!(shown["balance"], 120, "one of the person's, one of the script's");
        let more = json!({"email": "ann@example.com", "amount": "11", "reason": "ticket 7"});
        let (status, refused) = ask(&router, &owner, "customer/credit", "k1", &more).await;
        assert_eq!((status, &refused["error"]["slug"]), (StatusCode::CONFLICT, &json!("idempotency_key_reused")));
        let (status, refused) = ask(&router, &owner, "customer/credit", &"k".repeat(256), &ten).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(refused["error"]["errors"]["Idempotency-Key"][0].is_string(), "{refused}");
    }

    async fn what_somebody_saved_meanwhile_is_not_overwritten(store: Store) {
        let room = room(&store).await;
        let owner = room.enter("owner").await;
        let item = json!({"code": "b", "type": 9, "title": {"zh": "B", "en": "B"}, "gb": 1, "days": 1, "price": {"cny": "5"}});
        room.ok(&owner, "product/save", json!({"site": "one", "item": item, "reason": "new"})).await;
        let seen = room.ok(&owner, "product/show", json!({"site": "one", "code": "b"})).await;
        let with = |price: &str| {
            let mut item = seen["item"].clone();
            item["price"]["cny"] = json!(price);
            json!({"site": "one", "item": item, "seen": seen["item"], "reason": "dearer"})
        };
        room.ok(&owner, "product/save", with("6")).await;
        let (status, stale) = room.ask(&owner, "product/save", with("7")).await;
        assert_eq!((status, &stale["error"]["slug"]), (StatusCode::CONFLICT, &json!("edit_stale")));
        let hour = |minutes: i64| {
            let mut shop = seen["shop"].clone();
            shop["order_minutes"] = json!(minutes);
            json!({"site": "one", "shop": shop, "seen": seen["shop"], "reason": "longer"})
        };
        room.ok(&owner, "product/shop", hour(60)).await;
        assert_eq!(room.ask(&owner, "product/shop", hour(61)).await.0, StatusCode::CONFLICT);
        let site = room.ok(&owner, "site/show", json!({"name": "one"})).await;
        let titled = |title: &str| json!({"name": "one", "look": {"title": title}, "seen": site, "reason": "name"});
        room.ok(&owner, "site/change", titled("Uno")).await;
        assert_eq!(room.ask(&owner, "site/change", titled("Eins")).await.0, StatusCode::CONFLICT);
    }

    async fn what_failed_is_tried_again_under_the_same_key(store: Store) {
        let room = room(&store).await;
        let router = room.control.router(Vec::new());
        let owner = room.enter("owner").await;
        let input = json!({"email": "late@example.com", "amount": "10", "reason": "ticket 8"});
        assert_eq!(ask(&router, &owner, "customer/credit", "k2", &input).await.0, StatusCode::NOT_FOUND);
        room.ok(&owner, "customer/create", json!({"email": "late@example.com", "site": "one", "reason": "x"})).await;
        assert_eq!(ask(&router, &owner, "customer/credit", "k2", &input).await.0, StatusCode::OK);
    }
}
