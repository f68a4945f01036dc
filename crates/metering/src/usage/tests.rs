//! Leases and batches together, on both engines: what is reserved, spent, reported and proved.

use super::flow::{self, Wanted};
use crate::leases::flow::{close_earlier_lives, grant, sweep};
use crate::{Meter, check, prune};
use std::sync::Arc;
use turnpike_access::accounts::{self, NewAccount, Pair};
use turnpike_access::packages::{self, Grant};
use turnpike_base::{
    AccountId, Bytes, CustomerId, ExitId, LeaseId, PackageId, ProductType, Secret, Timestamp, bytes::GB,
};
use turnpike_identity::Directory;
use turnpike_identity::customers::{self, NewCustomer};
use turnpike_identity::sites::{self, NewSite};
use turnpike_store::{Store, Vault, both_engines};
use turnpike_wire::{
    GatewayId, Lease, LeaseAnswer, LeaseAsk, LeaseRequest, LeaseUse, Reason, Subject, UsageBatch, UsageRow,
};

const NOW: Timestamp = Timestamp(1_700_000_000_000);
const MIB: i64 = 1 << 20;

/// A customer with one account, and a gateway in its second life.
struct World {
    meter: Meter,
    state: turnpike_access::State,
    customer: CustomerId,
    account: AccountId,
    number: i64,
}

