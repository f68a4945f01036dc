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
