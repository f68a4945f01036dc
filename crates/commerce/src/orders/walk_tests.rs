//! A customer's life, step by step: whatever he buys, uses, renews and gives back, at whatever time, the sums over
//! his packages add up after every step, and so do the books.

use super::*;
use crate::testing::Shop;
use crate::{grants, ledger, payments};
use rand::RngExt;
use turnpike_access::packages::{self, change, meter};
use turnpike_base::{PackageId, Timestamp};
use turnpike_store::both_engines;

/// 2027-03-01 08:00:00 UTC: a short month is over soon, and clocks change on the 28th.
const NOW: Timestamp = Timestamp(1_803_888_000_000);
const STEPS: usize = 150;
const CODES: &[&str] =
    &["bucket", "unmetered", "static-dc", "rotating", "extract", "exchange", "addon", "limited"];

async fn buy(shop: &Shop, now: Timestamp) -> Option<Order> {
    let code = CODES[rand::rng().random_range(0..CODES.len())];
    let mut ask = Request::plain(shop.pid(code).await, payments::BALANCE);
    if code == "unmetered" {
        let tx = shop.state.store.read().await.unwrap();
        let product = crate::products::by_id(&tx, turnpike_base::ProductId(ask.pid)).await.unwrap().unwrap();
        let of = |kind| product.skus.iter().find(|sku| sku.kind == kind).map(|sku| sku.id);
        ask.product_sku_bandwidth_id = of(crate::products::SkuKind::Bandwidth);
        ask.product_sku_concurrency_id = of(crate::products::SkuKind::Concurrency);
    }
    if code == "static-dc" {
        ask.region_list = Some(vec![crate::fields::Region { country: "US".into(), count: 1, asn: None }]);
    }
    flow::create(&shop.state, &shop.buyer(now), &ask).await.ok()
}

/// Uses a part of a package, or the rest of it, as the meter would.
async fn draw(shop: &Shop, id: PackageId, now: Timestamp) {
    let tx = shop.state.store.write().await.unwrap();
    let Some(package) = change::lock(&tx, id).await.unwrap() else { return };
    let left = (package.total - package.used).max(0);
    if package.expires_at <= now || left == 0 {
        return;
    }
    let part = if rand::rng().random_bool(0.3) { left } else { rand::rng().random_range(0..=left) };
    if package.product.is_countable() {
        change::take_uses(&tx, id, part.max(1), now).await.unwrap();
    } else {
        meter::book(&tx, id, part, 0).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn step(shop: &Shop, made: &mut Vec<Order>, now: Timestamp) {
    let pick = |made: &[Order]| made[rand::rng().random_range(0..made.len())].clone();
    let what = rand::rng().random_range(0..5);
    if made.is_empty() || what < 2 {
        made.extend(buy(shop, now).await);
        return;
    }
    let order = pick(made);
    let tx = shop.state.store.read().await.unwrap();
    let given = grants::of_order(&tx, &order.trade_no).await.unwrap();
    drop(tx);
    match what {
        2 => draw(shop, given[0].package, now).await,
        3 => {
            let tx = shop.state.store.write().await.unwrap();
            if flow::refund(&tx, &shop.state, &order.trade_no, None, now).await.is_ok() {
                tx.commit().await.unwrap();
            }
        }
        _ => {
            let mut ask = Request::plain(shop.pid("renew-dc").await, payments::BALANCE);
            ask.upids = Some(vec![given[0].package.0]);
            ask.renew_duration = crate::renewals::Duration::EndOfNextMonth;
            made.extend(flow::create(&shop.state, &shop.buyer(now), &ask).await.ok());
        }
    }
}

async fn proves(shop: &Shop, now: Timestamp) {
    let tx = shop.state.store.read().await.unwrap();
    for (_, product) in ProductType::ALL {
        let sum = packages::flow::summary(&tx, shop.customer, product, now).await.unwrap();
        assert_eq!(sum.total, sum.used + sum.effective + sum.expired, "{product:?} {sum:?}");
        assert_eq!(sum.effective_total, sum.effective + sum.effective_used, "{product:?} {sum:?}");
        assert!(
            sum.temporary <= sum.effective && sum.temporary_count <= sum.effective_count,
            "{product:?} {sum:?}"
        );
        let used_up = sum.total_count - sum.effective_count - sum.expired_count;
        let wanted = packages::Wanted { product: Some(product), ..packages::Wanted::default() };
        let all = packages::flow::list(&tx, shop.customer, wanted, Page::new(1, 200)).await.unwrap();
        let gone =
            |p: &&packages::Package| packages::rules::status(p, now) == packages::rules::Status::UsedUp;
        let counted = all.rows.iter().filter(gone).count();
        assert_eq!(
            (used_up, sum.total_count),
            (i64::try_from(counted).unwrap(), all.total),
            "{product:?} {sum:?}"
        );
    }
    assert_eq!(ledger::check::differences(&tx).await.unwrap(), Vec::<String>::new());
    assert_eq!(crate::check::differences(&tx).await.unwrap(), Vec::<String>::new());
}

both_engines! {
    async fn sums_and_books_hold_after_every_step(store: Store) {
        let shop = Shop::open_in(&store, "Europe/Berlin", 100_000_000, NOW).await;
        let (mut made, mut now) = (Vec::new(), NOW);
        for _ in 0..STEPS {
            step(&shop, &mut made, now).await;
            proves(&shop, now).await;
            now = now.plus_minutes(rand::rng().random_range(0..600));
            proves(&shop, now).await;
        }
        assert!(made.len() > STEPS / 5, "{}", made.len());
    }

    async fn what_is_bought_in_winter_expires_at_the_same_time_of_day_in_summer(store: Store) {
        let shop = Shop::open_in(&store, "Europe/Berlin", 100_000, NOW).await;
        let order = flow::create(&shop.state, &shop.buyer(NOW), &Request::plain(shop.pid("bucket").await, payments::BALANCE)).await.unwrap();
        let tx = store.read().await.unwrap();
        let given = grants::of_order(&tx, &order.trade_no).await.unwrap();
        let package = packages::by_id(&tx, given[0].package).await.unwrap().unwrap();
        let zone = &shop.site.zone;
        assert_eq!((NOW.wall(zone), package.expires_at.wall(zone)), ("2027-03-01 09:00:00".into(), "2027-03-31 09:00:00".into()));
        assert_eq!(package.expires_at.since(NOW), 30 * 86_400_000 - 3_600_000, "an hour less: the clocks changed");
        let before = package.expires_at.plus_ms(-1);
        let status = packages::rules::status;
        assert_eq!((status(&package, before) as i64, status(&package, package.expires_at) as i64), (1, 3));
    }
}
