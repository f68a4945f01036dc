//! Orders on both engines: what they cost, hold, grant, and what becomes of money that comes for them.

use super::quote::quote;
use super::*;
use crate::testing::Shop;
use crate::{coupons, grants, ledger, payments};
use turnpike_access::packages;
use turnpike_base::{Code, Fault, Money, Timestamp};
use turnpike_store::{Read, args, both_engines};

/// 2026-11-24 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_521_600_000);
const BALANCE: i64 = payments::BALANCE;
const ONLINE: i64 = 2;

fn ask(pid: i64, pm_id: i64) -> Request {
    Request::plain(pid, pm_id)
}

fn us(count: i64) -> Option<Vec<crate::fields::Region>> {
    Some(vec![crate::fields::Region { country: "US".into(), count, asn: None }])
}

async fn balance(shop: &Shop) -> i64 {
    ledger::balance(&shop.state.store.read().await.unwrap(), shop.customer).await.unwrap().0
}

async fn package_of(shop: &Shop, order: &Order) -> packages::Package {
    let tx = shop.state.store.read().await.unwrap();
    let given = grants::of_order(&tx, &order.trade_no).await.unwrap();
    packages::by_id(&tx, given[0].package).await.unwrap().unwrap()
}

/// Money from outside comes for an order.
async fn comes(shop: &Shop, trade_no: &str, amount: i64, now: Timestamp) -> Settled {
    let tx = shop.state.store.write().await.unwrap();
    let order = lock(&tx, trade_no).await.unwrap().unwrap();
    let paid = Paid { amount: Money(amount), pm_id: ONLINE, reference: "r1".into() };
    let settled = flow::settle(&tx, &shop.state, &order, &paid, now).await.unwrap();
    tx.commit().await.unwrap();
    settled
}

async fn order(shop: &Shop, trade_no: &str) -> Order {
    by_trade_no(&shop.state.store.read().await.unwrap(), trade_no).await.unwrap().unwrap()
}

async fn count(shop: &Shop, table: &str) -> i64 {
    let tx = shop.state.store.read().await.unwrap();
    let sql = format!("SELECT COUNT(*) AS n FROM {table}");
    tx.row(&sql, turnpike_store::args![]).await.unwrap().unwrap().get("n").unwrap()
}

async fn create(shop: &Shop, ask: &Request) -> Result<Order, Fault> {
    flow::create(&shop.state, &shop.buyer(NOW), ask).await
}

