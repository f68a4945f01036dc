//! Places as two brands call them: what their customers read, search and type.

use super::run as command;
use super::tests::room;
use crate::Control;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt;
use turnpike_base::Timestamp;
use turnpike_base::time::SystemClock;
use turnpike_store::{Read, Store, Vault, args, both_engines};
use turnpike_wire::{
    Admission, Change, Control as _, Credentials, Permit, PinAsk, PlaceFilter, Reason, Targeting,
};

/// Ann buys from the brand `one`, Bob from `two`; each has an account of his name.
struct People {
    control: Control,
    router: axum::Router,
    ann: String,
    bob: String,
}

impl People {
    async fn get(&self, key: &str, path: &str, lang: &str) -> Value {
        let prefix = if key == self.ann { "gateway" } else { "openapi" };
        let request = Request::get(format!("/{prefix}/{path}")).header("language", lang);
        let request = request.header("authorization", format!("Bearer {key}"));
        let answer = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 22).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    async fn data(&self, key: &str, path: &str, lang: &str) -> Value {
        self.get(key, path, lang).await["data"].clone()
    }

    /// What a gateway is told of a username's place.
    async fn admit(&self, account: &str, city: &str) -> Result<PlaceFilter, Reason> {
        Ok(self.permit(account, city).await?.place)
    }

    async fn permit(&self, account: &str, city: &str) -> Result<Permit, Reason> {
        let credentials = Credentials { account: account.into(), password: "pass".into() };
        let targeting =
            Targeting { country: Some("US".into()), city: Some(city.into()), ..Targeting::default() };
        let ask = Admission {
            client: [192, 0, 2, 1].into(),
            dialled: SocketAddr::from(([127, 0, 0, 1], 3120)),
            at_endpoint: false,
            credentials: Some(credentials),
            targeting,
        };
        let answer = self.control.admit(ask).await;
        answer.map_err(|refusal| refusal.reason)
    }
}

async fn people(store: &Store) -> People {
    room(store).await;
    // Opened anew: what serves is read from the store, nothing has to be published first.
    let control = Control::open(store.clone(), Vault::new([7; 32]), Arc::new(SystemClock)).await.unwrap();
    let router = control.router(Vec::new());
    let mut keys = Vec::new();
    for (email, account, prefix) in
        [("ann@example.com", "ann01", "gateway"), ("bob@example.com", "bob01", "openapi")]
    {
        let made = command(&control, "customer/key", json!({"email": email})).await.unwrap();
        let key = made["app_key"].as_str().unwrap().to_owned();
        let body = json!({"accounts": format!("{account}:pass"), "app_key": key}).to_string();
        let request =
            Request::post(format!("/{prefix}/whitelist-account/add")).body(Body::from(body)).unwrap();
        assert_eq!(router.clone().oneshot(request).await.unwrap().status(), StatusCode::OK);
        keys.push(key);
    }
    let [ann, bob] = keys.try_into().unwrap();
    People { control, router, ann, bob }
}

const LA: (&str, &str, &str) = ("US", "CA", "Los Angeles");

/// Names the city for the brand `two`.
async fn name(control: &Control, zh: &str, en: &str) {
    let (country, state, city) = LA;
    let input = json!({"site": "two", "country": country, "state": state, "city": city, "zh": zh, "en": en});
    command(control, "place/set", input).await.unwrap();
}

