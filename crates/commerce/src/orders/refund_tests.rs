//! Refunds of every sort of purchase, whole and in pieces, on both engines.

use super::*;
use crate::testing::Shop;
use crate::{grants, ledger, payments};
use turnpike_access::packages::{self, Package, change, meter};
use turnpike_base::{Code, Fault, Money, Timestamp};
use turnpike_network::statics::hold;
use turnpike_store::{Read, args, both_engines};

/// 2026-11-24 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_521_600_000);

async fn bought(shop: &Shop, code: &str, more: impl FnOnce(&mut Request)) -> Order {
    let mut ask = Request::plain(shop.pid(code).await, payments::BALANCE);
    more(&mut ask);
    flow::create(&shop.state, &shop.buyer(NOW), &ask).await.unwrap()
}

async fn package(shop: &Shop, order: &Order) -> Package {
    let tx = shop.state.store.read().await.unwrap();
    let given = grants::of_order(&tx, &order.trade_no).await.unwrap();
    packages::by_id(&tx, given[0].package).await.unwrap().unwrap()
}

async fn refund(shop: &Shop, order: &Order, amount: Option<i64>, now: Timestamp) -> Result<Order, Fault> {
    let tx = shop.state.store.write().await.unwrap();
    let refunded = flow::refund(&tx, &shop.state, &order.trade_no, amount.map(Money), now).await?;
    tx.commit().await.unwrap();
    Ok(refunded)
}

async fn balance(shop: &Shop) -> i64 {
    ledger::balance(&shop.state.store.read().await.unwrap(), shop.customer).await.unwrap().0
}

async fn proves(shop: &Shop) {
    let tx = shop.state.store.read().await.unwrap();
    assert_eq!(ledger::check::differences(&tx).await.unwrap(), Vec::<String>::new());
    assert_eq!(crate::check::differences(&tx).await.unwrap(), Vec::<String>::new());
}

fn us(count: i64) -> Option<Vec<crate::fields::Region>> {
    Some(vec![crate::fields::Region { country: "US".into(), count, asn: None }])
}

