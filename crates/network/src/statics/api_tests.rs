//! Static addresses as customers see them, on both engines.

use super::{Wish, hold, parse, stock};
use crate::testing::{ALICE, Api, BOB, NOW, site, vault};
use crate::{Entry, State};
use serde_json::{Value, json};
use std::sync::Arc;
use turnpike_access::accounts::{self, NewAccount, Pair};
use turnpike_base::{Bytes, CustomerId, PackageId, ProductType, Secret, Timestamp};
use turnpike_places::{Named, Names, PlaceKey};
use turnpike_store::{Store, both_engines};
use turnpike_web::Site;
use turnpike_wire::CountryCode;

const STOCK: &str = "address,type,country,state,city,asn,isp,holders
127.0.9.1,25,US,California,Los Angeles,7922,Comcast,1
127.0.9.2,25,US,NY,New York,701,Verizon,2
127.0.9.3,25,US,NY,New York,,,1
127.0.9.4,14,DE,,Berlin,24940,Hetzner,1
";

/// The stock, and the API over it.
async fn stocked(store: &Store) -> Api {
    stock::import(&crate::testing::state(store), parse(STOCK).unwrap(), NOW).await.unwrap();
    let api = Api::new(store).await;
    api.state.set_entry(Entry { port: 3_120, ..Entry::default() });
    api
}