both_engines! {
    async fn each_brand_tells_places_in_its_own_words(store: Store) {
        let all = people(&store).await;
        name(&all.control, "天使之城", "Angel City").await;
        for (input, shown) in [(json!({"country": "us", "en": "The States"}), "The States"),
            (json!({"country": "US", "state": "California", "en": "Golden State"}), "Golden State")] {
            let mut input = input;
            input["site"] = json!("two");
            assert_eq!(command(&all.control, "place/set", input).await.unwrap()["en"], shown);
        }
        let tree = |state: &str, city: &str| json!([{"Area": "US", "states": [{"State": state, "cities": [city]}]}]);
        for (key, account, lang, wanted) in [
            (&all.ann, "ann01", "zh", tree("California", "Los Angeles")),
            (&all.ann, "ann01", "en", tree("California", "Los Angeles")),
            (&all.bob, "bob01", "zh", tree("Golden State", "天使之城")),
            (&all.bob, "bob01", "en", tree("Golden State", "Angel City")),
        ] {
            let told = all.data(key, &format!("ip/dal4?username={account}"), lang).await;
            assert_eq!(told["list"], wanted, "{account} {lang}");
            let cities = all.data(key, &format!("ip/dcl4?username={account}"), lang).await;
            assert_eq!(cities["list"][0]["City"], wanted[0]["states"][0]["cities"][0]);
            let states = all.data(key, &format!("ip/dsl4?username={account}"), lang).await;
            assert_eq!(states["list"][0]["State"], wanted[0]["states"][0]["State"]);
        }
        let cities = all.data(&all.bob, "ip/dynamic-citys", "en").await["list"][0].clone();
        assert_eq!((&cities["name_en"], &cities["name_zh_cn"]), (&json!("The States"), &json!("美国")));
        assert_eq!((&cities["items"][0]["city"], &cities["items"][0]["state"]), (&json!("Angel City"), &json!("Golden State")));
        assert_eq!(all.data(&all.ann, "ip/dynamic-states", "en").await["list"][0]["name_en"], "United States");
        for path in ["ip/dynamic-citys/search?country_code=thestates&state=golden%20state", "ip/dynamic-citys/search?country_code=US&state=CA"] {
            assert_eq!(all.data(&all.bob, path, "en").await["list"], json!(["Angel City"]), "{path}");
        }
        assert_eq!(all.get(&all.ann, "ip/dynamic-states/search?country_code=thestates", "en").await["code"], 400);
    }

    async fn a_brands_pages_know_what_it_calls_countries(store: Store) {
        let room = room(&store).await;
        let input = json!({"site": "two", "country": "TW", "zh": "宝岛"});
        command(&room.control, "place/set", input).await.unwrap();
        let of = async |host| room.send_to(host, Method::GET, "/web_v1/site", "", &Value::Null).await.1["data"]["country_names"].clone();
        assert_eq!(of("one.example").await, json!([]));
        let [tw] = <[Value; 1]>::try_from(of("two.example").await.as_array().unwrap().clone()).unwrap();
        assert_eq!((&tw["country_code"], &tw["name_zh_cn"], &tw["name_en"]), (&json!("TW"), &json!("宝岛"), &json!("Taiwan")));
    }

    async fn usernames_take_the_brands_names_and_its_customers_alone(store: Store) {
        let all = people(&store).await;
        name(&all.control, "天使之城", "Angel City").await;
        let usual = all.admit("bob01", "Los Angeles").await.unwrap();
        for spelling in ["Angel City", "angelcity", "天使之城"] {
            assert_eq!(all.admit("bob01", spelling).await.unwrap(), usual, "{spelling}: one place, one session");
            assert_eq!(all.admit("ann01", spelling).await.unwrap_err(), Reason::UnknownPlace);
        }
        let explained = all.data(&all.bob, "proxy-account/explain?username=bob01_area-US_city-AngelCty", "en").await;
        assert!(explained["refusal"]["text"].as_str().unwrap().contains("Angel City"), "{explained}");
    }

    async fn sessions_and_usernames_are_told_in_the_brands_words(store: Store) {
        let all = people(&store).await;
        name(&all.control, "天使之城", "Angel City").await;
        for input in [json!({"site": "two", "country": "US", "zh": "合众国", "en": "The States"}),
            json!({"site": "two", "country": "US", "state": "CA", "zh": "金州", "en": "Golden State"})] {
            command(&all.control, "place/set", input).await.unwrap();
        }
        let tx = store.read().await.unwrap();
        let exits = tx.rows("SELECT id FROM exits", args![]).await.unwrap();
        let exit = exits[0].get("id").unwrap();
        for (who, account) in [("ann", "ann01"), ("bob", "bob01")] {
            let grant = json!({"customer": format!("{who}@example.com"), "type": 9, "gb": 1});
            command(&all.control, "package/grant", grant).await.unwrap();
            let subject = all.permit(account, "Los Angeles").await.unwrap().subject;
            let ask = PinAsk { subject, session: "a1@US@US-CA@losangeles@@".into(), exit, until: Timestamp::FAR, instead_of: None, prolongs: false };
            all.control.pin(ask).await.unwrap();
        }
        for (key, account, lang, words) in [
            (&all.ann, "ann01", "zh", ["美国", "California", "Los Angeles"]),
            (&all.bob, "bob01", "zh", ["合众国", "金州", "天使之城"]),
            (&all.bob, "bob01", "en", ["The States", "Golden State", "Angel City"]),
        ] {
            let session = all.data(key, "session/list", lang).await["list"][0].clone();
            let path = format!("proxy-account/explain?username={account}_area-US_city-LosAngeles");
            for told in [session, all.data(key, &path, lang).await] {
                let fields = ["country_name", "state", "city"].map(|field| told[field].as_str().unwrap_or_default().to_owned());
                assert_eq!((fields, &told["country_code"]), (words.map(str::to_owned), &json!("US")), "{told}");
            }
        }
    }

    async fn what_was_kept_follows_at_once(store: Store) {
        let all = people(&store).await;
        let ask = async || {
            let told = all.data(&all.bob, "ip/dal4?username=bob01", "en").await;
            (told["cache"].clone(), told["list"][0]["states"][0]["cities"][0].clone())
        };
        assert_eq!(ask().await, (json!(false), json!("Los Angeles")));
        name(&all.control, "", "Angel City").await;
        assert_eq!(ask().await, (json!(false), json!("Angel City")));
        assert_eq!(ask().await, (json!(true), json!("Angel City")));
        name(&all.control, "", "Sun City Beach").await;
        assert_eq!(ask().await, (json!(false), json!("Sun City Beach")));
        assert_eq!(all.admit("bob01", "Angel City").await.unwrap_err(), Reason::UnknownPlace);
        command(&all.control, "place/clear", json!({"site": "two", "country": "US", "state": "CA", "city": "losangeles"})).await.unwrap();
        assert_eq!(ask().await.1, json!("Los Angeles"));
    }

    async fn gateways_hear_of_it_when_control_knows(store: Store) {
        let all = people(&store).await;
        let (mut feed, _work) = (all.control.changes(), all.control.start());
        name(&all.control, "", "Angel City").await;
        while feed.recv().await.unwrap().change != Change::PlaceNames {}
        assert!(all.admit("bob01", "Angel City").await.is_ok());
    }

    async fn a_file_names_all_its_places_or_none(store: Store) {
        let room = room(&store).await;
        let token = room.enter("owner").await;
        let (angels, sunrise) = ("天使之城", "日出之国");
        let file =
            &format!("country,state,city,zh,en\nUS,CA,Los Angeles,{angels},\nJP,,,{sunrise},Nippon\n");
        let import = async |file: &str| room.ask(&token, "place/import", json!({"file": file, "site": "two"})).await;
        assert_eq!(import(file).await.1["data"]["imported"], 2);
        let listed = room.ok(&token, "place/list", json!({"site": "two"})).await;
        assert_eq!(listed["total"], 2);
        assert_eq!(listed["list"][1], json!({"country": "US", "state": "US-CA", "city": "losangeles", "zh": "天使之城",
            "en": null, "catalogue_zh": "Los Angeles", "catalogue_en": "Los Angeles"}));
        assert_eq!(room.ok(&token, "place/list", json!({"site": "one"})).await["total"], 0);
        let (status, answer) = import("country,state,city,zh,en\nKR,,,,Hangook\nUS,,Portland,,Rose City\nXX,,,,Nowhere\nDE,,,,France\n").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let told = answer["error"]["errors"]["file"].as_array().unwrap();
        let starts = ["line 3: Several states", "line 4: There is no country", "line 5: \"France\" means France (FR) already"];
        assert_eq!(told.len(), 3, "{answer}");
        told.iter().zip(starts).for_each(|(told, start)| assert!(told.as_str().unwrap().starts_with(start), "{told}"));
        assert_eq!(room.ok(&token, "place/list", json!({"site": "two"})).await["total"], 2, "Korea was not named");
        assert_eq!(room.ok(&token, "place/clear-all", json!({"site": "two"})).await["cleared"], 2);
        let audit = room.ok(&token, "audit/list", json!({})).await;
        assert!(audit["list"].as_array().unwrap().iter().any(|note| note["action"] == "place/clear-all"), "{audit}");
    }

    async fn the_places_of_a_file_may_swap_names_and_stand_in_it_once(store: Store) {
        let room = room(&store).await;
        let token = room.enter("owner").await;
        let import = async |rows: &str| {
            let file = format!("country,state,city,zh,en\n{rows}");
            room.ask(&token, "place/import", json!({"file": file})).await
        };
        let (rose, port) = (("玫瑰城", "Rose"), ("港城", "Port"));
        let portlands = |oregon: (&str, &str), maine: (&str, &str)| {
            format!("US,OR,Portland,{},{}\nUS,ME,Portland,{},{}\n", oregon.0, oregon.1, maine.0, maine.1)
        };
        for (oregon, maine) in [(rose, port), (port, rose), (rose, port)] {
            assert_eq!(import(&portlands(oregon, maine)).await.0, StatusCode::OK);
            let listed = room.ok(&token, "place/list", json!({})).await;
            assert_eq!((&listed["list"][1]["state"], &listed["list"][1]["en"]), (&json!("US-OR"), &json!(oregon.1)));
        }
        let shared = ("波特兰", "");
        assert_eq!(import(&portlands(shared, shared)).await.0, StatusCode::OK, "two of one name share another");
        let (status, answer) = import("US,OR,Portland,,Rose\nJP,,,,Nippon\nus,oregon,portland,,Port\n").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(answer["error"]["errors"]["file"], json!(["line 4: Portland (US-OR) stands on line 2 already"]));
        // A name that the file gives twice, or that a place outside of it has, is still taken.
        let (_, answer) = import("JP,,,,Nippon\nKR,,,,Nippon\nDE,,,,France\n").await;
        assert_eq!(answer["error"]["errors"]["file"], json!(["line 3: \"Nippon\" means Nippon (JP) already", "line 4: \"France\" means France (FR) already"]));
    }

    async fn the_words_of_a_brand_are_its_owners(store: Store) {
        let room = room(&store).await;
        for (role, status) in [("network", StatusCode::FORBIDDEN), ("owner", StatusCode::OK)] {
            let token = room.enter(role).await;
            assert_eq!(room.ask(&token, "place/set", json!({"country": "JP", "en": "Nippon"})).await.0, status, "{role}");
            assert_eq!(room.ask(&token, "place/list", json!({})).await.0, StatusCode::OK, "{role}");
        }
    }
}
