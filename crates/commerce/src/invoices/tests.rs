//! Invoices: only what was paid online, each order once, issued under a number that is taken once.

use super::*;
use crate::orders::{self, Order, Paid};
use crate::payments::{BALANCE, BANK};
use crate::testing::Shop;
use turnpike_base::{CustomerId, Money, Page, Timestamp};
use turnpike_store::{Read, args, both_engines, testing};

/// 2026-11-24 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_521_600_000);

async fn bought(shop: &Shop, pm_id: i64) -> Order {
    let ask = orders::Request {
        pid: shop.pid("bucket").await,
        upids: None,
        amount: 1,
        pm_id: if pm_id == BALANCE { pm_id } else { 0 },
        region_list: None,
        coupon_sn: None,
        use_invitation_registration_discount: false,
        renew_duration: crate::renewals::Duration::OneMonth,
        product_sku_bandwidth_id: None,
        product_sku_concurrency_id: None,
        product_sku_duration_id: None,
        etd: 1,
        recharge_amount: None,
        trade_no: None,
    };
    let order = orders::flow::create(&shop.state, &shop.buyer(NOW), &ask).await.unwrap();
    if pm_id != BALANCE {
        let tx = shop.state.store.write().await.unwrap();
        let paid = Paid { amount: order.pay_fee(), pm_id, reference: "T".into() };
        orders::flow::settle(&tx, &shop.state, &order, &paid, NOW).await.unwrap();
        tx.commit().await.unwrap();
    }
    order
}

fn profile() -> Profile {
    Profile { name: "A GmbH".into(), role_type: 2, vat_id: "DE1".into(), ..Profile::default() }
}

