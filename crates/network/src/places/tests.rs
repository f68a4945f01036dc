//! Places as customers see them, on both engines.

use super::rules::{Words, group, state_name};
use crate::roster::{Offer, Roster};
use crate::statics::{self, Wish, hold, stock};
use crate::testing::{ALICE, Api, BOB, HOME, NOW, vault};
use crate::{exits, place, pool_of};
use serde_json::{Value, json};
use turnpike_access::accounts::{self, NewAccount, Pair};
use turnpike_base::{Bytes, ExitId, Lang, PackageId, ProductType, Secret};
use turnpike_places::{Catalogue, Names};
use turnpike_store::{Store, both_engines};
use turnpike_wire::{Bind, CountryCode, ExitHealth, ExitKind, ExitRecord, ExitStatus, Pool, Resolve};

async fn exit(store: &Store, target: &str, pool: Pool, country: &str, state: &str, city: &str) -> ExitId {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let new = exits::NewExit {
        target: target.into(),
        resolve: Resolve::Exit,
        pools: vec![pool],
        country: country.into(),
        state: some(state),
        city: some(city),
        asn: None,
    };
    exits::flow::add(&crate::testing::state(store), &[new], NOW).await.unwrap()[0]
}

async fn account(store: &Store, name: &str, product: ProductType) {
    let access = turnpike_access::State::over(store.clone(), vault());
    let pair = Pair { username: name.into(), password: Secret::new("pass") };
    let new = NewAccount {
        product,
        remark: String::new(),
        limit: Bytes::ZERO,
        daily_limit: Bytes::ZERO,
        cap: 1_000_000,
    };
    accounts::flow::add(&access, ALICE, &[pair], &new, NOW).await.unwrap();
}

/// Five residential exits in three countries, two data-center ones, and an account of type 9.
async fn world(store: &Store) -> Api {
    use Pool::{Datacenter, Residential};
    exit(store, "127.0.9.1", Residential, "US", "CA", "Los Angeles").await;
    exit(store, "127.0.9.2", Residential, "US", "CA", "Burbank").await;
    exit(store, "127.0.9.3", Residential, "US", "NY", "").await;
    exit(store, "127.0.9.4", Residential, "DE", "", "Berlin").await;
    exit(store, "127.0.9.5", Residential, "FR", "", "").await;
    exit(store, "127.0.9.6", Datacenter, "US", "", "").await;
    exit(store, "127.0.9.7", Datacenter, "US", "", "").await;
    account(store, "user01", ProductType::Dynamic).await;
    Api::new(store).await
}

fn sick(api: &Api, exit: i64) {
    let health =
        ExitHealth { exit: ExitId(exit), healthy: false, latency_us: 0, public: None, error: None, at: NOW };
    api.state.roster.observe(vec![health]);
}

