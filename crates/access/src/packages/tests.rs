//! Packages: identities of the figures, and drawing on both engines.

use super::rules::{self, Status};
use super::{Grant, Package, Wanted, flow, meter, usable};
use proptest::prelude::*;
use turnpike_base::{CustomerId, PackageId, Page, ProductType, Timestamp};
use turnpike_store::{args, both_engines};

const NOW: Timestamp = Timestamp(1_000_000_000);
const WHO: CustomerId = CustomerId(7);

fn package(product: ProductType, total: i64, used: i64, expires_at: Timestamp) -> Package {
    Package {
        id: PackageId(1),
        customer: WHO,
        product,
        title: turnpike_base::Text::new("t", "t"),
        trade_no: "1".into(),
        ordered_at: NOW,
        paid_at: NOW,
        total,
        used,
        reserved: 0,
        bandwidth: None,
        concurrency: None,
        auto_renew: false,
        created_at: NOW,
        expires_at,
    }
}

fn grant(total: i64, days: i64) -> Grant {
    Grant {
        customer: WHO,
        product: ProductType::Dynamic,
        title: turnpike_base::Text::new("入门", "Entry level"),
        trade_no: "2022051312134339861461465434".into(),
        ordered_at: NOW,
        paid_at: NOW,
        total,
        bandwidth: None,
        concurrency: None,
        expires_at: NOW.plus_days(days),
    }
}

proptest! {
    #[test]
    fn the_identities_hold_always(
        rows in prop::collection::vec((0i64..1 << 45, 0i64..1 << 45, -20i64..20), 0..40),
        countable in any::<bool>(),
    ) {
        let product = if countable { ProductType::ExtractionQuota } else { ProductType::Dynamic };
        let packages: Vec<_> =
            rows.iter().map(|(total, used, days)| package(product, *total, *used, NOW.plus_days(*days))).collect();
        let sum = rules::summary(&packages, NOW);
        prop_assert_eq!(sum.total, sum.used + sum.effective + sum.expired);
        prop_assert_eq!(sum.effective_total, sum.effective + sum.effective_used);
        prop_assert!(sum.temporary <= sum.effective && sum.temporary_count <= sum.effective_count);
        let used_up = packages.iter().filter(|p| rules::status(p, NOW) == Status::UsedUp).count();
        prop_assert_eq!(sum.total_count, sum.effective_count + sum.expired_count + i64::try_from(used_up).unwrap());
    }
}

#[test]
fn a_package_used_up_and_expired_counts_as_used_up() {
    assert_eq!(rules::status(&package(ProductType::Dynamic, 5, 5, NOW), NOW), Status::UsedUp);
    assert_eq!(rules::status(&package(ProductType::Dynamic, 5, 4, NOW), NOW), Status::Expired);
    // Nothing is drawn from an address, so it is never used up.
    assert_eq!(
        rules::status(&package(ProductType::StaticDatacenter, 0, 9, NOW.plus_days(1)), NOW),
        Status::Active
    );
}

#[test]
fn what_is_left_is_total_minus_the_rounded_use() {
    let figures = rules::figures(&package(ProductType::Dynamic, 10 * 1_024, 1_025, NOW));
    assert_eq!((figures.total, figures.used, figures.left), (10, 2, 8));
    let over = rules::figures(&package(ProductType::Dynamic, 10 * 1_024, 11 * 1_024, NOW));
    assert_eq!((over.used, over.left), (10, 0));
}

both_engines! {
    async fn the_package_that_expires_first_is_drawn_first(store: Store) {
        let tx = store.write().await.unwrap();
        let late = flow::grant(&tx, &grant(1_000, 30), NOW).await.unwrap();
        let soon = flow::grant(&tx, &grant(1_000, 3), NOW).await.unwrap();
        let over = flow::grant(&tx, &grant(1_000, 0), NOW).await.unwrap();
        meter::book(&tx, soon, 400, 600).await.unwrap();
        let locked = meter::lock_usable(&tx, WHO, ProductType::Dynamic, NOW).await.unwrap();
        assert_eq!(locked.iter().map(|p| (p.id, p.reserved)).collect::<Vec<_>>(), [(soon, 600), (late, 0)]);
        let ids: Vec<_> = usable(&tx, WHO, ProductType::Dynamic, NOW).await.unwrap().iter().map(|p| p.id).collect();
        assert_eq!(ids, [soon, late]);
        assert_ne!(over, late);
    }

    async fn lists_are_the_customers_own_newest_first(store: Store) {
        let tx = store.write().await.unwrap();
        let first = flow::grant(&tx, &grant(1, 1), NOW).await.unwrap();
        let second = flow::grant(&tx, &grant(1, 1), NOW.plus_seconds(1)).await.unwrap();
        flow::grant(&tx, &Grant { customer: CustomerId(8), ..grant(1, 1) }, NOW).await.unwrap();
        let found = flow::list(&tx, WHO, Wanted::default(), Page::default()).await.unwrap();
        assert_eq!(found.total, 2);
        assert_eq!(found.rows.iter().map(|p| p.id).collect::<Vec<_>>(), [second, first]);
        let other = Wanted { product: Some(ProductType::Datacenter), ..Wanted::default() };
        assert_eq!(flow::list(&tx, WHO, other, Page::default()).await.unwrap().total, 0);
        let other = Wanted { trade_no: Some("20220513"), ..Wanted::default() };
        assert_eq!(flow::list(&tx, WHO, other, Page::default()).await.unwrap().total, 0);
    }

    async fn a_state_asked_for_is_the_state_that_is_told(store: Store) {
        let tx = store.write().await.unwrap();
        for product in [ProductType::Dynamic, ProductType::Exchange, ProductType::StaticDatacenter, ProductType::DynamicUnmetered] {
            for (total, used, days) in [(5, 0, 1), (5, 4, 0), (5, 5, 1), (5, 6, 0), (0, 0, 1), (0, 9, 0)] {
                let id = flow::grant(&tx, &Grant { product, ..grant(total, days) }, NOW).await.unwrap();
                tx.exec("UPDATE packages SET used = $2 WHERE id = $1", args![id, used]).await.unwrap();
            }
        }
        let all = flow::list(&tx, WHO, Wanted::default(), Page::new(1, 200)).await.unwrap();
        assert_eq!(all.total, 24);
        for status in [Status::Active, Status::UsedUp, Status::Expired] {
            let wanted = Wanted { status: Some((status, NOW)), ..Wanted::default() };
            let found = flow::list(&tx, WHO, wanted, Page::new(1, 200)).await.unwrap();
            let told = all.rows.iter().filter(|p| rules::status(p, NOW) == status).map(|p| p.id);
            assert_eq!(found.rows.iter().map(|p| p.id).collect::<Vec<_>>(), told.collect::<Vec<_>>(), "{status:?}");
            assert!(found.total > 0, "{status:?}");
        }
    }
}