both_engines! {
    async fn refunds_in_pieces_add_up_to_the_price_to_the_cent(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let made = bought(&shop, "bucket", |_| {}).await;
        for (amount, status, back) in [(Some(1), Status::Paid, 1), (Some(3_333), Status::Paid, 3_334), (Some(3_333), Status::Paid, 6_667)] {
            let refunded = refund(&shop, &made, amount, NOW).await.unwrap();
            assert_eq!((refunded.status, refunded.refund_fee), (status, Money(back)));
        }
        let much = refund(&shop, &made, Some(3_333), NOW).await.unwrap_err();
        assert!(much.errors.contains_key("amount"), "{much}");
        let last = refund(&shop, &made, None, NOW).await.unwrap();
        assert_eq!((last.status, last.refund_fee), (Status::Refunded, Money(9_999)));
        assert_eq!(refund(&shop, &made, None, NOW).await.unwrap_err().code, Code::Conflict);
        assert_eq!((package(&shop, &made).await.total, balance(&shop).await), (0, 100_000));
        proves(&shop).await;
    }

    async fn what_is_used_between_two_refunds_is_not_paid_back(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let made = bought(&shop, "extract", |_| {}).await;
        // 8.00 for 100: a quarter is paid back, a quarter used.
        refund(&shop, &made, Some(200), NOW).await.unwrap();
        let id = package(&shop, &made).await.id;
        let tx = store.write().await.unwrap();
        assert!(change::take_uses(&tx, id, 25, NOW).await.unwrap());
        tx.commit().await.unwrap();
        let last = refund(&shop, &made, None, NOW).await.unwrap();
        assert_eq!((last.status, last.refund_fee), (Status::Refunded, Money(600)));
        let package = package(&shop, &made).await;
        assert_eq!((package.total, package.used), (25, 25));
        proves(&shop).await;
    }

    async fn what_traffic_has_on_lease_is_paid_back_when_it_is_there_again(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let made = bought(&shop, "limited", |_| {}).await;
        let package_id = package(&shop, &made).await.id;
        let lease = async |bytes: i64| {
            let tx = store.write().await.unwrap();
            meter::book(&tx, package_id, 0, bytes).await.unwrap();
            tx.commit().await.unwrap();
        };
        let sold = async || {
            let tx = store.read().await.unwrap();
            let row = tx.row("SELECT taken FROM products WHERE code = 'limited'", args![]).await.unwrap().unwrap();
            row.get::<i64>("taken").unwrap()
        };
        lease(1 << 28).await;
        let first = refund(&shop, &made, None, NOW).await.unwrap();
        assert_eq!((first.status, first.refund_fee, sold().await), (Status::Paid, Money(75), 1), "a quarter is on its way");
        proves(&shop).await;
        assert_eq!(refund(&shop, &made, None, NOW).await.unwrap_err().slug, "order_used");
        lease(-(1 << 28)).await;
        let last = refund(&shop, &made, None, NOW).await.unwrap();
        assert_eq!((last.status, last.refund_fee, sold().await), (Status::Refunded, Money(100), 0));
        assert_eq!((package(&shop, &made).await.total, balance(&shop).await), (0, 100_000));
        proves(&shop).await;
    }

    async fn what_comes_back_and_is_worth_less_than_a_cent_ends_the_order(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let made = bought(&shop, "bucket", |_| {}).await;
        let id = package(&shop, &made).await.id;
        let lease = async |used: i64, bytes: i64| {
            let tx = store.write().await.unwrap();
            meter::book(&tx, id, used, bytes).await.unwrap();
            tx.commit().await.unwrap();
        };
        lease(0, 256 << 10).await;
        let first = refund(&shop, &made, None, NOW).await.unwrap();
        assert_eq!((first.status, first.refund_fee), (Status::Paid, Money(9_998)));
        lease(1 << 10, -(256 << 10)).await;
        let last = refund(&shop, &made, None, NOW).await.unwrap();
        assert_eq!((last.status, last.refund_fee), (Status::Refunded, Money(9_998)));
        let package = package(&shop, &made).await;
        assert_eq!((package.total, package.used), (1 << 10, 1 << 10));
        proves(&shop).await;
    }

    async fn time_that_is_over_is_used(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let made = bought(&shop, "static-dc", |ask| ask.region_list = us(2)).await;
        // A third of the 30 days; 40.00 for both.
        let then = NOW.plus_days(10);
        let half = refund(&shop, &made, Some(1_333), then).await.unwrap();
        assert_eq!(half.status, Status::Paid);
        let shortened = package(&shop, &made).await;
        assert!((19..=20).contains(&(shortened.expires_at.since(NOW) / 86_400_000)), "{shortened:?}");
        let last = refund(&shop, &made, None, then).await.unwrap();
        assert_eq!((last.status, last.refund_fee), (Status::Refunded, Money(2_666)));
        let tx = store.read().await.unwrap();
        let held = hold::by_package(&tx, shortened.id).await.unwrap();
        assert!(held.is_none_or(|held| held.ended), "the address is given back");
        drop(tx);
        proves(&shop).await;
    }

    async fn a_renewal_and_more_traffic_are_taken_back_from_what_they_were_for(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let address = bought(&shop, "static-dc", |ask| ask.region_list = us(1)).await;
        let held = package(&shop, &address).await;
        let renewal = bought(&shop, "renew-dc", |ask| ask.upids = Some(vec![held.id.0])).await;
        assert!(package(&shop, &address).await.expires_at > held.expires_at);
        assert_eq!(refund(&shop, &renewal, None, NOW).await.unwrap().refund_fee, Money(2_000));
        assert_eq!(package(&shop, &address).await.expires_at, held.expires_at);
        let bucket = bought(&shop, "rotating", |_| {}).await;
        let addon = bought(&shop, "addon", |_| {}).await;
        let tx = store.write().await.unwrap();
        let id = package(&shop, &bucket).await.id;
        meter::book(&tx, id, 1 << 29, 0).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(refund(&shop, &addon, None, NOW).await.unwrap().refund_fee, Money(900));
        assert_eq!(package(&shop, &bucket).await.total, 5 << 30);
        assert_eq!(refund(&shop, &bucket, None, NOW).await.unwrap().refund_fee, Money(3_600), "nine tenths");
        proves(&shop).await;
    }

    async fn a_month_that_is_over_is_used_however_often_it_was_renewed(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let address = bought(&shop, "static-dc", |ask| ask.region_list = us(1)).await;
        let id = package(&shop, &address).await.id;
        let renewal = bought(&shop, "renew-dc", |ask| ask.upids = Some(vec![id.0])).await;
        let then = NOW.plus_days(27);
        assert_eq!(refund(&shop, &address, None, then).await.unwrap().refund_fee, Money(200), "3 of 30 days");
        assert_eq!(refund(&shop, &renewal, None, then).await.unwrap().refund_fee, Money(2_000));
        proves(&shop).await;
    }

    async fn what_is_limited_comes_back_though_a_second_of_it_is_over(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let limited = bought(&shop, "limited", |ask| ask.amount = 3).await;
        let left = |shop: &Shop| {
            let (store, product) = (shop.state.store.clone(), limited.product);
            async move { crate::products::by_id(&store.read().await.unwrap(), product).await.unwrap().unwrap().taken }
        };
        assert_eq!(left(&shop).await, 3);
        let id = package(&shop, &limited).await.id;
        let tx = store.write().await.unwrap();
        meter::book(&tx, id, 1 << 20, 0).await.unwrap();
        tx.commit().await.unwrap();
        let back = refund(&shop, &limited, None, NOW).await.unwrap();
        assert!(back.refund_fee < limited.goods_fee(), "a part was used");
        assert_eq!(left(&shop).await, 0);
        proves(&shop).await;
    }

    async fn what_cost_nothing_is_taken_back_too(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        shop.coupon("FREE", 10_000, 0, NOW).await;
        let free = bought(&shop, "bucket", |ask| ask.coupon_sn = Some("FREE".into())).await;
        assert_eq!((free.goods_fee(), free.status), (Money::ZERO, Status::Paid));
        let id = package(&shop, &free).await.id;
        let tx = store.write().await.unwrap();
        meter::book(&tx, id, 1 << 30, 0).await.unwrap();
        tx.commit().await.unwrap();
        assert!(refund(&shop, &free, Some(1), NOW).await.is_err(), "there is no money in it");
        let back = refund(&shop, &free, None, NOW).await.unwrap();
        assert_eq!((back.status, back.refund_fee), (Status::Refunded, Money::ZERO));
        let package = package(&shop, &free).await;
        assert_eq!((package.total, package.used), (1 << 30, 1 << 30));
        assert_eq!(refund(&shop, &free, None, NOW).await.unwrap_err().slug, "order_not_paid");
        proves(&shop).await;
    }

    async fn balance_on_top_is_taken_back_as_far_as_it_is_there(store: Store) {
        let shop = Shop::open(&store, 2_000, NOW).await;
        let made = bought(&shop, "gifted", |_| {}).await;
        assert_eq!(balance(&shop).await, 500);
        refund(&shop, &made, None, NOW).await.unwrap();
        assert_eq!(balance(&shop).await, 2_000);
        let again = bought(&shop, "gifted", |_| {}).await;
        bought(&shop, "limited", |ask| ask.amount = 3).await;
        assert_eq!(balance(&shop).await, 200);
        refund(&shop, &again, None, NOW).await.unwrap();
        assert_eq!(balance(&shop).await, 2_000, "3.00 of the gift were spent");
        proves(&shop).await;
    }
}
