//! Invoices: only money from outside, each unit once, issued under a number that is taken once.

use super::*;
use crate::orders::{self, Order, Request};
use crate::payments::{BALANCE, BANK, Seen, confirm};
use crate::testing::Shop;
use rand::RngExt;
use turnpike_base::{CustomerId, Money, Page, Timestamp};
use turnpike_store::{Read, args, both_engines, testing};

/// 2026-11-24 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_521_600_000);

async fn bought(shop: &Shop, pm_id: i64) -> Order {
    let ask = Request::plain(shop.pid("bucket").await, if pm_id == BALANCE { pm_id } else { 0 });
    let order = orders::flow::create(&shop.state, &shop.buyer(NOW), &ask).await.unwrap();
    if pm_id != BALANCE {
        comes(shop, &order.trade_no, None).await;
    }
    order
}

/// A transfer comes: what the order waits for, or so much.
async fn comes(shop: &Shop, trade_no: &str, amount: Option<i64>) {
    let reference = format!("T{}", rand::random::<u64>());
    let seen = Seen { trade_no, amount: amount.map(Money), reference: &reference };
    confirm(&shop.state, &seen, NOW).await.unwrap();
}

/// An order that so much came for, and waits for more.
async fn short(shop: &Shop, amount: i64) -> String {
    let ask = Request::plain(shop.pid("bucket").await, 0);
    let order = orders::flow::create(&shop.state, &shop.buyer(NOW), &ask).await.unwrap();
    comes(shop, &order.trade_no, Some(amount)).await;
    order.trade_no
}

/// The rest of an order that waits for one comes by an order of its own, or from the balance.
async fn finish(shop: &Shop, trade_no: &str, by_rest: bool, made: &mut Vec<String>) {
    let ask = Request { trade_no: Some(trade_no.to_owned()), ..Request::plain(shop.pid("rest").await, 0) };
    if by_rest && let Ok(rest) = orders::flow::create(&shop.state, &shop.buyer(NOW), &ask).await {
        comes(shop, &rest.trade_no, None).await;
        made.push(rest.trade_no);
    } else if !by_rest {
        let tx = shop.state.store.write().await.unwrap();
        let order = orders::lock(&tx, trade_no).await.unwrap().unwrap();
        let paid = orders::Paid { amount: order.missing(), pm_id: BALANCE, reference: String::new() };
        let outcome = orders::flow::settle(&tx, &shop.state, &order, &paid, NOW).await;
        if order.status == orders::Status::Unpaid && outcome.is_ok() {
            tx.commit().await.unwrap();
        }
    }
}

/// What can be invoiced, waits, is invoiced and went back is what came, and the books agree.
async fn identity(shop: &Shop) {
    let tx = shop.state.store.read().await.unwrap();
    let sum = async |sql: &str| -> i64 {
        let sql = format!("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS n FROM ({sql}) x");
        tx.row(&sql, args![]).await.unwrap().unwrap().get("n").unwrap()
    };
    let came = sum("SELECT received AS amount FROM payments").await;
    let back = sum("SELECT refunded AS amount FROM payments").await;
    let waits = sum("SELECT outside - invoiced AS amount FROM orders WHERE status = 0").await;
    let (invoiceable, _) = queries::invoiceable_sum(&tx, shop.customer).await.unwrap();
    let (asked, _) = queries::sum_of(&tx, shop.customer, Status::Requested).await.unwrap();
    let (issued, _) = queries::sum_of(&tx, shop.customer, Status::Issued).await.unwrap();
    assert_eq!(waits + invoiceable.0 + asked.0 + issued.0 + back, came);
    assert!(invoiceable.0 >= 0 && asked.0 >= 0 && issued.0 >= 0);
    assert_eq!(check::differences(&tx).await.unwrap(), Vec::<String>::new());
    assert_eq!(crate::payments::check::differences(&tx).await.unwrap(), Vec::<String>::new());
}

