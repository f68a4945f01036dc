//! The stock of static addresses through the operators' door: lists, grants, and what takes addresses away.

use super::tests::room;
use http::StatusCode;
use serde_json::{Value, json};
use turnpike_store::{Read, args, both_engines};

both_engines! {
    async fn stock_is_narrowed_by_type_place_and_state(store: Store) {
        let room = room(&store).await;
        let token = room.enter("network").await;
        let file = "address,type,country,isp\n203.0.113.1,25,US,Acme\n203.0.113.2,14,DE,Bolt\n";
        room.ok(&token, "static-ip/import", json!({"file": file})).await;
        room.ok(&token, "static-ip/maintain", json!({"address": "203.0.113.2"})).await;
        let count = async |input: Value| room.ok(&token, "static-ip/list", input).await["total"].clone();
        assert_eq!(count(json!({"type": 25})).await, 1);
        assert_eq!(count(json!({"country": "DE", "state": "maintenance"})).await, 1);
        assert_eq!(count(json!({"state": "free"})).await, 1);
        assert_eq!(count(json!({"state": "held"})).await, 0);
        assert_eq!(count(json!({"search": "acm"})).await, 1);
        for (country, found) in [("germany", 1), ("德国", 1), ("USA", 1), ("UK", 0), (" ", 2)] {
            assert_eq!(count(json!({"country": country})).await, found, "{country}");
        }
        let (status, answer) = room.ask(&token, "static-ip/list", json!({"country": "Germny"})).await;
        assert!(status == StatusCode::BAD_REQUEST && answer["error"]["errors"]["country"][0].as_str().unwrap().contains("Germany"), "{answer}");
        assert_eq!(room.ok(&token, "exit/list", json!({"country": "America"})).await["total"], 2, "the room's own, and the stock's");
        let give = async |country: &str| room.ask(&token, "static-ip/grant", json!({"customer": "ann@example.com", "type": 25, "country": country})).await;
        assert_eq!(give("UK").await.1["error"]["message"], "Not enough static addresses are left in GB");
        assert_eq!(give("United States").await.1["data"]["addresses"], json!(["203.0.113.1"]));
        assert_eq!(give("Unitd States").await.0, StatusCode::BAD_REQUEST);
        for (field, value, bound) in [("count", 0, "1 to 1000 addresses"), ("count", -5, "1 to 1000"), ("days", 3_661, "1 to 3660 days"), ("days", -7, "1 to 3660")] {
            let mut input = json!({"customer": "ann@example.com", "type": 25, "country": "US"});
            input[field] = json!(value);
            let (status, answer) = room.ask(&token, "static-ip/grant", input).await;
            assert_eq!(status, StatusCode::BAD_REQUEST);
            assert!(answer["error"]["errors"][field][0].as_str().unwrap().contains(bound), "{answer}");
        }
    }

    async fn an_address_is_taken_out_of_stock_unless_somebody_holds_it(store: Store) {
        let room = room(&store).await;
        let token = room.enter("network").await;
        room.ok(&token, "static-ip/import", json!({"file": "address,type,country\n203.0.113.7,14,US\n203.0.113.8,14,US\n"})).await;
        let grant = json!({"customer": "ann@example.com", "type": 14, "country": "US"});
        let given = room.ok(&token, "static-ip/grant", grant).await["addresses"][0].clone();
        let remove = async |address: &Value| room.ask(&token, "static-ip/remove", json!({"address": address, "reason": "sold"})).await;
        let (status, answer) = remove(&given).await;
        assert_eq!((status, &answer["error"]["slug"]), (StatusCode::CONFLICT, &json!("static_is_held")));
        let other = if given == "203.0.113.7" { json!("203.0.113.8") } else { json!("203.0.113.7") };
        assert_eq!(remove(&other).await.1["data"]["address"], other);
        let left = room.ok(&token, "static-ip/list", json!({})).await;
        assert_eq!((&left["total"], &left["list"][0]["address"]), (&json!(1), &given));
        assert_eq!(room.ask(&room.enter("support").await, "static-ip/remove", json!({"address": given})).await.0, StatusCode::FORBIDDEN);
        let audit = room.ok(&room.enter("owner").await, "audit/list", json!({})).await;
        let outcomes: Vec<_> = audit["list"].as_array().unwrap().iter().filter(|note| note["action"] == "static-ip/remove").map(|note| note["outcome"].clone()).collect();
        assert_eq!(outcomes, ["role_lacks", "ok", "static_is_held"]);
    }

    async fn an_address_that_is_released_takes_its_package_along(store: Store) {
        let room = room(&store).await;
        let token = room.enter("owner").await;
        room.ok(&token, "static-ip/import", json!({"file": "address,type,country\n203.0.113.7,14,US\n"})).await;
        let given = room.ok(&token, "static-ip/grant", json!({"customer": "ann@example.com", "type": 14, "country": "US"})).await;
        let tx = store.write().await.unwrap();
        let sql = "INSERT INTO renewal_settings (package_id, customer_id, duration, due_at, updated_at) SELECT id, customer_id, '1m', 0, 0 FROM packages";
        tx.exec(sql, args![]).await.unwrap();
        tx.exec("UPDATE packages SET auto_renew = 1", args![]).await.unwrap();
        tx.commit().await.unwrap();
        room.ok(&token, "static-ip/release", json!({"package": given["packages"][0], "reason": "moved"})).await;
        let tx = store.read().await.unwrap();
        for rows in ["renewal_settings", "packages WHERE auto_renew = 1"] {
            let row = tx.row(&format!("SELECT COUNT(*) AS n FROM {rows}"), args![]).await.unwrap().unwrap();
            assert_eq!(row.get::<i64>("n").unwrap(), 0, "{rows}: what is released is not renewed");
        }
        drop(tx);
        let left = room.ok(&token, "package/list", json!({"customer": "ann@example.com"})).await;
        assert_eq!((&left["list"][0]["id"], &left["list"][0]["status"]), (&given["packages"][0], &json!(3)), "{left}");
    }
}