fn column(list: &Value, name: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|row| row[name].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    async fn an_accounts_places_come_in_three_shapes(store: Store) {
        let api = world(&store).await;
        let cities = api.data(ALICE, "ip/dcl4?username=USER01").await;
        assert_eq!(cities["list"], json!([
            {"City": "Berlin", "Area": "DE", "State": "Berlin"},
            {"City": "Burbank", "Area": "US", "State": "California"},
            {"City": "Los Angeles", "Area": "US", "State": "California"},
        ]));
        let states = api.data(ALICE, "ip/dsl4?username=user01").await;
        assert_eq!(states["list"], json!([
            {"City": "", "Area": "DE", "State": "Berlin"},
            {"City": "", "Area": "US", "State": "California"},
            {"City": "", "Area": "US", "State": "New York"},
        ]));
        let all = api.data(ALICE, "ip/dal4?username=user01").await;
        assert_eq!(all["list"], json!([
            {"Area": "DE", "states": [{"State": "Berlin", "cities": ["Berlin"]}]},
            {"Area": "FR", "states": []},
            {"Area": "US", "states": [
                {"State": "California", "cities": ["Burbank", "Los Angeles"]}, {"State": "New York", "cities": []}]},
        ]));
    }

    async fn long_lists_are_written_as_they_always_were(store: Store) {
        let api = world(&store).await;
        for path in ["ip/dcl4?username=user01", "ip/dal4?username=user01", "ip/dynamic-citys", "ip/dynamic-states", "host-pool/regions"] {
            let (_, _, body) = api.send(ALICE, HOME, &format!("/gateway/{path}")).await;
            let sorted: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(body, sorted.to_string(), "by the names of fields");
        }
    }

    async fn the_cache_is_told_and_ends_when_a_place_goes(store: Store) {
        let api = world(&store).await;
        let ask = || api.data(ALICE, "ip/dcl4?username=user01");
        assert_eq!([ask().await["cache"].clone(), ask().await["cache"].clone()], [json!(false), json!(true)]);
        sick(&api, 2);
        let after = ask().await;
        assert_eq!((&after["cache"], column(&after["list"], "City")), (&json!(false), vec!["Berlin".into(), "Los Angeles".into()]));
    }

    async fn another_customers_account_is_not_there(store: Store) {
        let api = world(&store).await;
        for path in ["ip/dcl4?username=user01", "ip/dsl4?username=user01", "ip/dal4?username=user01"] {
            let (code, text) = api.refused(BOB, path).await;
            assert!(code == 404 && text.contains("user01"), "{text}");
        }
        let access = turnpike_access::State::over(store.clone(), vault());
        accounts::flow::delete(&access, ALICE, &["user01".into()], NOW).await.unwrap();
        assert_eq!(api.refused(ALICE, "ip/dcl4?username=user01").await.0, 404);
        assert_eq!(api.refused(ALICE, "ip/dcl4").await.0, 400);
    }

    async fn an_account_of_static_addresses_sees_its_owners(store: Store) {
        let file = "address,type,country,city\n127.0.8.1,25,US,Los Angeles\n127.0.8.2,25,DE,Berlin\n";
        stock::import(&crate::testing::state(&store), statics::parse(file).unwrap(), NOW).await.unwrap();
        let wish = Wish {
            customer: ALICE,
            product: ProductType::StaticResidential,
            country: CountryCode::parse("DE").unwrap(),
            asn: None,
            count: 1,
        };
        let tx = store.write().await.unwrap();
        hold::allocate(&tx, &vault(), &wish, "1", &[PackageId(10)], NOW.plus_days(30), NOW).await.unwrap();
        tx.commit().await.unwrap();
        account(&store, "static1", ProductType::StaticResidential).await;
        let api = Api::new(&store).await;
        let cities = api.data(ALICE, "ip/dcl4?username=static1").await;
        assert_eq!(column(&cities["list"], "City"), ["Berlin"]);
        sick(&api, 2);
        assert_eq!(api.data(ALICE, "ip/dcl4?username=static1").await["list"], json!([]));
    }

    async fn the_dynamic_pool_is_listed_by_country_in_english_order(store: Store) {
        let api = world(&store).await;
        let cities = api.data(ALICE, "ip/dynamic-citys").await["list"].clone();
        assert_eq!(column(&cities, "name_en"), ["France", "Germany", "United States"]);
        assert_eq!(cities[2]["items"][1], json!(
            {"city": "Los Angeles", "state": "California", "continent_code": "NA", "country_code": "US"}));
        assert_eq!((&cities[1]["name_zh_cn"], &cities[1]["continent_code"]), (&json!("德国"), &json!("EU")));
        assert_eq!(cities[1]["square_flag"], "http://api.example:8080/flags/square/de.svg");
        let states = api.data(ALICE, "ip/dynamic-states").await["list"].clone();
        assert_eq!(states[2]["items"], json!([
            {"state": "California", "continent_code": "NA", "country_code": "US"},
            {"state": "New York", "continent_code": "NA", "country_code": "US"},
        ]));
        assert_eq!(states[0]["items"], json!([]));
    }

    async fn searches_take_every_spelling_and_refuse_what_is_no_place(store: Store) {
        let api = world(&store).await;
        for state in ["California", "us-ca", "CA", "california"] {
            let found = api.data(ALICE, &format!("ip/dynamic-citys/search?country_code=us&state={state}")).await;
            assert_eq!(found["list"], json!(["Burbank", "Los Angeles"]), "{state}");
        }
        let found = api.data(ALICE, "ip/dynamic-states/search?country_code=US").await;
        assert_eq!(found["list"], json!(["California", "New York"]));
        assert_eq!(api.data(ALICE, "ip/dynamic-states/search?country_code=JP").await["list"], json!([]));
        assert_eq!(api.data(ALICE, "ip/dynamic-citys/search?country_code=US&state=TX").await["list"], json!([]));
        let (code, text) = api.refused(ALICE, "ip/dynamic-citys/search?country_code=US&state=Califronia").await;
        assert!(code == 400 && text.contains("did you mean California"), "{text}");
        let (code, text) = api.refused(ALICE, "ip/dynamic-states/search?country_code=XX").await;
        assert!(code == 400 && text.contains("country_code"), "{text}");
        assert_eq!(api.refused(ALICE, "ip/dynamic-citys/search?country_code=US").await.0, 400);
    }

    async fn a_country_without_states_has_cities_all_the_same(store: Store) {
        exit(&store, "127.0.9.9", Pool::Residential, "SG", "", "Bedok New Town").await;
        let api = Api::new(&store).await;
        let listed = api.data(ALICE, "ip/dynamic-citys").await["list"][0]["items"][0].clone();
        assert_eq!((&listed["city"], &listed["state"]), (&json!("Bedok New Town"), &json!("")));
        for state in ["", "&state=", "&state=Singapore", "&state=SG"] {
            let found = api.data(ALICE, &format!("ip/dynamic-citys/search?country_code=SG{state}")).await;
            assert_eq!(found["list"], json!(["Bedok New Town"]), "{state}");
        }
        let (code, text) = api.refused(ALICE, "ip/dynamic-citys/search?country_code=US&state=").await;
        assert!(code == 400 && text.contains("state"), "{text}");
    }

    async fn regions_count_healthy_exits_of_the_data_center_pool(store: Store) {
        let api = world(&store).await;
        assert_eq!(api.data(ALICE, "host-pool/regions").await["list"], json!([{
            "code": "US", "number": 2, "name_zh_cn": "美国", "name_en": "United States",
            "flag": "http://api.example:8080/flags/round/us.svg", "square_flag": "http://api.example:8080/flags/square/us.svg",
        }]));
        sick(&api, 6);
        assert_eq!(api.data(ALICE, "host-pool/regions").await["list"][0]["number"], 1);
        sick(&api, 7);
        assert_eq!(api.data(ALICE, "host-pool/regions").await["list"], json!([]));
    }
}

