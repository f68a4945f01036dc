//! What disputes hold, give back and take for good, on both engines.

use super::freeze::{forfeit, freeze, thaw};
use crate::orders::{self, Order, Request, Status, flow};
use crate::testing::Shop;
use crate::{grants, payments};
use turnpike_access::packages::{self, Package, meter};
use turnpike_base::{Money, PackageId, Timestamp};
use turnpike_network::statics::hold;
use turnpike_store::{Read, WriteTx, args, both_engines};

/// 2026-11-24 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_521_600_000);
const GB: i64 = 1 << 30;

async fn bought(shop: &Shop, code: &str, more: impl FnOnce(&mut Request)) -> (Order, PackageId) {
    let mut ask = Request::plain(shop.pid(code).await, payments::BALANCE);
    more(&mut ask);
    let order = flow::create(&shop.state, &shop.buyer(NOW), &ask).await.unwrap();
    let given = grants::of_order(&shop.state.store.read().await.unwrap(), &order.trade_no).await.unwrap();
    (order, given[0].package)
}

fn us(ask: &mut Request) {
    ask.region_list = Some(vec![crate::fields::Region { country: "US".into(), count: 1, asn: None }]);
}

async fn package(shop: &Shop, id: PackageId) -> Package {
    packages::by_id(&shop.state.store.read().await.unwrap(), id).await.unwrap().unwrap()
}

async fn held(shop: &Shop, id: PackageId) -> bool {
    let tx = shop.state.store.read().await.unwrap();
    hold::by_package(&tx, id).await.unwrap().is_some_and(|held| !held.ended)
}

/// A dispute over `amount` of an order's price, named after it.
async fn disputed(shop: &Shop, order: &Order, amount: Money, now: Timestamp) {
    let tx = shop.state.store.write().await.unwrap();
    freeze(&tx, order, &order.trade_no, amount, now).await.unwrap();
    tx.commit().await.unwrap();
    proves(shop).await;
}

async fn won(shop: &Shop, order: &Order, now: Timestamp) {
    let tx = shop.state.store.write().await.unwrap();
    thaw(&tx, &order.trade_no, now).await.unwrap();
    tx.commit().await.unwrap();
    proves(shop).await;
}

async fn lost(shop: &Shop, order: &Order, amount: Money, now: Timestamp) -> Order {
    let tx = shop.state.store.write().await.unwrap();
    called(&tx, order, amount, now).await;
    forfeit(&tx, &shop.state, &order.trade_no, now).await.unwrap();
    flow::called_back(&tx, order, amount, now).await.unwrap();
    tx.commit().await.unwrap();
    proves(shop).await;
    orders::by_trade_no(&shop.state.store.read().await.unwrap(), &order.trade_no).await.unwrap().unwrap()
}

/// The record of a payment that its payer's bank took back.
async fn called(tx: &WriteTx, order: &Order, amount: Money, now: Timestamp) {
    let sql = "INSERT INTO payments (site_id, customer_id, trade_no, pm_id, amount, received, currency, status, created_at) \
        VALUES ($1, $2, $3, 2, $4, $4, 'CNY', 'paid', $5) RETURNING id";
    let row = tx.row(sql, args![order.site, order.customer, &order.trade_no, amount, now]).await.unwrap();
    let payment: i64 = row.unwrap().get("id").unwrap();
    let sql = "INSERT INTO payment_disputes (dispute, payment_id, amount, status, created_at) VALUES ($1, $2, $3, 'lost', $4)";
    tx.exec(sql, args![&order.trade_no, payment, amount, now]).await.unwrap();
}

async fn proves(shop: &Shop) {
    let tx = shop.state.store.read().await.unwrap();
    assert_eq!(crate::check::differences(&tx).await.unwrap(), Vec::<String>::new());
}

