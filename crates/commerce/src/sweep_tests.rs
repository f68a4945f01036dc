//! What jobs do over and over: all that is due in one run, whatever fails of it, on both engines.

use crate::orders::{self, Order, Request};
use crate::renewals::{self, Duration};
use crate::testing::Shop;
use crate::{grants, ledger, payments, warnings};
use turnpike_base::{Money, PackageId, Timestamp};
use turnpike_store::{Read, Store, args, both_engines};

/// 2026-11-24 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_521_600_000);
/// What a bucket costs.
const PRICE: i64 = 9_999;

async fn exec(store: &Store, sql: &str) {
    let tx = store.write().await.unwrap();
    tx.exec(sql, args![]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn count(store: &Store, what: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) AS n FROM {what}");
    let row = store.read().await.unwrap().row(&sql, args![]).await.unwrap();
    row.unwrap().get("n").unwrap()
}

async fn buy(shop: &Shop, code: &str, pm_id: i64, now: Timestamp) -> Order {
    let wish = Request::plain(shop.pid(code).await, pm_id);
    orders::flow::create(&shop.state, &shop.buyer(now), &wish).await.unwrap()
}

/// A bucket from the balance.
async fn bucket(shop: &Shop, now: Timestamp) -> PackageId {
    let bought = buy(shop, "bucket", payments::BALANCE, now).await;
    grants::of_order(&shop.state.store.read().await.unwrap(), &bought.trade_no).await.unwrap()[0].package
}

async fn renews(shop: &Shop, id: PackageId, now: Timestamp) {
    let tx = shop.state.store.write().await.unwrap();
    renewals::flow::set(&tx, &shop.buyer(now), &[id.0], true, Duration::OneMonth).await.unwrap();
    tx.commit().await.unwrap();
}

both_engines! {
    async fn every_order_whose_time_is_over_closes_in_one_run(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        for _ in 0..205 {
            buy(&shop, "bucket", 0, NOW).await;
        }
        exec(&store, "UPDATE orders SET goods = 'unreadable' WHERE id = (SELECT MIN(id) FROM orders)").await;
        let then = NOW.plus_minutes(30);
        assert_eq!(orders::flow::expire(&shop.state, then.plus_ms(-1)).await.unwrap(), 0);
        assert_eq!(orders::flow::expire(&shop.state, then).await.unwrap(), 204, "and one holds up no other");
        assert_eq!(count(&store, "orders WHERE status = 0").await, 1);
    }

    async fn renewals_that_fail_keep_no_good_one_waiting(store: Store) {
        let shop = Shop::open(&store, 53 * PRICE, NOW).await;
        let mut all = Vec::new();
        for _ in 0..52 {
            let id = bucket(&shop, NOW).await;
            renews(&shop, id, NOW).await;
            all.push(id);
        }
        let later = NOW.plus_minutes(61);
        let good = bucket(&shop, later).await;
        renews(&shop, good, later).await;
        let due = NOW.plus_days(30).plus_minutes(-10);
        assert_eq!(renewals::flow::run(&shop.state, due).await.unwrap(), 52, "more than are looked for at a time");
        assert_eq!(count(&store, "renewal_settings WHERE attempts = 1").await, 52);
        // They lapse before the next one is due.
        exec(&store, &format!("UPDATE packages SET expires_at = {} WHERE id <> {}", NOW.plus_days(90).0, good.0)).await;
        exec(&store, &format!("UPDATE renewal_settings SET due_at = {} WHERE attempts = 1", due.0)).await;
        let tx = store.write().await.unwrap();
        ledger::credit_by_operator(&tx, shop.site.id, shop.customer, Money(PRICE), "test", later).await.unwrap();
        tx.commit().await.unwrap();
        let due = later.plus_days(30).plus_minutes(-10);
        assert_eq!(renewals::flow::run(&shop.state, due).await.unwrap(), 53);
        let renewed = format!("renewal_logs WHERE status = 1 AND package_id = {}", good.0);
        assert_eq!(count(&store, &renewed).await, 1, "the money was there for one, and it came first");
    }

    async fn everybody_is_warned_in_one_run_but_of_what_was_paid_back(store: Store) {
        let shop = Shop::open(&store, 2 * PRICE, NOW).await;
        let back = buy(&shop, "bucket", payments::BALANCE, NOW).await;
        bucket(&shop, NOW).await;
        orders::flow::refund_order(&shop.state, &back.trade_no, None, NOW).await.unwrap();
        exec(&store, "INSERT INTO packages (customer_id, product_type, title, trade_no, ordered_at, paid_at, total, created_at, \
            expires_at) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 204) \
            SELECT p.customer_id, p.product_type, p.title, p.trade_no, p.ordered_at, p.paid_at, p.total, p.created_at, \
            p.expires_at FROM packages p, n WHERE p.total > 0").await;
        let soon = NOW.plus_days(28);
        assert_eq!(warnings::flow::run(&shop.state, soon).await.unwrap(), 205);
        assert_eq!(warnings::flow::run(&shop.state, soon).await.unwrap(), 0, "once");
        assert_eq!(count(&store, "warnings WHERE kind = 'expires'").await, 205);
        let refunded = "warnings w JOIN packages p ON p.id = w.package_id WHERE p.total = 0";
        assert_eq!(count(&store, refunded).await, 0);
    }
}