/// Places in the catalogue's own words.
fn plain() -> Words<'static> {
    Words { names: Names::catalogue(), lang: Lang::En }
}

/// An exit in every city of the catalogue.
fn everywhere() -> Vec<ExitRecord> {
    let cities = Catalogue::get().countries().iter().flat_map(|c| Catalogue::get().cities_of(c.code));
    let record = |(n, city): (usize, &turnpike_places::City)| ExitRecord {
        id: ExitId(i64::try_from(n).unwrap()),
        kind: ExitKind::Local { bind: Bind::Interface("eth0".into()) },
        pools: vec![Pool::Residential],
        country: CountryCode::parse(city.country).unwrap(),
        state_key: city.state.map(str::to_owned),
        city_key: Some(city.key.clone()),
        city: Some(city.name.to_owned()),
        asn: None,
        status: ExitStatus::Enabled,
    };
    cities.enumerate().map(record).collect()
}

#[test]
fn every_place_that_is_listed_can_be_asked_for_by_the_names_in_the_list() {
    let roster = Roster::new(&everywhere());
    let areas = group(&roster.offer(Pool::Residential), plain());
    assert!(areas.len() > 200);
    for area in &areas {
        for state in &area.states {
            let name = Some(state.name.as_ref());
            for city in state.cities.iter().map(|city| Some(city.as_ref())).chain([None]) {
                let asked =
                    place::filter(Names::catalogue(), Some(area.code.as_str()), name, city, None).unwrap();
                assert!(roster.count(Pool::Residential, &asked) > 0, "{} {name:?} {city:?}", area.code);
            }
        }
    }
}

#[test]
fn a_state_whose_name_means_another_one_goes_by_its_code() {
    assert_eq!(state_name("US", "US-CA", plain()), "California");
    assert_eq!(
        (state_name("US", "", plain()), state_name("XK", "somewhere", plain())),
        (String::new(), "somewhere".into())
    );
    for country in Catalogue::get().countries() {
        for state in Catalogue::get().states_of(country.code) {
            let name = state_name(country.code, state.code, plain());
            assert_eq!(Catalogue::get().state(country.code, &name).map(|s| s.code), Some(state.code));
        }
    }
}

#[test]
fn nothing_offered_is_no_area() {
    assert!(group(&Offer::default(), plain()).is_empty());
    assert_eq!(pool_of(ProductType::ExtractionQuota), Pool::Residential);
}
