//! What operators are told of sites that can't be.

use super::tests::room;
use http::StatusCode;
use serde_json::json;
use turnpike_store::both_engines;

both_engines! {
    async fn all_that_is_wrong_with_a_site_is_told_at_once(store: Store) {
        let room = room(&store).await;
        let token = room.enter("owner").await;
        let site = json!({"name": "three", "prefixes": ["bad"], "hosts": ["_ no"], "zone": "x", "look": {"colour": "red"}});
        let (status, refused) = room.ask(&token, "site/create", site).await;
        let named: Vec<&str> = refused["error"]["errors"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!((status, named), (StatusCode::BAD_REQUEST, vec!["colour", "hosts", "prefixes", "zone"]), "{refused}");
        let (_, refused) = room.ask(&token, "site/change", json!({"name": "one", "prefixes": ["bad"], "hosts": ["_ no"], "look": {"accent": "x"}})).await;
        assert_eq!(refused["error"]["errors"].as_object().unwrap().len(), 3, "{refused}");
    }
}
