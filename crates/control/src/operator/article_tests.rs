//! Help articles with the reader's own account and key in their commands.

use super::run as command;
use super::tests::{Room, room};
use http::Method;
use serde_json::{Value, json};
use turnpike_store::both_engines;

const EMAIL: &str = "ann@example.com";

/// The content of all articles, as a bearer of a token reads them.
async fn read(room: &Room, path: &str, token: &str) -> String {
    let (_, answer, _) = room.send_to("one.example", Method::GET, path, token, &json!({})).await;
    let rows = answer["data"]["list"].as_array().unwrap().clone();
    rows.iter().map(|row| row["content"].as_str().unwrap().to_owned()).collect()
}

/// What is asked of the API, as a person or with a key.
async fn post(room: &Room, path: &str, token: &str, input: Value) -> Value {
    let (_, answer, _) = room.send_to("one.example", Method::POST, path, token, &input).await;
    assert_eq!(answer["code"], 200, "{path}: {answer}");
    answer["data"].clone()
}

both_engines! {
    async fn commands_hold_the_reader_s_own_account_and_key_where_a_person_reads(store: Store) {
        let room = room(&store).await;
        let who = json!({"email": EMAIL, "password": "correct horse battery"});
        let login = post(&room, "/web_v1/user/login", "", who).await;
        let token = login["access_token"].as_str().unwrap();
        let people = "/web_v1/article/list";
        let asks = |who: &str| format!("curl -x http://one.example:3120 -U {who} https://example.com/");
        assert!(read(&room, people, token).await.contains(&asks("USERNAME:PASSWORD")), "there is no account yet");
        let made = command(&room.control, "customer/key", json!({"email": EMAIL})).await.unwrap();
        let key = made["app_key"].as_str().unwrap();
        post(&room, "/gateway/whitelist-account/add", key, json!({"accounts": "ann01:pass4711"})).await;
        let hers = read(&room, people, token).await;
        assert!(hers.contains(&asks("ann01:pass4711")) && hers.contains(&format!("app_key={key}&")), "{hers}");
        // A key that may read articles need not be one that may read passwords.
        let programs = read(&room, "/gateway/article/list", key).await;
        assert!(programs.contains(&asks("USERNAME:PASSWORD")) && programs.contains("app_key=YOUR_KEY&"), "{programs}");
        let why = json!({"email": EMAIL, "reason": "ticket 7"});
        let seen = room.ok(&room.enter("support").await, "customer/see-as", why).await;
        let seen = read(&room, people, seen["access_token"].as_str().unwrap()).await;
        assert!(seen.contains(&asks("ann01:PASSWORD")) && seen.contains("app_key=YOUR_KEY&"), "{seen}");
    }
}
