//! Extraction: the ports a customer gets, and the API on both engines.

use super::{at, flow, rules};
use crate::exits::{self, NewExit};
use crate::testing::{ALICE, Api, BOB, HOME, NOW, vault};
use crate::{Entry, Ports, entries};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::HashMap;
use turnpike_access::allowlist::{self, NewEntries};
use turnpike_access::packages::{self, Grant};
use turnpike_base::{CustomerId, ExitId, PackageId, ProductType, SiteId, Timestamp};
use turnpike_identity::customers::NewCustomer;
use turnpike_identity::sites::NewSite;
use turnpike_identity::{customers, sites};
use turnpike_store::{Store, both_engines};
use turnpike_wire::{ExitHealth, Pool, Resolve};

const AWAY: &str = "198.51.100.8";

async fn grant(store: &Store, customer: CustomerId, product: ProductType, total: i64) -> PackageId {
    let new = Grant {
        customer,
        product,
        title: turnpike_base::Text::new("t", "t"),
        trade_no: "1".into(),
        ordered_at: NOW,
        paid_at: NOW,
        total,
        bandwidth: None,
        concurrency: None,
        expires_at: NOW.plus_days(30),
    };
    let tx = store.write().await.unwrap();
    let id = packages::flow::grant(&tx, &new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn allow(store: &Store, who: CustomerId, ip: &str, product: ProductType, package: Option<PackageId>) {
    let access = turnpike_access::State::over(store.clone(), vault());
    let addresses = vec![ip.parse().unwrap()];
    let new = NewEntries { addresses, product, package, remark: String::new(), cap: 200 };
    allowlist::flow::add(&access, who, &new, NOW).await.unwrap();
}

async fn exit(store: &Store, target: &str, country: &str, city: &str) {
    let new = NewExit {
        target: target.into(),
        resolve: Resolve::Exit,
        pools: vec![Pool::Residential],
        country: country.into(),
        state: None,
        city: Some(city.into()),
        asn: None,
    };
    exits::flow::add(&crate::testing::state(store), &[new], NOW).await.unwrap();
}

/// Alice may extract from [`HOME`] with a bucket, Bob is not allowlisted; exits 1 to 3, ports 20001 to 20005.
async fn world(store: &Store) -> Api {
    exit(store, "127.0.9.1", "US", "Los Angeles").await;
    exit(store, "127.0.9.2", "US", "Houston").await;
    exit(store, "127.0.9.3", "DE", "Berlin").await;
    grant(store, ALICE, ProductType::Dynamic, 1 << 30).await;
    allow(store, ALICE, HOME, ProductType::Dynamic, None).await;
    let api = Api::new(store).await;
    api.state.set_entry(Entry { endpoint_ports: Ports::from(20_001..=20_005), ..Entry::default() });
    api
}

async fn ports(api: &Api, query: &str) -> Vec<u16> {
    let data = api.data(ALICE, &format!("ip/v3?{query}")).await;
    let list = data["list"][0].as_array().unwrap_or_else(|| panic!("{data}"));
    let port = |one: &Value| one.as_str().unwrap().strip_prefix("api.example:").unwrap().parse().unwrap();
    list.iter().map(port).collect()
}

async fn exit_at(store: &Store, port: u16) -> (ExitId, Timestamp, ProductType) {
    let leased = at(&store.read().await.unwrap(), ALICE, port).await.unwrap().unwrap();
    (leased.exit, leased.until, leased.product)
}

#[test]
fn separators_are_unescaped() {
    for (typed, meant) in [
        (r"\r\n", "\r\n"),
        (r"\t", "\t"),
        (",", ","),
        (r"\\n", r"\n"),
        (r"a\x", r"a\x"),
        ("\\", "\\"),
        ("\n", "\n"),
    ] {
        assert_eq!(rules::unescaped(typed), meant, "{typed}");
    }
}

#[test]
fn ports_are_named_or_all_meant() {
    assert_eq!(rules::which(" 20001, 20002,").unwrap(), Some(vec![20_001, 20_002]));
    assert_eq!(rules::which("*").unwrap(), None);
    for bad in ["0", "65536", "a", ",", "20001-20005"] {
        assert!(rules::which(bad).unwrap_err().errors.contains_key("ports"), "{bad}");
    }
    assert!(rules::which(&vec!["1"; 1_001].join(",")).is_err());
}

proptest! {
    #[test]
    fn a_running_endpoint_is_never_taken_over(
        ends in prop::collection::hash_map(1_000u16..1_060, 0i64..20, 0..60), count in 1usize..70, now in 0i64..20
    ) {
        let all = Ports::from(1_000..=1_049);
        let (ends, now): (HashMap<u16, Timestamp>, _) = (ends.into_iter().map(|(p, t)| (p, Timestamp(t))).collect(), Timestamp(now));
        let is_free = |port: &u16| ends.get(port).is_none_or(|end| *end <= now);
        let free = all.iter().filter(is_free).count();
        match rules::ports(&all, &ends, count, now) {
            Ok(mut ports) => {
                prop_assert!(ports.len() == count && ports.iter().all(|p| is_free(p) && all.contains(*p)));
                let newest = ports.iter().filter_map(|p| ends.get(p)).max().copied().unwrap_or(Timestamp(i64::MIN));
                let left = all.iter().filter(|p| is_free(p) && !ports.contains(p));
                prop_assert!(left.filter_map(|p| ends.get(&p).copied()).all(|end| end >= newest));
                ports.sort_unstable();
                ports.dedup();
                prop_assert_eq!(ports.len(), count);
            }
            Err(short) => {
                prop_assert!(free < count && short.free == free);
                prop_assert!(short.next.is_none_or(|next| next > now));
            }
        }
    }
}

both_engines! {
    async fn endpoints_are_leased_for_their_life(store: Store) {
        let api = world(&store).await;
        assert_eq!(ports(&api, "").await, [20_001]);
        assert_eq!(exit_at(&store, 20_001).await.1, NOW.plus_minutes(10), "ten minutes if nothing is said");
        let two = ports(&api, "num=2&cc=us&city=los-angeles&life=1440").await;
        assert_eq!(two, [20_002, 20_003]);
        assert_eq!(exit_at(&store, 20_003).await, (ExitId(1), NOW.plus_minutes(1_440), ProductType::Dynamic));
        assert_eq!(ports(&api, "cc=%E5%BE%B7%E5%9B%BD&state=BE").await, [20_004]);
        assert_eq!(exit_at(&store, 20_004).await.0, ExitId(3));
    }

    async fn both_forms_and_both_prefixes(store: Store) {
        let api = world(&store).await;
        let (_, headers, body) = api.send(ALICE, HOME, "/gateway/ip/v3?num=2&format=text").await;
        assert_eq!((headers["content-type"].to_str().unwrap(), body.as_str()), ("text/plain; charset=utf-8", "api.example:20001\r\napi.example:20002"));
        let (_, _, body) = api.send(ALICE, HOME, "/gateway/ip/get-ip-v3?num=2&format=txt&lb=%5Cn").await;
        assert_eq!(body, "api.example:20003\napi.example:20004");
        let (_, _, body) = api.send(ALICE, HOME, "/web_v1/ip/get-ip-v3").await;
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["data"], json!({"list": ["api.example:20005"]}));
        let (_, headers, body) = api.send(ALICE, HOME, "/gateway/ip/v3?format=text").await;
        assert!(headers["content-type"].to_str().unwrap().starts_with("application/json"), "errors stay in the envelope");
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["code"], 410);
    }

    async fn a_customer_has_so_many_ports_and_hears_when_one_frees(store: Store) {
        let api = world(&store).await;
        ports(&api, "num=4&life=30").await;
        ports(&api, "life=20").await;
        let (code, text) = api.refused(ALICE, "ip/v3").await;
        assert!(code == 410 && text.contains("0 are left") && text.contains("frees at 2026-11-24 12:20:00"), "{text}");
        grant(&store, BOB, ProductType::Dynamic, 1 << 30).await;
        allow(&store, BOB, AWAY, ProductType::Dynamic, None).await;
        let (_, _, body) = api.send(BOB, AWAY, "/gateway/ip/v3?num=5").await;
        assert!(body.contains("api.example:20005"), "another customer has all of them: {body}");
        api.clock.advance_ms(20 * 60_000);
        assert_eq!(ports(&api, "").await, [20_005], "its life is over to the second");
        assert_eq!(exit_at(&store, 20_001).await.1, NOW.plus_minutes(30));
    }

    async fn whoever_is_not_allowlisted_is_told_his_address(store: Store) {
        let api = world(&store).await;
        let (_, _, body) = api.send(ALICE, AWAY, "/gateway/ip/v3?language=en").await;
        let answer: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(answer["code"], 202);
        assert!(answer["msg"].as_str().unwrap().contains(AWAY), "{answer}");
        let (_, _, body) = api.send(BOB, HOME, "/gateway/ip/v3").await;
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["code"], 202, "another's allowlist does not help");
    }

    async fn what_is_wrong_is_named(store: Store) {
        let api = world(&store).await;
        for (query, field, near) in [
            ("num=0", "num", "from 1 to 1000"),
            ("num=1001", "num", "from 1 to 1000"),
            ("life=1441", "life", "from 1 to 1440 min"),
            ("cc=Germny", "cc", "Germany"),
            ("cc=US&city=Los+Angelas", "city", "Los Angeles"),
            ("cc=US&state=Califronia", "state", "California"),
            ("city=Berlin", "cc", "needs a country"),
            ("ep=mars", "ep", "there is no entry"),
            ("format=xml", "format", "json, text, txt"),
            ("pt=14", "pt", "product types"),
        ] {
            let (code, text) = api.refused(ALICE, &format!("ip/v3?{query}")).await;
            assert!(code == 400 && text.contains(field) && text.contains(near), "{query}: {text}");
        }
        assert_eq!(api.refused(ALICE, "ip/v3?cc=FR").await.0, 410, "a country without an exit");
        assert_eq!(api.refused(ALICE, "ip/v3?pt=12").await.0, 412);
        let ill = ExitHealth { exit: ExitId(3), healthy: false, latency_us: 0, public: None, error: None, at: NOW };
        api.state.roster.observe(vec![ill]);
        assert_eq!(api.refused(ALICE, "ip/v3?cc=DE").await.0, 410, "none that is healthy");
        assert_eq!(ports(&api, "").await, [20_001], "nothing was taken meanwhile");
    }

    async fn the_console_is_told_where_to_dial(store: Store) {
        let api = Api::new(&store).await;
        let sample_url = "http://127.0.0.1:8081/".to_owned();
        api.state.set_entry(Entry { port: 3_999, sample_url, ..Entry::default() });
        let tx = store.write().await.unwrap();
        entries::set(&tx, SiteId(1), "asia", Some("asia.proxy.example")).await.unwrap();
        tx.commit().await.unwrap();
        let (_, _, body) = api.send(ALICE, AWAY, "/web_v1/entry").await;
        let told: Value = serde_json::from_str(&body).unwrap();
        let wanted = json!({"host": "api.example", "port": 3_999, "account_prefix": "", "client": AWAY,
            "sample_url": "http://127.0.0.1:8081/", "list": [{"name": "asia", "host": "asia.proxy.example"}]});
        assert_eq!(told["data"], wanted, "{body}");
        assert_eq!(api.send(ALICE, AWAY, "/gateway/entry").await.0, 404, "the console's alone");
    }

    async fn a_named_entry_has_its_own_host(store: Store) {
        let api = world(&store).await;
        let tx = store.write().await.unwrap();
        entries::set(&tx, SiteId(1), "US", Some("us.gate.example")).await.unwrap();
        entries::set(&tx, SiteId(1), "hk", Some("2001:db8::1")).await.unwrap();
        assert!(entries::set(&tx, SiteId(1), "x", Some("a b")).await.is_err());
        tx.commit().await.unwrap();
        let first = async |ep: &str| api.data(ALICE, &format!("ip/v3?ep={ep}")).await["list"][0][0].clone();
        assert_eq!(first("us").await, "us.gate.example:20001");
        assert_eq!(first("HK").await, "[2001:db8::1]:20002");
        assert!(api.refused(ALICE, "ip/v3?ep=de").await.1.contains("hk, us"));
    }

    async fn counted_packages_give_one_endpoint_each(store: Store) {
        let api = world(&store).await;
        assert_eq!(api.refused(ALICE, "ip/v3?pt=17").await.0, 412);
        let (one, two) = (grant(&store, ALICE, ProductType::ExtractionQuota, 1).await, grant(&store, ALICE, ProductType::ExtractionQuota, 3).await);
        let used = async |id| packages::by_id(&store.read().await.unwrap(), id).await.unwrap().unwrap().used;
        assert_eq!(ports(&api, "pt=17&num=2").await, [20_001, 20_002]);
        assert_eq!((used(one).await, used(two).await), (1, 1), "the one that expires first before the other");
        assert_eq!(exit_at(&store, 20_002).await.2, ProductType::ExtractionQuota);
        let (code, text) = api.refused(ALICE, "ip/v3?pt=17&num=3").await;
        assert!(code == 412 && text.contains("hold 2 more"), "{text}");
        assert_eq!(used(two).await, 1, "a refusal takes nothing");
        ports(&api, "pt=17&num=2").await;
        assert_eq!(api.refused(ALICE, "ip/v3?pt=17").await.0, 412);
    }

    async fn an_address_bound_to_an_unmetered_package_uses_it(store: Store) {
        let api = world(&store).await;
        let package = grant(&store, ALICE, ProductType::DynamicUnmetered, 0).await;
        allow(&store, ALICE, HOME, ProductType::DynamicUnmetered, Some(package)).await;
        ports(&api, "").await;
        ports(&api, "pt=9").await;
        assert_eq!(exit_at(&store, 20_001).await.2, ProductType::DynamicUnmetered);
        assert_eq!(exit_at(&store, 20_002).await.2, ProductType::Dynamic);
    }

    async fn running_endpoints_are_listed_and_end_before_their_time(store: Store) {
        let api = world(&store).await;
        assert_eq!(ports(&api, "num=5&cc=us&life=1440").await.len(), 5);
        let data = api.data(ALICE, "endpoint/list?size=2&page=2").await;
        assert_eq!((&data["total_count"], data["list"].as_array().unwrap().len()), (&json!(5), 2), "{data}");
        let row = &data["list"][0];
        assert_eq!((&row["port"], &row["product_type"], &row["country_code"]), (&json!(20_003), &json!(9), &json!("US")));
        let state = if row["city"] == "Houston" { "Texas" } else { "California" };
        assert_eq!((&row["country_name"], &row["state"]), (&json!("美国"), &json!(state)), "{row}");
        assert_eq!((&row["host"], &row["seconds_left"]), (&json!("api.example"), &json!(86_400)));
        assert_eq!(api.data(BOB, "endpoint/list").await["total_count"], 0);
        assert_eq!(api.refused(ALICE, "ip/v3").await.0, 410);
        let end = async |who, ports: &[u16]| flow::end(&store, who, Some(ports), NOW).await;
        assert_eq!(end(BOB, &[20_001]).await.unwrap_err().slug, "endpoint_unknown");
        assert_eq!(end(ALICE, &[20_001, 20_004, 9]).await.unwrap(), 2);
        assert_eq!(end(ALICE, &[20_001]).await.unwrap_err().slug, "endpoint_unknown");
        assert_eq!(api.data(ALICE, "endpoint/list").await["total_count"], 3);
        assert_eq!(ports(&api, "num=2").await, [20_001, 20_004], "free at once");
        assert_eq!(flow::end(&store, ALICE, None, NOW).await.unwrap(), 5);
        assert_eq!(flow::end(&store, ALICE, None, NOW).await.unwrap(), 0);
    }

    async fn an_endpoint_on_a_port_that_is_listened_on_no_more_is_not_told(store: Store) {
        let api = world(&store).await;
        assert_eq!(ports(&api, "num=5&life=1440").await.len(), 5);
        let set = |range| api.state.set_entry(Entry { endpoint_ports: Ports::from(range), ..Entry::default() });
        let listed = async || {
            let data = api.data(ALICE, "endpoint/list?size=1").await;
            (data["total_count"].clone(), data["list"][0]["port"].clone())
        };
        set(20_004..=20_009);
        assert_eq!(listed().await, (json!(2), json!(20_004)));
        set(30_001..=30_009);
        assert_eq!(listed().await.0, json!(0));
        set(20_001..=20_005);
        assert_eq!(listed().await, (json!(5), json!(20_001)), "they are back, and run on");
    }

    async fn many_extractions_at_once_share_no_port(store: Store) {
        let tx = store.write().await.unwrap();
        sites::create(&tx, &NewSite::default(), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let new = NewCustomer { email: "alice@example.com".into(), password: None, site: None };
        assert_eq!(customers::create(&store, &vault(), new, NOW).await.unwrap().id, ALICE);
        let api = world(&store).await;
        api.state.set_entry(Entry { endpoint_ports: Ports::from(20_001..=20_040), ..Entry::default() });
        let all = futures_util::future::join_all((0..5).map(|_| ports(&api, "num=8"))).await;
        let mut ports: Vec<u16> = all.concat();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 40);
    }

    async fn what_is_long_over_is_forgotten(store: Store) {
        let api = world(&store).await;
        ports(&api, "life=1").await;
        flow::forget(&store, NOW.plus_days(7)).await.unwrap();
        assert!(at(&store.read().await.unwrap(), ALICE, 20_001).await.unwrap().is_some());
        flow::forget(&store, NOW.plus_days(8)).await.unwrap();
        assert!(at(&store.read().await.unwrap(), ALICE, 20_001).await.unwrap().is_none());
    }
}