impl World {
    async fn new(store: &Store, limit: Bytes, daily_limit: Bytes) -> Self {
        let vault = Vault::new([7; 32]);
        let tx = store.write().await.unwrap();
        sites::create(&tx, &NewSite { zone: "Asia/Shanghai".into(), ..NewSite::default() }, NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let new = NewCustomer { email: "a@example.com".into(), password: None, site: None };
        let customer = customers::create(store, &vault, new, NOW).await.unwrap().id;
        let state = turnpike_access::State::over(store.clone(), vault.clone());
        let pair = Pair { username: "user01".into(), password: Secret::new("pass") };
        let new = NewAccount {
            product: ProductType::Dynamic,
            remark: String::new(),
            limit,
            daily_limit,
            cap: 1_000_000,
        };
        let account = accounts::flow::add(&state, customer, &[pair], &new, NOW).await.unwrap()[0];
        let directory = Arc::new(Directory::open(store.clone(), vault).await.unwrap());
        Self { meter: Meter::new(store.clone(), directory), state, customer, account, number: 0 }
    }

    async fn package(&self, total: i64, days: i64) -> PackageId {
        let grant = Grant {
            customer: self.customer,
            product: ProductType::Dynamic,
            title: turnpike_base::Text::new("t", "t"),
            trade_no: "1".into(),
            ordered_at: NOW,
            paid_at: NOW,
            total,
            bandwidth: None,
            concurrency: None,
            expires_at: NOW.plus_days(days),
        };
        let tx = self.meter.store.write().await.unwrap();
        let id = packages::flow::grant(&tx, &grant, NOW).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    fn subject(&self) -> Subject {
        Subject { customer: self.customer, account: Some(self.account), product: ProductType::Dynamic }
    }

    async fn ask(&self, want: i64, now: Timestamp) -> LeaseAnswer {
        let asks = vec![LeaseAsk { subject: self.subject(), want: Bytes(want) }];
        let request = LeaseRequest { gateway: GatewayId("g".into()), start: 2, asks };
        grant(&self.meter, &request, now).await.unwrap().remove(0)
    }

    async fn lease(&self, want: i64) -> Lease {
        match self.ask(want, NOW).await {
            LeaseAnswer::Granted(lease) => lease,
            other => panic!("{other:?}"),
        }
    }

    fn batch(&mut self, lease: LeaseId, bytes: i64, closed: bool, at: Timestamp) -> UsageBatch {
        self.number += 1;
        let row = UsageRow {
            subject: self.subject(),
            exit: ExitId(1),
            host: "example.com".into(),
            up: Bytes(bytes / 4),
            down: Bytes(bytes - bytes / 4),
            connections: 1,
        };
        UsageBatch {
            gateway: GatewayId("g".into()),
            start: 2,
            number: self.number,
            at,
            leases: vec![LeaseUse { lease, bytes: Bytes(bytes), closed }],
            rows: vec![row],
            refusals: Vec::new(),
            traces: Vec::new(),
            failures: Vec::new(),
        }
    }

    async fn report(&mut self, lease: LeaseId, bytes: i64, closed: bool) {
        let batch = self.batch(lease, bytes, closed, NOW);
        flow::apply(&self.meter, &batch, NOW).await.unwrap();
    }

    async fn package_counts(&self, id: PackageId) -> (i64, i64) {
        let tx = self.meter.store.read().await.unwrap();
        let package = packages::by_id(&tx, id).await.unwrap().unwrap();
        (package.used, package.reserved)
    }

    async fn account_used(&self) -> (i64, i64) {
        let tx = self.meter.store.read().await.unwrap();
        let found = accounts::flow::list(&tx, &self.state.vault, self.customer, None, None).await.unwrap();
        (found[0].used.0, found[0].day_used.0)
    }

    async fn proved(&self) {
        let tx = self.meter.store.read().await.unwrap();
        assert_eq!(check::differences(&tx).await.unwrap(), Vec::<String>::new());
    }
}

fn reason(answer: LeaseAnswer) -> Reason {
    match answer {
        LeaseAnswer::Denied(refusal) => refusal.reason,
        other => panic!("{other:?}"),
    }
}

both_engines! {
    async fn bytes_are_reserved_spent_and_given_back(store: Store) {
        let mut world = World::new(&store, Bytes::ZERO, Bytes::ZERO).await;
        let package = world.package(GB, 30).await;
        let lease = world.lease(10 * MIB).await;
        assert_eq!((lease.bytes.0, lease.package), (10 * MIB, Some(package)));
        assert_eq!(world.package_counts(package).await, (0, 10 * MIB));
        world.proved().await;
        world.report(lease.id, 4 * MIB, false).await;
        assert_eq!(world.package_counts(package).await, (4 * MIB, 6 * MIB));
        world.report(lease.id, MIB, true).await;
        assert_eq!(world.package_counts(package).await, (5 * MIB, 0));
        assert_eq!(world.account_used().await, (5 * MIB, 5 * MIB));
        // The last connection's bytes may come after its lease was closed: they moved, so they count.
        world.report(lease.id, 7, false).await;
        assert_eq!(world.package_counts(package).await, (5 * MIB + 7, 0));
        world.proved().await;
    }

    async fn a_batch_counts_once_however_often_it_comes(store: Store) {
        let mut world = World::new(&store, Bytes::ZERO, Bytes::ZERO).await;
        let package = world.package(GB, 30).await;
        let lease = world.lease(10 * MIB).await;
        let batch = world.batch(lease.id, 1_000, false, NOW);
        for _ in 0..3 {
            flow::apply(&world.meter, &batch, NOW).await.unwrap();
        }
        assert_eq!(world.package_counts(package).await.0, 1_000);
        world.proved().await;
    }

    async fn the_package_that_expires_first_ends_first_and_the_next_goes_on(store: Store) {
        let mut world = World::new(&store, Bytes::ZERO, Bytes::ZERO).await;
        let late = world.package(MIB, 30).await;
        let soon = world.package(MIB, 3).await;
        let mut moved = 0;
        loop {
            match world.ask(MIB, NOW).await {
                LeaseAnswer::Granted(lease) => {
                    let first = moved < MIB;
                    assert_eq!(lease.package, Some(if first { soon } else { late }));
                    moved += lease.bytes.0;
                    world.report(lease.id, lease.bytes.0, true).await;
                }
                answer => {
                    assert_eq!(reason(answer), Reason::PackageEmpty);
                    break;
                }
            }
        }
        assert_eq!(moved, 2 * MIB);
        world.proved().await;
    }

    async fn what_others_hold_is_asked_back_before_anyone_is_denied(store: Store) {
        let mut world = World::new(&store, Bytes::ZERO, Bytes::ZERO).await;
        world.package(MIB / 4, 30).await;
        let lease = world.lease(MIB).await;
        assert_eq!(world.ask(MIB, NOW).await, LeaseAnswer::Later);
        world.report(lease.id, 100, true).await;
        let rest = world.lease(MIB).await;
        assert_eq!(rest.bytes.0, MIB / 4 - 100);
        world.proved().await;
    }

    async fn limits_of_account_and_day_hold(store: Store) {
        let mut world = World::new(&store, Bytes(2 * MIB), Bytes(MIB)).await;
        world.package(GB, 30).await;
        let lease = world.lease(GB).await;
        assert_eq!(lease.bytes.0, 256 * 1_024);
        // Midnight in Shanghai is 16:00 UTC.
        assert!(lease.valid_until <= NOW.plus_seconds(60));
        world.report(lease.id, MIB, true).await;
        assert_eq!(reason(world.ask(MIB, NOW).await), Reason::DailyLimit);
        let tomorrow = NOW.plus_days(1);
        let LeaseAnswer::Granted(lease) = world.ask(GB, tomorrow).await else { panic!("denied") };
        let batch = world.batch(lease.id, MIB, true, tomorrow);
        flow::apply(&world.meter, &batch, tomorrow).await.unwrap();
        assert_eq!(reason(world.ask(MIB, tomorrow).await), Reason::AccountLimit);
        assert_eq!(world.account_used().await, (2 * MIB, MIB));
        world.proved().await;
    }

    async fn a_dead_gateways_leases_come_back(store: Store) {
        let mut world = World::new(&store, Bytes::ZERO, Bytes::ZERO).await;
        let package = world.package(GB, 30).await;
        let lease = world.lease(10 * MIB).await;
        world.report(lease.id, MIB, false).await;
        let gateway = GatewayId("g".into());
        assert_eq!(close_earlier_lives(&world.meter, &gateway, 2, NOW).await.unwrap(), 0);
        assert_eq!(close_earlier_lives(&world.meter, &gateway, 3, NOW).await.unwrap(), 1);
        assert_eq!(world.package_counts(package).await, (MIB, 0));
        world.lease(10 * MIB).await;
        assert_eq!(sweep(&world.meter, NOW.plus_seconds(61)).await.unwrap(), 0);
        assert_eq!(sweep(&world.meter, NOW.plus_seconds(91)).await.unwrap(), 1);
        assert_eq!(world.package_counts(package).await, (MIB, 0));
        world.proved().await;
    }

    async fn without_a_package_or_an_account_nothing_is_leased(store: Store) {
        let world = World::new(&store, Bytes::ZERO, Bytes::ZERO).await;
        assert_eq!(reason(world.ask(MIB, NOW).await), Reason::PackageEmpty);
        world.package(GB, 0).await;
        assert_eq!(reason(world.ask(MIB, NOW).await), Reason::PackageEmpty);
        accounts::flow::delete(&world.state, world.customer, &["user01".into()], NOW).await.unwrap();
        assert_eq!(reason(world.ask(MIB, NOW).await), Reason::AccountDisabled);
    }

    async fn the_log_tells_days_of_the_zone(store: Store) {
        let mut world = World::new(&store, Bytes::ZERO, Bytes::ZERO).await;
        world.package(GB, 30).await;
        let lease = world.lease(10 * MIB).await;
        world.report(lease.id, 10 * MIB, true).await;
        let tx = store.read().await.unwrap();
        let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
        let days = async |wanted: Wanted| {
            let found = flow::days(&tx, world.customer, &wanted, NOW.plus_days(-1), NOW.plus_ms(1), &zone).await;
            found.unwrap().into_iter().map(|day| day.flow.0).collect::<Vec<_>>()
        };
        assert_eq!(days(Wanted::default()).await, [0, 10_240]);
        assert_eq!(days(Wanted { username: Some("USER01".into()), ..Wanted::default() }).await, [0, 10_240]);
        assert_eq!(days(Wanted { username: Some("nobody".into()), ..Wanted::default() }).await, [0, 0]);
        assert_eq!(days(Wanted { product: Some(ProductType::Isp), ..Wanted::default() }).await, [0, 0]);
    }

    async fn sums_stay_provable_when_old_rows_are_dropped(store: Store) {
        let mut world = World::new(&store, Bytes::ZERO, Bytes::ZERO).await;
        world.package(GB, 30).await;
        let lease = world.lease(10 * MIB).await;
        world.report(lease.id, MIB, true).await;
        prune::run(&world.meter, NOW.plus_days(500)).await.unwrap();
        world.proved().await;
        let tx = store.write().await.unwrap();
        packages::meter::book(&tx, lease.package.unwrap(), 1, 0).await.unwrap();
        assert_eq!(check::differences(&tx).await.unwrap().len(), 1, "a difference of one byte is found");
    }
}