async fn buy(state: &State, customer: CustomerId, country: &str, package: i64, until: Timestamp) {
    let product =
        if country == "DE" { ProductType::StaticDatacenter } else { ProductType::StaticResidential };
    let country = CountryCode::parse(country).unwrap();
    let wish = Wish { customer, product, country, asn: None, count: 1 };
    let tx = state.store.write().await.unwrap();
    let trade = format!("trade{package}");
    hold::allocate(&tx, &vault(), &wish, &trade, &[PackageId(package)], until, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

async fn account(state: &State, name: &str, enabled: bool, at: Timestamp) {
    let access = turnpike_access::State::over(state.store.clone(), vault());
    let pair = Pair { username: name.into(), password: Secret::new(format!("{name}pass")) };
    let product = ProductType::StaticResidential;
    let new = NewAccount {
        product,
        remark: String::new(),
        limit: Bytes::ZERO,
        daily_limit: Bytes::ZERO,
        cap: 1_000_000,
    };
    accounts::flow::add(&access, ALICE, &[pair], &new, at).await.unwrap();
    accounts::flow::set_enabled(&access, ALICE, &[name.into()], enabled, at).await.unwrap();
}

fn ids(data: &Value) -> Vec<i64> {
    data["list"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

both_engines! {
    async fn an_owned_address_is_told_in_the_sites_words(store: Store) {
        let api = stocked(&store).await;
        buy(&api.state, ALICE, "US", 10, NOW.plus_days(30)).await;
        let en = |name: &str| Named { zh: None, en: Some(name.into()) };
        let names = Names::new([
            (PlaceKey::find("US", None, None).unwrap(), Named { zh: Some("合众国".into()), en: None }),
            (PlaceKey::find("US", Some("US-CA"), None).unwrap(), en("Golden State")),
            (PlaceKey::find("US", Some("US-CA"), Some("losangeles")).unwrap(), en("Angel City")),
        ]);
        let api = Api::on(&store, Site { places: Arc::new(names), ..site() }).await;
        let found = api.data(ALICE, "ip/get-static-ip?country_code=%E5%90%88%E4%BC%97%E5%9B%BD").await["list"][0].clone();
        assert_eq!((&found["state"], &found["city"]), (&json!("Golden State"), &json!("Angel City")));
        assert_eq!((&found["country"]["name_zh_cn"], &found["country"]["name_en"]), (&json!("合众国"), &json!("United States")));
    }

    async fn an_owned_address_is_told_with_everything_to_use_it(store: Store) {
        let api = stocked(&store).await;
        buy(&api.state, ALICE, "US", 10, NOW.plus_days(30)).await;
        account(&api.state, "older", true, NOW).await;
        account(&api.state, "newer", true, NOW.plus_seconds(1)).await;
        account(&api.state, "off", false, NOW.plus_seconds(2)).await;
        let data = api.data(ALICE, "ip/get-static-ip").await;
        assert_eq!(data, json!({"page": 1, "page_size": 20, "total_count": 1, "total_page": 1, "list": [{
            "id": 10, "ip": "127.0.9.1", "port": 3120, "country_code": "US", "state": "California", "city": "Los Angeles",
            "isp": "Comcast", "asn": 7922, "product_type": 25, "status": 1, "auto_renew": 0, "remark": "",
            "trade_no": "trade10", "created_at": "2026-11-24 12:00:00", "expired_at": "2026-12-24 12:00:00",
            "country": {"name_zh_cn": "美国", "name_en": "United States",
                "flag": "http://api.example:8080/flags/round/us.svg", "square_flag": "http://api.example:8080/flags/square/us.svg"},
            "username": "newer", "password": "newerpass",
        }]}));
        assert_eq!(api.data(BOB, "ip/get-static-ip").await["list"], json!([]), "the others' are not told");
        for (country, found) in [("us", 1), ("USA", 1), ("United%20States", 1), ("%E7%BE%8E%E5%9B%BD", 1), ("UK", 0), ("GB", 0)] {
            let data = api.data(ALICE, &format!("ip/get-static-ip?country_code={country}")).await;
            assert_eq!(data["total_count"], found, "{country}");
        }
        assert_eq!(api.refused(ALICE, "ip/get-static-ip?country_code=Atlantis").await.0, 400);
    }

    async fn without_an_account_of_the_type_there_is_no_login(store: Store) {
        let api = stocked(&store).await;
        account(&api.state, "resi", true, NOW).await;
        buy(&api.state, ALICE, "DE", 10, NOW.plus_days(30)).await;
        let data = api.data(ALICE, "ip/get-static-ip").await;
        let row = &data["list"][0];
        assert!(row["username"].is_null() && row["password"].is_null() && row["product_type"] == 14, "{row}");
    }

    async fn an_enabled_account_is_found_behind_many_disabled_ones(store: Store) {
        let api = stocked(&store).await;
        buy(&api.state, ALICE, "US", 10, NOW.plus_days(30)).await;
        account(&api.state, "first", true, NOW).await;
        for n in 0..21 {
            account(&api.state, &format!("off{n}"), false, NOW.plus_seconds(1)).await;
        }
        assert_eq!(api.data(ALICE, "ip/get-static-ip").await["list"][0]["username"], "first");
    }

    async fn filters_narrow_the_list_and_pages_cut_it(store: Store) {
        let api = stocked(&store).await;
        buy(&api.state, ALICE, "US", 10, NOW.plus_days(30)).await;
        buy(&api.state, ALICE, "DE", 11, NOW.plus_days(3)).await;
        buy(&api.state, ALICE, "US", 12, NOW.plus_days(30)).await;
        stock::maintain(&store, &vault(), "127.0.9.1", true, NOW).await.unwrap();
        for (query, found) in [
            ("", vec![12, 11, 10]),
            ("country_code=us", vec![12, 10]),
            ("country_code=Germany", vec![11]),
            ("product_type=14", vec![11]),
            ("trade_no=trade12", vec![12]),
            ("status=1", vec![12]),
            ("status=2", vec![]),
            ("status=3", vec![11]),
            ("status=4", vec![10]),
            ("page=2&size=2", vec![10]),
        ] {
            assert_eq!(ids(&api.data(ALICE, &format!("ip/get-static-ip?{query}")).await), found, "{query}");
        }
        for bad in ["country_code=XX", "product_type=9", "status=5"] {
            assert_eq!(api.refused(ALICE, &format!("ip/get-static-ip?{bad}")).await.0, 400, "{bad}");
        }
        api.clock.advance_ms(4 * 86_400_000);
        assert_eq!(ids(&api.data(ALICE, "ip/get-static-ip?status=2").await), [11]);
    }

    async fn regions_count_what_can_still_be_bought(store: Store) {
        let api = stocked(&store).await;
        let count = async |who, query: &str| api.data(who, &format!("ip/static-ip-region?{query}")).await["list"].clone();
        assert_eq!(count(ALICE, "").await, json!([{"code": "DE", "number": 1}, {"code": "US", "number": 3}]));
        assert_eq!(count(ALICE, "isp=0").await, json!([{"code": "DE", "number": 1}]));
        assert_eq!(count(ALICE, "isp=1&asn=1").await, json!([{"code": "US", "number": 3, "asns": [
            {"asn": 701, "name": "Verizon", "number": 1}, {"asn": 7922, "name": "Comcast", "number": 1}]}]));
        buy(&api.state, ALICE, "US", 10, NOW.plus_days(30)).await;
        buy(&api.state, ALICE, "US", 11, NOW.plus_days(30)).await;
        assert_eq!(count(ALICE, "isp=1").await, json!([{"code": "US", "number": 1}]), "his own share is not counted");
        assert_eq!(count(BOB, "isp=1").await, json!([{"code": "US", "number": 2}]), "the free share is");
        assert_eq!(count(BOB, "isp=1&exclusive=1").await, json!([{"code": "US", "number": 1}]));
        assert_eq!(api.refused(ALICE, "ip/static-ip-region?isp=2").await.0, 400);
    }
}