both_engines! {
    async fn a_bucket_keeps_what_other_orders_paid(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let (bucket, id) = bought(&shop, "rotating", |_| {}).await;
        bought(&shop, "addon", |_| {}).await;
        let tx = store.write().await.unwrap();
        meter::book(&tx, id, GB / 2, 0).await.unwrap();
        tx.commit().await.unwrap();
        let before = package(&shop, id).await;
        disputed(&shop, &bucket, bucket.pay_fee(), NOW).await;
        let frozen = package(&shop, id).await;
        let left = (frozen.total - frozen.used, frozen.expires_at);
        assert_eq!(left, (GB, before.expires_at), "the add-on is there, and as long");
        won(&shop, &bucket, NOW.plus_days(1)).await;
        assert_eq!(package(&shop, id).await, before);
        won(&shop, &bucket, NOW.plus_days(1)).await;
        assert_eq!(package(&shop, id).await, before, "once");
    }

    async fn a_part_that_is_disputed_holds_a_part(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let (bucket, id) = bought(&shop, "rotating", |_| {}).await;
        disputed(&shop, &bucket, Money(bucket.pay_fee().0 / 4), NOW).await;
        assert_eq!(package(&shop, id).await.total, 5 * GB * 3 / 4);
        let refunded = flow::refund_order(&shop.state, &bucket.trade_no, None, NOW).await.unwrap();
        assert_eq!(refunded.refund_fee, Money(3_000), "what the dispute holds is not paid back as well");
        assert_eq!(package(&shop, id).await.total, 0);
        proves(&shop).await;
    }

    async fn a_refund_beside_a_dispute_does_not_end_the_order(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let sold = async || {
            let tx = store.read().await.unwrap();
            let row = tx.row("SELECT taken FROM products WHERE code = 'limited'", args![]).await.unwrap().unwrap();
            row.get::<i64>("taken").unwrap()
        };
        let half = Money(50);
        for won_by_customer in [false, true] {
            let (order, id) = bought(&shop, "limited", |_| {}).await;
            disputed(&shop, &order, half, NOW).await;
            let refunded = flow::refund_order(&shop.state, &order.trade_no, None, NOW).await.unwrap();
            assert_eq!((refunded.status, refunded.refund_fee, sold().await), (Status::Paid, half, 1), "half of it may come back");
            proves(&shop).await;
            let ended = if won_by_customer {
                lost(&shop, &refunded, half, NOW.plus_ms(1)).await
            } else {
                won(&shop, &order, NOW.plus_ms(1)).await;
                assert_eq!(package(&shop, id).await.total, GB / 2);
                flow::refund_order(&shop.state, &order.trade_no, None, NOW.plus_ms(1)).await.unwrap()
            };
            assert_eq!((ended.status, ended.refund_fee, sold().await), (Status::Refunded, Money(100), 0));
            assert_eq!(package(&shop, id).await.total, 0);
            proves(&shop).await;
        }
    }

    async fn a_disputed_renewal_takes_its_days_and_no_others(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let (address, id) = bought(&shop, "static-dc", us).await;
        let first = package(&shop, id).await.expires_at;
        let (renewal, _) = bought(&shop, "renew-dc", |ask| ask.upids = Some(vec![id.0])).await;
        let second = package(&shop, id).await.expires_at;
        disputed(&shop, &renewal, renewal.pay_fee(), NOW.plus_days(1)).await;
        assert_eq!(package(&shop, id).await.expires_at, first);
        assert!(held(&shop, id).await);
        won(&shop, &renewal, NOW.plus_days(9)).await;
        assert_eq!(package(&shop, id).await.expires_at, second);
        // The purchase itself disputed: the renewal's days stay.
        disputed(&shop, &address, address.pay_fee(), NOW.plus_days(9)).await;
        let left = package(&shop, id).await.expires_at.since(NOW.plus_days(9));
        assert_eq!(left, second.since(first), "its own days that are over were used");
        let order = lost(&shop, &address, address.pay_fee(), NOW.plus_days(10)).await;
        assert_eq!((order.status, order.refund_fee), (Status::Refunded, address.goods_fee()));
        assert!(held(&shop, id).await, "others paid for what is left");
    }

    async fn an_address_that_nobody_else_paid_for_serves_nobody_and_is_given_up(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let (order, id) = bought(&shop, "static-dc", us).await;
        let until = package(&shop, id).await.expires_at;
        disputed(&shop, &order, order.pay_fee(), NOW).await;
        let tx = store.read().await.unwrap();
        assert!(hold::owned(&tx, shop.customer, order.product_type, NOW).await.unwrap().is_empty());
        drop(tx);
        hold::sweep(&store, &shop.state.vault, 0, until.plus_ms(-1)).await.unwrap();
        assert!(held(&shop, id).await, "it may come back, however long that takes");
        assert_eq!(flow::refund_order(&shop.state, &order.trade_no, None, NOW).await.unwrap_err().slug, "order_used");
        won(&shop, &order, NOW.plus_days(1)).await;
        assert_eq!(package(&shop, id).await.expires_at, until);
        disputed(&shop, &order, order.pay_fee(), NOW.plus_days(2)).await;
        let order = lost(&shop, &order, order.pay_fee(), NOW.plus_days(3)).await;
        assert_eq!(order.status, Status::Refunded);
        assert!(!held(&shop, id).await);
        let tx = store.read().await.unwrap();
        let ended = hold::by_package(&tx, id).await.unwrap().unwrap();
        assert!(ended.expires_at <= NOW.plus_days(3));
    }
}