/// A request is taken back: its money can be invoiced again.
async fn cancel_and_prove(shop: &Shop, id: i64) {
    flow::cancel(&shop.state, shop.customer, id, NOW).await.unwrap();
    let tx = shop.state.store.read().await.unwrap();
    assert_eq!(queries::invoiceable_sum(&tx, shop.customer).await.unwrap(), (Money(7), 1));
    drop(tx);
    identity(shop).await;
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

    async fn what_came_is_invoiced_however_the_order_was_finished(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let (state, who) = (&shop.state, shop.customer);
        let (by_rest, by_balance, closed) = (short(&shop, 9_000).await, short(&shop, 9_000).await, short(&shop, 9_000).await);
        let sums = async || queries::invoiceable_sum(&store.read().await.unwrap(), who).await.unwrap();
        assert_eq!(sums().await, (Money::ZERO, 0), "who waits for the rest has no invoice yet");
        let rest = Request { trade_no: Some(by_rest.clone()), ..Request::plain(shop.pid("rest").await, BANK) };
        let tx = store.write().await.unwrap();
        let terms = crate::payments::Terms { enabled: true, handling_fee: Money(50), ..Default::default() };
        crate::payments::set_method(&tx, &state.payments, &shop.site, BANK, &terms).await.unwrap();
        tx.commit().await.unwrap();
        let rest = orders::flow::create(state, &shop.buyer(NOW), &rest).await.unwrap();
        assert_eq!(rest.pay_fee(), Money(999 + 50));
        comes(&shop, &rest.trade_no, None).await;
        assert_eq!(sums().await, (Money(9_000 + 999 + 50), 2), "each with what came for it, the fee too");
        let tx = store.write().await.unwrap();
        let order = orders::lock(&tx, &by_balance).await.unwrap().unwrap();
        let paid = orders::Paid { amount: order.missing(), pm_id: BALANCE, reference: String::new() };
        orders::flow::settle(&tx, state, &order, &paid, NOW).await.unwrap();
        tx.commit().await.unwrap();
        orders::flow::close(state, &shop.buyer(NOW), &closed).await.unwrap();
        assert_eq!(sums().await, (Money(10_049 + 9_000 + 9_000), 4), "not what the balance paid; and what went there");
        let id = flow::add_profile(state, who, &profile(), NOW).await.unwrap();
        let all = [by_rest, rest.trade_no, by_balance, closed.clone()];
        let asked = flow::request(state, shop.site.id, who, id, &all, NOW).await.unwrap();
        assert_eq!((asked.amount, sums().await), (Money(28_049), (Money::ZERO, 0)));
        issue(state, asked.id, "2026-1", NOW).await.unwrap();
        comes(&shop, &closed, Some(7)).await;
        let again = flow::request(state, shop.site.id, who, id, &[closed], NOW).await.unwrap();
        assert_eq!(again.amount, Money(7), "what came later is invoiced by itself");
        cancel_and_prove(&shop, again.id).await;
    }

    async fn every_unit_from_outside_is_invoiced_once_at_most(store: Store) {
        let shop = Shop::open(&store, 10_000_000, NOW).await;
        let (state, who) = (&shop.state, shop.customer);
        let id = flow::add_profile(state, who, &profile(), NOW).await.unwrap();
        let (mut made, mut numbers) = (Vec::new(), 0);
        let dice = |sides: usize| rand::rng().random_range(0..sides);
        for _ in 0..120 {
            let trade_no: Option<String> = (!made.is_empty()).then(|| String::clone(&made[dice(made.len())]));
            match (dice(9), trade_no) {
                (0, _) | (_, None) => made.push(short(&shop, [1, 5_000, 9_998][dice(3)]).await),
                (1, _) => made.push(bought(&shop, [BANK, BALANCE][dice(2)]).await.trade_no),
                (2, Some(trade_no)) => comes(&shop, &trade_no, Some([1, 999, 12_000][dice(3)])).await,
                (3, Some(trade_no)) => finish(&shop, &trade_no, dice(2) == 0, &mut made).await,
                (4, Some(trade_no)) => drop(orders::flow::close(state, &shop.buyer(NOW), &trade_no).await),
                (5, Some(trade_no)) => {
                    let amount = [None, Some(Money(1_000))][dice(2)];
                    drop(orders::flow::refund_order(state, &trade_no, amount, NOW).await);
                }
                (6, Some(trade_no)) => {
                    drop(flow::request(state, shop.site.id, who, id, std::slice::from_ref(&trade_no), NOW).await);
                }
                (n, Some(_)) => {
                    let asked = list(&store.read().await.unwrap(), Some(who), 1, false, Page::default()).await.unwrap();
                    numbers += 1;
                    match asked.rows.first() {
                        Some(invoice) if n == 7 => drop(issue(state, invoice.id, &format!("N{numbers}"), NOW).await),
                        Some(invoice) => flow::cancel(state, who, invoice.id, NOW).await.unwrap(),
                        None => {}
                    }
                }
            }
            identity(&shop).await;
        }
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
    let sql = format!("EXPLAIN QUERY PLAN SELECT SUM(outside - invoiced) AS n {}", queries::invoiceable_of());
    let plan = tx.rows(&sql, args![CustomerId(1)]).await.unwrap();
    let steps: Vec<String> = plan.iter().map(|row| row.get("detail").unwrap()).collect();
    assert!(steps[0].contains("COVERING INDEX orders_invoiceable"), "{steps:?}");
}