both_engines! {
    async fn the_balance_pays_and_grants_at_once(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let mut wish = ask(shop.pid("bucket").await, BALANCE);
        wish.amount = 2;
        wish.etd = 2;
        let made = create(&shop, &wish).await.unwrap();
        // 99.99 x 2 x 1.8
        assert_eq!((made.status, made.pay_fee(), made.trade_no.len()), (Status::Paid, Money(35_996), 28));
        assert_eq!(balance(&shop).await, 50_000 - 35_996);
        let package = package_of(&shop, &made).await;
        assert_eq!(package.total, 22 << 30, "11 GB each, the gift included");
        assert_eq!(package.expires_at, NOW.plus_days(60));
        let refused = create(&shop, &wish).await.unwrap_err();
        assert_eq!((refused.code, count(&shop, "orders").await), (Code::BalanceTooLow, 1), "no order");
    }

    async fn three_of_twelve_buyers_have_the_money(store: Store) {
        let shop = Shop::open(&store, 30_000, NOW).await;
        let wish = ask(shop.pid("bucket").await, BALANCE);
        let buyers = (0..12).map(|_| {
            let (state, site, customer, wish) = (shop.state.clone(), shop.site.clone(), shop.customer, wish.clone());
            tokio::spawn(async move {
                let buyer = Buyer { customer, site: &site, now: NOW };
                flow::create(&state, &buyer, &wish).await.map_err(|fault| fault.code)
            })
        });
        let mut outcomes = Vec::new();
        for buyer in buyers.collect::<Vec<_>>() {
            outcomes.push(buyer.await.unwrap());
        }
        let poor = outcomes.iter().filter(|o| matches!(o, Err(Code::BalanceTooLow))).count();
        assert_eq!((outcomes.iter().filter(|o| o.is_ok()).count(), poor), (3, 9));
        assert_eq!((balance(&shop).await, count(&shop, "packages").await), (30_000 - 3 * 9_999, 3));
    }

    async fn every_address_is_sold_once(store: Store) {
        let shop = Shop::open(&store, 1_000_000, NOW).await;
        let mut wish = ask(shop.pid("static-dc").await, BALANCE);
        wish.region_list = us(1);
        let buyers = (0..14).map(|_| {
            let (state, site, customer, wish) = (shop.state.clone(), shop.site.clone(), shop.customer, wish.clone());
            tokio::spawn(async move {
                let buyer = Buyer { customer, site: &site, now: NOW };
                flow::create(&state, &buyer, &wish).await.map_err(|fault| fault.code)
            })
        });
        let mut outcomes = Vec::new();
        for buyer in buyers.collect::<Vec<_>>() {
            outcomes.push(buyer.await.unwrap());
        }
        let out = outcomes.iter().filter(|o| matches!(o, Err(Code::OutOfStock))).count();
        assert_eq!((outcomes.iter().filter(|o| o.is_ok()).count(), out), (8, 6));
        assert_eq!(balance(&shop).await, 1_000_000 - 8 * 2_000);
        let distinct = "(SELECT DISTINCT static_id FROM static_holdings WHERE state = 'owned') held";
        assert_eq!(count(&shop, distinct).await, 8);
    }

    async fn a_region_in_any_spelling_has_the_stock_of_its_code(store: Store) {
        use turnpike_web::field::Kind as _;
        let shop = Shop::open(&store, 0, NOW).await;
        let mut wish = ask(shop.pid("static-dc").await, 0);
        for spelling in ["US", "us", "USA", "United States", "美国"] {
            for (count, code) in [(8, None), (9, Some(Code::OutOfStock))] {
                let sent = serde_json::json!(format!("{spelling},{count}"));
                wish.region_list = Some(crate::fields::Regions.parse(&sent).unwrap());
                let tx = store.read().await.unwrap();
                let seen = quote(&tx, &shop.state, &shop.buyer(NOW), &wish).await;
                assert_eq!(seen.err().map(|fault| fault.code), code, "{sent}");
                drop(tx);
                let made = create(&shop, &wish).await;
                assert_eq!(made.as_ref().err().map(|fault| fault.code), code, "{sent}");
                if let Ok(order) = made {
                    flow::close(&shop.state, &shop.buyer(NOW), &order.trade_no).await.unwrap();
                }
            }
        }
        let twice = crate::fields::Regions.parse(&serde_json::json!("US,5|USA,4")).unwrap();
        wish.region_list = Some(twice);
        assert_eq!(create(&shop, &wish).await.unwrap_err().code, Code::OutOfStock, "both are one country's");
    }

    async fn closing_frees_what_was_held(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let mut wish = ask(shop.pid("static-dc").await, 0);
        wish.region_list = us(8);
        let first = create(&shop, &wish).await.unwrap();
        wish.region_list = us(1);
        assert_eq!(create(&shop, &wish).await.unwrap_err().code, Code::OutOfStock);
        flow::close(&shop.state, &shop.buyer(NOW), &first.trade_no).await.unwrap();
        let second = create(&shop, &wish).await.unwrap();
        let twice = flow::close(&shop.state, &shop.buyer(NOW), &first.trade_no).await.unwrap_err();
        assert_eq!(twice.code, Code::Conflict);
        let mut limited = ask(shop.pid("limited").await, 0);
        limited.amount = 3;
        create(&shop, &limited).await.unwrap();
        assert_eq!(create(&shop, &limited).await.unwrap_err().code, Code::OutOfStock);
        let late = NOW.plus_minutes(30);
        assert_eq!(flow::expire(&shop.state, late.plus_ms(-1)).await.unwrap(), 0);
        assert_eq!(flow::expire(&shop.state, late).await.unwrap(), 2);
        assert_eq!(order(&shop, &second.trade_no).await.status, Status::Closed);
        create(&shop, &limited).await.unwrap();
    }

    async fn stock_is_put_back_that_was_taken_and_no_other(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let limit = async |stock: i64| {
            let tx = store.write().await.unwrap();
            let sql = "SELECT spec FROM products WHERE code = 'limited'";
            let spec: String = tx.row(sql, turnpike_store::args![]).await.unwrap().unwrap().get("spec").unwrap();
            let mut spec: serde_json::Value = serde_json::from_str(&spec).unwrap();
            spec["stock"] = stock.into();
            let sql = "UPDATE products SET stock = $1, spec = $2 WHERE code = 'limited'";
            tx.exec(sql, turnpike_store::args![stock, spec.to_string()]).await.unwrap();
            tx.commit().await.unwrap();
        };
        let pid = shop.pid("limited").await;
        let wish = |pm_id| ask(pid, pm_id);
        limit(0).await;
        let free = create(&shop, &wish(0)).await.unwrap();
        limit(1).await;
        create(&shop, &wish(BALANCE)).await.unwrap();
        flow::close(&shop.state, &shop.buyer(NOW), &free.trade_no).await.unwrap();
        assert_eq!(create(&shop, &wish(0)).await.unwrap_err().code, Code::OutOfStock, "it held nothing");
        limit(2).await;
        let held = create(&shop, &wish(0)).await.unwrap();
        limit(0).await;
        flow::close(&shop.state, &shop.buyer(NOW), &held.trade_no).await.unwrap();
        limit(2).await;
        let paid = create(&shop, &wish(BALANCE)).await.unwrap();
        assert_eq!(create(&shop, &wish(0)).await.unwrap_err().code, Code::OutOfStock);
        let tx = store.write().await.unwrap();
        flow::refund(&tx, &shop.state, &paid.trade_no, None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        create(&shop, &wish(0)).await.unwrap();
    }

    async fn money_that_comes_short_over_or_late_is_never_lost(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let made = create(&shop, &ask(shop.pid("bucket").await, 0)).await.unwrap();
        assert_eq!(comes(&shop, &made.trade_no, 4_000, NOW).await, Settled::Short { missing: Money(5_999) });
        let waiting = order(&shop, &made.trade_no).await;
        assert_eq!((waiting.status, waiting.pay_fee_status, waiting.expire_at), (Status::Unpaid, SHORT, NOW.plus_days(1)));
        let mut rest = ask(shop.pid("rest").await, 0);
        rest.trade_no = Some(made.trade_no.clone());
        let rest = create(&shop, &rest).await.unwrap();
        assert_eq!(rest.pay_fee(), Money(5_999));
        assert_eq!(comes(&shop, &rest.trade_no, 6_000, NOW).await, Settled::Over { surplus: Money(1) });
        let paid = order(&shop, &made.trade_no).await;
        assert_eq!((paid.status, paid.pay_fee_status, balance(&shop).await), (Status::Paid, EXACT, 1));
        assert_eq!(count(&shop, "packages").await, 1);
        assert_eq!(comes(&shop, &made.trade_no, 500, NOW).await, Settled::Late);
        assert_eq!((balance(&shop).await, count(&shop, "packages").await), (501, 1));
        let other = create(&shop, &ask(shop.pid("bucket").await, 0)).await.unwrap();
        comes(&shop, &other.trade_no, 100, NOW).await;
        flow::expire(&shop.state, NOW.plus_days(1)).await.unwrap();
        assert_eq!((order(&shop, &other.trade_no).await.status, balance(&shop).await), (Status::Closed, 601));
        let found = ledger::check::differences(&store.read().await.unwrap()).await.unwrap();
        assert!(found.is_empty(), "{found:?}");
    }

    async fn recharges_bring_their_gift_and_refunds_take_it_first(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let mut wish = ask(shop.pid("recharge").await, BALANCE);
        wish.recharge_amount = Some(Money(20_000));
        assert_eq!(create(&shop, &wish).await.unwrap_err().code, Code::Forbidden);
        wish.pm_id = 0;
        let made = create(&shop, &wish).await.unwrap();
        comes(&shop, &made.trade_no, 20_000, NOW).await;
        assert_eq!(balance(&shop).await, 20_000 + 2_000 + 100);
        let tx = store.write().await.unwrap();
        let back = flow::refund(&tx, &shop.state, &made.trade_no, None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((back.status, back.refund_fee), (Status::Refunded, Money(20_000)));
    }

    async fn refunds_take_back_what_is_unused(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let made = create(&shop, &ask(shop.pid("bucket").await, BALANCE)).await.unwrap();
        let id = package_of(&shop, &made).await.id;
        let tx = store.write().await.unwrap();
        packages::meter::book(&tx, id, (11 << 30) / 4, 0).await.unwrap();
        let much = flow::refund(&tx, &shop.state, &made.trade_no, Some(Money(7_500)), NOW).await.unwrap_err();
        assert_eq!(much.code, Code::Parameter);
        let back = flow::refund(&tx, &shop.state, &made.trade_no, None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(back.refund_fee, Money(7_499), "three quarters of 99.99, rounded down");
        let package = package_of(&shop, &made).await;
        assert_eq!((package.total, package.used), ((11 << 30) / 4, (11 << 30) / 4));
        assert_eq!(balance(&shop).await, 100_000 - 9_999 + 7_499);
    }

    async fn addons_go_on_top_of_the_bucket_that_expires_last(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let addon = ask(shop.pid("addon").await, BALANCE);
        assert_eq!(create(&shop, &addon).await.unwrap_err().code, Code::Precondition);
        let bucket = create(&shop, &ask(shop.pid("rotating").await, BALANCE)).await.unwrap();
        create(&shop, &addon).await.unwrap();
        assert_eq!(package_of(&shop, &bucket).await.total, 6 << 30);
    }

    async fn renewals_begin_at_the_expiry(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let mut wish = ask(shop.pid("static-dc").await, BALANCE);
        wish.region_list = us(1);
        let bought = create(&shop, &wish).await.unwrap();
        let package = package_of(&shop, &bought).await;
        let mut renew = ask(shop.pid("renew-dc").await, BALANCE);
        renew.upids = Some(vec![package.id.0, 999]);
        assert_eq!(create(&shop, &renew).await.unwrap_err().code, Code::NotFound);
        renew.upids = Some(vec![package.id.0]);
        renew.renew_duration = crate::renewals::Duration::EndOfNextMonth;
        let tx = store.read().await.unwrap();
        let seen = quote(&tx, &shop.state, &shop.buyer(NOW), &renew).await.unwrap();
        drop(tx);
        // 2026-12-24 to 2027-01-31: 38 days of 20.00 a month.
        assert_eq!((seen.figures.gross, seen.plan.previews.len()), (Money(2_533), 1));
        let made = create(&shop, &renew).await.unwrap();
        assert_eq!(made.pay_fee(), Money(2_533));
        let after = package_of(&shop, &bought).await;
        assert_eq!(after.expires_at.wall(&shop.site.zone), "2027-01-31 23:59:59");
        assert_eq!(after.expires_at, seen.plan.previews[0].renewed);
        // Two that were priced before either was paid: each gives the days that it was paid for.
        renew.pm_id = 0;
        let waiting = [create(&shop, &renew).await.unwrap(), create(&shop, &renew).await.unwrap()];
        assert_eq!(waiting[1].pay_fee(), Money(1_867), "28 days of 20.00 a month");
        for order in &waiting {
            comes(&shop, &order.trade_no, 1_867, NOW).await;
        }
        let after = package_of(&shop, &bought).await;
        assert_eq!(after.expires_at.wall(&shop.site.zone), "2027-03-28 23:59:59");
    }

    async fn trials_are_had_once_and_custom_products_never(store: Store) {
        let shop = Shop::open(&store, 100, NOW).await;
        let mut trial = ask(shop.pid("trial").await, 0);
        trial.amount = 100;
        assert!(create(&shop, &trial).await.unwrap_err().errors.contains_key("amount"), "one of it");
        trial.amount = 1;
        assert_eq!(create(&shop, &trial).await.unwrap().status, Status::Paid, "nothing is due");
        let again = create(&shop, &trial).await.unwrap_err();
        assert_eq!(again.code, Code::Conflict);
        assert!(again.text.en.contains("\"Trial\"") && again.text.zh.contains("“试用”"), "by its name: {again}");
        let custom = ask(shop.pid("custom").await, 0);
        assert_eq!(create(&shop, &custom).await.unwrap_err().code, Code::Forbidden);
    }

    async fn a_waiting_order_holds_its_coupon(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        shop.coupon("Spring", 1_500, 5_000, NOW).await;
        let tx = store.write().await.unwrap();
        coupons::flow::invite(&tx, shop.customer, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mut wish = ask(shop.pid("bucket").await, 0);
        wish.coupon_sn = Some("SPRING".into());
        wish.use_invitation_registration_discount = true;
        let made = create(&shop, &wish).await.unwrap();
        assert_eq!((made.discount_fee, made.goods_fee()), (Money(1_500), Money(8_499)), "15 % beat 10 %");
        let again = create(&shop, &wish).await.unwrap_err();
        assert!(again.errors.contains_key("coupon_sn"), "{again}");
        wish.coupon_sn = None;
        let invited = create(&shop, &wish).await.unwrap();
        assert_eq!(invited.discount_fee, Money(1_000));
        let again = create(&shop, &wish).await.unwrap_err();
        assert!(again.errors.contains_key("use_invitation_registration_discount"));
        for order in [made, invited] {
            flow::close(&shop.state, &shop.buyer(NOW), &order.trade_no).await.unwrap();
        }
        wish.coupon_sn = Some("spring".into());
        create(&shop, &wish).await.unwrap();
        let invite = async || {
            let tx = store.write().await.unwrap();
            coupons::flow::invite(&tx, shop.customer, NOW).await
        };
        assert!(invite().await.is_ok(), "it is there again, and stays so");
        wish.coupon_sn = None;
        create(&shop, &wish).await.unwrap();
        let again = invite().await.unwrap_err();
        assert!(again.slug == "invitation_used" && again.text.zh.contains("已使用"), "{again}");
    }

    async fn nobody_is_given_more_than_he_pays(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        shop.coupon("Nearly", 9_000, 0, NOW).await;
        let mut wish = ask(shop.pid("gifted").await, 0);
        wish.coupon_sn = Some("Nearly".into());
        let made = create(&shop, &wish).await.unwrap();
        assert_eq!((made.goods_fee(), made.gift()), (Money(200), Money(200)), "of a gift of 5.00");
        wish.coupon_sn = None;
        assert_eq!(create(&shop, &wish).await.unwrap().gift(), Money(500));
    }

    async fn one_order_grants_no_more_than_can_be_counted(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let tx = store.write().await.unwrap();
        tx.exec("UPDATE products SET spec = REPLACE(spec, '\"gb\":10,', '\"gb\":10000000,') WHERE code = 'bucket'", args![]).await.unwrap();
        tx.commit().await.unwrap();
        let wish = |amount| Request { amount, ..ask(0, 0) };
        let pid = shop.pid("bucket").await;
        let most = create(&shop, &Request { pid, ..wish(1) }).await.unwrap();
        assert!(matches!(most.goods.what, What::Bucket { bytes, .. } if bytes > 1 << 53));
        let refused = create(&shop, &Request { pid, ..wish(2) }).await.unwrap_err();
        assert!(refused.errors["amount"].iter().any(|text| text.en == "must be at most 1 of this product in one order"), "{refused}");
    }

    async fn a_rest_that_completes_nothing_comes_back_with_its_fee(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let short = create(&shop, &ask(shop.pid("bucket").await, 0)).await.unwrap();
        comes(&shop, &short.trade_no, 9_000, NOW).await;
        let terms = payments::Terms { enabled: true, handling_fee: Money(30), ..payments::Terms::default() };
        let tx = store.write().await.unwrap();
        payments::set_method(&tx, &shop.state.payments, &shop.site, ONLINE, &terms).await.unwrap();
        tx.commit().await.unwrap();
        let rest = Request { trade_no: Some(short.trade_no.clone()), ..ask(shop.pid("rest").await, ONLINE) };
        let lost = Request { trade_no: Some("1".into()), ..rest.clone() };
        assert!(create(&shop, &lost).await.unwrap_err().errors.contains_key("trade_no"));
        let both = [create(&shop, &rest).await.unwrap(), create(&shop, &rest).await.unwrap()];
        comes(&shop, &both[0].trade_no, 20, NOW).await;
        let nested = Request { trade_no: Some(both[0].trade_no.clone()), ..rest.clone() };
        assert_eq!(create(&shop, &nested).await.unwrap_err().slug, "order_is_rest");
        for one in &both {
            assert_eq!(one.pay_fee(), Money(999 + 30));
            comes(&shop, &one.trade_no, order(&shop, &one.trade_no).await.missing().0, NOW).await;
        }
        assert_eq!(order(&shop, &short.trade_no).await.status, Status::Paid);
        assert_eq!(balance(&shop).await, 999 + 30, "the second one completed nothing");
        let tx = store.read().await.unwrap();
        assert_eq!(ledger::check::differences(&tx).await.unwrap(), Vec::<String>::new());
        assert_eq!(crate::check::differences(&tx).await.unwrap(), Vec::<String>::new());
    }

    async fn unpaid_orders_of_a_customer_hold_so_many_addresses(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let tx = store.write().await.unwrap();
        let few = crate::shop::Shop { most_held: 3, ..crate::shop::Shop::default() };
        crate::shop::set(&tx, shop.site.id, &few).await.unwrap();
        tx.commit().await.unwrap();
        let pid = shop.pid("static-dc").await;
        let wish = |count, pm_id| Request { region_list: us(count), ..ask(pid, pm_id) };
        let first = create(&shop, &wish(2, 0)).await.unwrap();
        let refused = create(&shop, &wish(2, 0)).await.unwrap_err();
        assert_eq!(refused.slug, "orders_hold_enough");
        assert!(refused.text.en.contains("at most 3") && refused.text.zh.contains("3 个静态 IP"), "{refused}");
        create(&shop, &wish(4, BALANCE)).await.unwrap();
        flow::reject(&shop.state, &first.trade_no, NOW).await.unwrap();
        create(&shop, &wish(3, 0)).await.unwrap();
    }

    async fn a_customer_has_so_many_unpaid_orders_and_the_operator_closes_any(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let tx = store.write().await.unwrap();
        let few = crate::shop::Shop { most_unpaid: 2, ..crate::shop::Shop::default() };
        crate::shop::set(&tx, shop.site.id, &few).await.unwrap();
        tx.commit().await.unwrap();
        let limited = ask(shop.pid("limited").await, 0);
        let tries: Vec<_> = (0..4).map(|_| {
            let (state, site, wish, customer) = (shop.state.clone(), shop.site.clone(), limited.clone(), shop.customer);
            tokio::spawn(async move {
                let buyer = Buyer { customer, site: &site, now: NOW };
                flow::create(&state, &buyer, &wish).await.map_err(|fault| fault.slug)
            })
        }).collect();
        let mut made = Vec::new();
        for one in tries {
            match one.await.unwrap() {
                Ok(order) => made.push(order),
                Err(slug) => assert_eq!(slug, "orders_enough"),
            }
        }
        assert_eq!(made.len(), 2, "at the same moment, too");
        let paid = create(&shop, &ask(shop.pid("bucket").await, BALANCE)).await.unwrap();
        assert_eq!(paid.status, Status::Paid, "what is paid at once waits for nothing");
        let closed = flow::reject(&shop.state, &made[0].trade_no, NOW).await.unwrap();
        assert_eq!(closed.status, Status::Closed);
        assert_eq!(flow::reject(&shop.state, &made[0].trade_no, NOW).await.unwrap_err().slug, "order_not_unpaid");
        assert_eq!(flow::reject(&shop.state, &paid.trade_no, NOW).await.unwrap_err().slug, "order_not_unpaid");
        create(&shop, &limited).await.unwrap();
    }
}
