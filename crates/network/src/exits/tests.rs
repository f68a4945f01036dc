//! Exits on both engines.

use super::{Exit, NewExit, Wanted, flow};
use std::net::{IpAddr, Ipv4Addr};
use turnpike_base::{Code, ExitId, Page, Timestamp};
use turnpike_store::{Read, Store, Vault, args, both_engines, changes};
use turnpike_wire::{Change, ExitHealth, ExitKind, ExitStatus, Pool, Resolve};

const NOW: Timestamp = Timestamp(1_000_000);

fn vault() -> Vault {
    Vault::new([7; 32])
}

fn local(target: &str) -> NewExit {
    NewExit {
        target: target.into(),
        resolve: Resolve::Exit,
        pools: vec![Pool::Residential],
        country: "us".into(),
        state: Some("california".into()),
        city: Some("Los Angeles".into()),
        asn: Some(7922),
    }
}

async fn add(store: &Store, new: NewExit) -> turnpike_base::Result<ExitId> {
    Ok(flow::add(&crate::testing::state(store), &[new], NOW).await?[0])
}

async fn all(store: &Store) -> Vec<Exit> {
    flow::list(&store.read().await.unwrap(), &vault(), &Wanted::default(), Page::default())
        .await
        .unwrap()
        .rows
}

async fn told(store: &Store) -> Vec<Change> {
    let tx = store.write().await.unwrap();
    let pending: Vec<(i64, Change)> = changes::pending(&tx, 100).await.unwrap();
    pending.into_iter().map(|(_, change)| change).collect()
}

both_engines! {
    async fn an_added_exit_is_bound_to_the_catalogue_and_told(store: Store) {
        let id = add(&store, local("127.0.9.1")).await.unwrap();
        let [Change::Exit(record)] = &told(&store).await[..] else { panic!("one exit is told") };
        assert_eq!((record.id, record.country.as_str()), (id, "US"));
        assert_eq!(record.state_key.as_deref(), Some("US-CA"));
        assert_eq!(record.city_key.as_deref(), Some("losangeles"));
        assert_eq!(record.city.as_deref(), Some("Los Angeles"));
        let records = flow::records(&store.read().await.unwrap(), &vault()).await.unwrap();
        assert_eq!(records, [record.as_ref().clone()]);
    }

    async fn a_parents_password_is_sealed_and_comes_back(store: Store) {
        add(&store, local("http://me:hunter2@parent:3128")).await.unwrap();
        let tx = store.read().await.unwrap();
        let row = tx.row("SELECT target, sealed FROM exits", args![]).await.unwrap().unwrap();
        assert_eq!(row.get::<String>("target").unwrap(), "http://me@parent:3128");
        let sealed = row.get::<Vec<u8>>("sealed").unwrap();
        assert!(!sealed.windows(7).any(|w| w == b"hunter2"));
        let ExitKind::Upstream { credentials, .. } = &all(&store).await[0].kind else { panic!("a parent") };
        assert_eq!(credentials, &Some(("me".into(), "hunter2".into())));
    }

    async fn refuses_the_same_exit_twice_and_adds_none_of_a_bad_list(store: Store) {
        add(&store, local("127.0.9.1")).await.unwrap();
        let list = [local("127.0.9.2"), local("127.0.9.1")];
        let fault = flow::add(&crate::testing::state(&store), &list, NOW).await.unwrap_err();
        assert_eq!((fault.code, fault.slug), (Code::Conflict, "exit_taken"));
        assert_eq!(all(&store).await.len(), 1);
    }

    async fn refuses_unknown_places_targets_and_empty_pools(store: Store) {
        let place = NewExit { city: Some("Los Angelas".into()), ..local("127.0.9.1") };
        let fault = add(&store, place).await.unwrap_err();
        assert!(fault.errors["city"][0].en.contains("Los Angeles"));
        assert!(add(&store, local("nowhere")).await.unwrap_err().errors.contains_key("target"));
        let idle = NewExit { pools: vec![], ..local("127.0.9.1") };
        assert!(add(&store, idle).await.unwrap_err().errors.contains_key("pools"));
    }

    async fn draining_and_removing_are_told(store: Store) {
        let id = add(&store, local("127.0.9.1")).await.unwrap();
        flow::drain(&store, &vault(), id, NOW).await.unwrap();
        assert_eq!(all(&store).await[0].status, ExitStatus::Draining);
        flow::probe(&store, &vault(), id, NOW).await.unwrap();
        flow::remove(&store, &vault(), id, NOW).await.unwrap();
        let told = told(&store).await;
        assert!(matches!(&told[1], Change::Exit(record) if record.status == ExitStatus::Draining));
        assert_eq!(told[2..], [Change::Probe(id), Change::ExitGone(id)]);
        assert!(all(&store).await.is_empty());
    }

    async fn an_unknown_exit_is_said_to_be_unknown(store: Store) {
        let (vault, id) = (vault(), ExitId(99));
        for fault in [
            flow::drain(&store, &vault, id, NOW).await.unwrap_err(),
            flow::remove(&store, &vault, id, NOW).await.unwrap_err(),
            flow::probe(&store, &vault, id, NOW).await.unwrap_err(),
        ] {
            assert_eq!((fault.code, fault.slug), (Code::NotFound, "exit_unknown"));
        }
    }

    async fn health_is_kept_and_a_known_address_stays(store: Store) {
        let id = add(&store, local("127.0.9.1")).await.unwrap();
        let public = Some(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)));
        let seen = ExitHealth { exit: id, healthy: true, latency_us: 900, public, error: None, at: NOW };
        add(&store, local("127.0.9.2")).await.unwrap();
        let proven = async || flow::proven(&store.read().await.unwrap()).await.unwrap();
        assert_eq!(proven().await, [], "nobody looked yet");
        flow::health(&crate::testing::state(&store), std::slice::from_ref(&seen)).await.unwrap();
        assert_eq!(proven().await, [turnpike_wire::Proven { exit: id, latency_us: 900 }]);
        let out = ExitHealth { healthy: false, public: None, error: Some("refused".into()), ..seen };
        flow::health(&crate::testing::state(&store), &[out]).await.unwrap();
        let roster = flow::roster(&store.read().await.unwrap(), &vault()).await.unwrap();
        assert!(!roster.serves(id), "a restart does not heal");
        assert_eq!(proven().await, []);
        let health = all(&store).await.into_iter().find(|exit| exit.id == id).unwrap().health;
        assert_eq!((health.healthy, health.error.as_deref()), (false, Some("refused")));
        assert_eq!(health.public.as_deref(), Some("203.0.113.7"));
    }
}