both_engines! {
    async fn an_order_paid_online_is_invoiced_once(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let (state, who, site) = (&shop.state, shop.customer, shop.site.id);
        let (online, spent) = (bought(&shop, BANK).await, bought(&shop, BALANCE).await);
        let nowhere = Profile { address_country: "ZZ".into(), ..profile() };
        assert!(flow::add_profile(state, who, &nowhere, NOW).await.unwrap_err().errors.contains_key("address_country"));
        let id = flow::add_profile(state, who, &profile(), NOW).await.unwrap();
        let ask = |trade_no: &str| {
            let trade_nos = vec![trade_no.to_owned()];
            async move { flow::request(state, site, who, id, &trade_nos, NOW).await }
        };
        assert_eq!(ask(&spent.trade_no).await.unwrap_err().slug, "order_not_invoiceable");
        let first = ask(&online.trade_no).await.unwrap();
        assert_eq!((first.amount, first.status, &first.trade_nos), (Money(9_999), Status::Requested, &vec![online.trade_no.clone()]));
        assert_eq!(ask(&online.trade_no).await.unwrap_err().slug, "order_not_invoiceable");
        flow::cancel(state, who, first.id, NOW).await.unwrap();
        let second = ask(&online.trade_no).await.unwrap();
        assert_eq!(reject(state, second.id, "no", NOW).await.unwrap().status, Status::Rejected);
        let third = ask(&online.trade_no).await.unwrap();
        issue(state, third.id, "2026-1", NOW).await.unwrap();
        assert_eq!(issue(state, third.id, "2026-2", NOW).await.unwrap_err().slug, "invoice_ended");
        let other = bought(&shop, BANK).await;
        let fourth = ask(&other.trade_no).await.unwrap();
        assert_eq!(issue(state, fourth.id, "2026-1", NOW).await.unwrap_err().slug, "invoice_number_taken");
        let tx = store.read().await.unwrap();
        let mut made = Vec::new();
        for order in [&online, &spent] {
            made.extend(orders::by_trade_no(&tx, &order.trade_no).await.unwrap());
        }
        let issued = shown(&tx, &made).await.unwrap();
        assert_eq!((issued.len(), &issued[&third.id]["vat_id"]), (1, &"DE1".into()));
        let found = list(&tx, Some(who), Status::Issued as i64, false, Page::default()).await.unwrap();
        assert_eq!((found.total, found.rows[0].number.as_deref()), (1, Some("2026-1")));
        assert_eq!(queries::invoiceable_sum(&tx, who).await.unwrap(), (Money::ZERO, 0));
        assert_eq!(queries::sum_of(&tx, who, Status::Requested).await.unwrap(), (Money(9_999), 1));
    }

    async fn another_customers_profiles_and_invoices_are_not_there(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let (state, who) = (&shop.state, shop.customer);
        let online = bought(&shop, BANK).await;
        let id = flow::add_profile(state, who, &profile(), NOW).await.unwrap();
        let stranger = CustomerId(who.0 + 1);
        let orders = [online.trade_no];
        let invoice = flow::request(state, shop.site.id, who, id, &orders, NOW).await.unwrap();
        for slug in [
            flow::delete_profile(state, stranger, id).await.unwrap_err().slug,
            flow::cancel(state, stranger, invoice.id, NOW).await.unwrap_err().slug,
            flow::request(state, shop.site.id, stranger, id, &orders, NOW).await.unwrap_err().slug,
        ] {
            assert_eq!(slug, "invoice_unknown");
        }
        flow::delete_profile(state, who, id).await.unwrap();
        let kept = list(&store.read().await.unwrap(), Some(who), 0, false, Page::default()).await.unwrap();
        assert_eq!(kept.rows[0].profile, profile(), "an invoice keeps whom it was for");
    }

    async fn what_is_paid_back_is_not_invoiced_and_corrects_what_was(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let (state, who) = (&shop.state, shop.customer);
        let (first, second) = (bought(&shop, BANK).await, bought(&shop, BANK).await);
        let id = flow::add_profile(state, who, &profile(), NOW).await.unwrap();
        let both = [first.trade_no.clone(), second.trade_no.clone()];
        let back = |order: &Order, amount: Option<i64>| {
            let trade_no = order.trade_no.clone();
            async move { orders::flow::refund_order(state, &trade_no, amount.map(Money), NOW).await.unwrap() }
        };
        back(&first, Some(1_000)).await;
        let asked = flow::request(state, shop.site.id, who, id, &both, NOW).await.unwrap();
        assert_eq!(asked.amount, Money(8_999 + 9_999));
        back(&first, Some(999)).await;
        back(&second, None).await;
        let issued = issue(state, asked.id, "2026-1", NOW).await.unwrap();
        assert_eq!(issued.amount, Money(8_000), "less what was paid back before it was issued");
        assert_eq!(correct(state, asked.id, "R-1", NOW).await.unwrap_err().slug, "invoice_right");
        back(&first, Some(3_000)).await;
        let tx = store.read().await.unwrap();
        let waiting = list(&tx, None, 0, true, Page::default()).await.unwrap();
        assert_eq!(waiting.rows.iter().map(|it| (it.amount.0, it.to_correct.0)).collect::<Vec<_>>(), [(8_000, 3_000)]);
        assert_eq!(queries::sum_of(&tx, who, Status::Issued).await.unwrap(), (Money(5_000), 1));
        assert_eq!(queries::to_correct_of(&tx, who).await.unwrap(), Money(3_000));
        drop(tx);
        assert_eq!(correct(state, asked.id, "2026-1", NOW).await.unwrap_err().slug, "invoice_number_taken");
        let credited = correct(state, asked.id, "R-1", NOW).await.unwrap();
        assert_eq!((credited.corrected, credited.to_correct, credited.credit_notes), (Money(3_000), Money::ZERO, vec!["R-1".to_owned()]));
        back(&first, None).await;
        let again = correct(state, asked.id, "R-2", NOW).await.unwrap();
        assert_eq!((again.corrected, again.credit_notes.len()), (Money(8_000), 2));
    }

    async fn what_was_used_of_a_refunded_order_is_invoiced(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let order = bought(&shop, BANK).await;
        let tx = store.write().await.unwrap();
        let package = crate::grants::of_order(&tx, &order.trade_no).await.unwrap()[0].package;
        let bought = turnpike_access::packages::by_id(&tx, package).await.unwrap().unwrap();
        turnpike_access::packages::meter::book(&tx, package, bought.total / 4, 0).await.unwrap();
        tx.commit().await.unwrap();
        let refunded = orders::flow::refund_order(&shop.state, &order.trade_no, None, NOW).await.unwrap();
        let kept = Money(order.pay_fee().0 - refunded.refund_fee.0);
        assert!(refunded.status == orders::Status::Refunded && kept > Money::ZERO, "{refunded:?}");
        let tx = store.read().await.unwrap();
        assert_eq!(queries::invoiceable_sum(&tx, shop.customer).await.unwrap(), (kept, 1));
        let wanted = orders::Filter { customer: Some(shop.customer), invoice: -1, ..orders::Filter::default() };
        assert_eq!(orders::list(&tx, &wanted, Page::default()).await.unwrap().total, 1);
        drop(tx);
        let id = flow::add_profile(&shop.state, shop.customer, &profile(), NOW).await.unwrap();
        let numbers = std::slice::from_ref(&order.trade_no);
        let asked = flow::request(&shop.state, shop.site.id, shop.customer, id, numbers, NOW).await.unwrap();
        assert_eq!(asked.amount, kept);
        let tx = store.read().await.unwrap();
        assert_eq!(orders::list(&tx, &wanted, Page::default()).await.unwrap().total, 0, "asked for already");
    }

    async fn an_invoice_of_nothing_is_not_issued(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let (state, who) = (&shop.state, shop.customer);
        let order = bought(&shop, BANK).await;
        let id = flow::add_profile(state, who, &profile(), NOW).await.unwrap();
        let asked = flow::request(state, shop.site.id, who, id, std::slice::from_ref(&order.trade_no), NOW).await.unwrap();
        orders::flow::refund_order(state, &order.trade_no, None, NOW).await.unwrap();
        assert_eq!(issue(state, asked.id, "2026-1", NOW).await.unwrap_err().slug, "invoice_empty");
        reject(state, asked.id, "paid back", NOW).await.unwrap();
    }
}

#[tokio::test]
async fn what_can_be_invoiced_is_summed_without_reading_the_orders() {
    let test = testing::sqlite().await;
    let tx = test.store.read().await.unwrap();
    let sql = format!("EXPLAIN QUERY PLAN SELECT COUNT(*) AS n {}", queries::invoiceable_of());
    let plan = tx.rows(&sql, args![CustomerId(1)]).await.unwrap();
    let steps: Vec<String> = plan.iter().map(|row| row.get("detail").unwrap()).collect();
    assert!(steps[0].contains("COVERING INDEX orders_online"), "{steps:?}");
}
