//! Whom the address that was dialled lets in.

use crate::Control;
use crate::operator::run;
use axum::body::Body;
use serde_json::json;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use turnpike_base::{ProductType, time::SystemClock};
use turnpike_network::Entry;
use turnpike_store::{Store, Vault, both_engines};
use turnpike_wire::{Admission, Control as _, Credentials, Permit, Reason, Targeting};

/// The accounts `dyn09`, `his14` and `her14` of three customers; the first static address is his, the second nobody's.
async fn town(store: &Store) -> Control {
    let control = Control::open(store.clone(), Vault::new([7; 32]), Arc::new(SystemClock)).await.unwrap();
    let do_ = async |path: &str, input| run(&control, path, input).await.unwrap();
    do_("site/create", json!({"name": "s"})).await;
    let file = "address,type,country\n192.0.2.1,14,US\n192.0.2.2,14,FR\n192.0.2.3,14,DE\n";
    do_("static-ip/import", json!({"file": file})).await;
    for (name, product, country) in [("dyn09", 9, ""), ("his14", 14, "US"), ("her14", 14, "FR")] {
        let email = format!("{name}@example.com");
        do_("customer/create", json!({"email": email})).await;
        if !country.is_empty() {
            do_("static-ip/grant", json!({"customer": email, "type": product, "country": country})).await;
        }
        account(&control, &email, name, product).await;
    }
    control
}

async fn account(control: &Control, email: &str, name: &str, product: i64) {
    let made = run(control, "customer/key", json!({"email": email})).await.unwrap();
    let body =
        json!({"accounts": format!("{name}:pass"), "product_type": product, "app_key": made["app_key"]});
    let request = http::Request::post("/gateway/whitelist-account/add").body(Body::from(body.to_string()));
    let answer = tower::ServiceExt::oneshot(control.router(Vec::new()), request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), http::StatusCode::OK);
}

async fn dial(control: &Control, at: &str, name: &str) -> Result<Permit, Reason> {
    let ask = Admission {
        client: [203, 0, 113, 9].into(),
        dialled: SocketAddr::new(at.parse().unwrap(), 3120),
        at_endpoint: false,
        credentials: Some(Credentials { account: name.into(), password: "pass".into() }),
        targeting: Targeting::default(),
    };
    control.admit(ask).await.map_err(|refusal| refusal.reason)
}

/// How many addresses of his own a connection leaves from; `None`: it rotates over a pool.
async fn owned(control: &Control, at: &str, name: &str) -> Option<usize> {
    dial(control, at, name).await.unwrap().owned.map(|owned| owned.len())
}

both_engines! {
    async fn an_address_of_the_stock_is_the_common_entry_to_accounts_of_other_types(store: Store) {
        let control = town(&store).await;
        for at in ["192.0.2.1", "192.0.2.3", "::ffff:192.0.2.1", "127.0.0.1"] {
            let permit = dial(&control, at, "dyn09").await.unwrap();
            assert_eq!((permit.owned, permit.subject.product), (None, ProductType::Dynamic), "{at}");
        }
        assert_eq!(owned(&control, "192.0.2.1", "his14").await, Some(1));
        for at in ["192.0.2.2", "192.0.2.3"] {
            assert_eq!(dial(&control, at, "his14").await, Err(Reason::NotAllowed), "a foreign one: {at}");
        }
    }

    async fn the_entrys_own_address_is_static_to_its_holder_alone(store: Store) {
        let control = town(&store).await;
        let own: IpAddr = "192.0.2.1".parse().unwrap();
        control.set_entry(Entry { addresses: vec![own], ..Entry::default() });
        let his = dial(&control, "192.0.2.1", "his14").await.unwrap().owned.unwrap();
        let hers = dial(&control, "192.0.2.1", "her14").await.unwrap().owned.unwrap();
        assert_eq!((his.len(), hers.len()), (1, 1));
        assert_ne!(his, hers, "she leaves from her own");
        assert_eq!(dial(&control, "192.0.2.2", "his14").await, Err(Reason::NotAllowed));
    }

    async fn who_holds_what_is_maintained_waits_and_is_not_told_to_buy(store: Store) {
        let control = town(&store).await;
        let maintain = async |on: bool| {
            let input = json!({"address": "192.0.2.1", "off": !on});
            crate::operator::run(&control, "static-ip/maintain", input).await.unwrap();
        };
        maintain(true).await;
        for at in ["127.0.0.1", "192.0.2.1"] {
            assert_eq!(dial(&control, at, "his14").await, Err(Reason::NoExit), "{at}");
        }
        let own: IpAddr = "192.0.2.1".parse().unwrap();
        control.set_entry(Entry { addresses: vec![own], ..Entry::default() });
        assert_eq!(dial(&control, "192.0.2.1", "his14").await, Err(Reason::NoExit), "the entry's own");
        maintain(false).await;
        assert_eq!(owned(&control, "127.0.0.1", "his14").await, Some(1));
        crate::operator::run(&control, "static-ip/release", json!({"package": 1})).await.unwrap();
        assert_eq!(dial(&control, "127.0.0.1", "his14").await, Err(Reason::PackageEmpty), "he has none");
    }
}
