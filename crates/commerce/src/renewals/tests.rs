//! Dates of renewals, and renewals that come by themselves, on both engines.

use super::rules::{Duration, added_days, after_days, begin, end};
use super::{flow, queries};
use crate::orders::{self, Request};
use crate::testing::Shop;
use crate::{grants, ledger, payments};
use jiff::tz::TimeZone;
use turnpike_access::packages;
use turnpike_base::{PackageId, Page, Timestamp};
use turnpike_network::statics::hold;
use turnpike_store::{Read, args, both_engines, retrying};

/// 2026-11-24 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_521_600_000);

fn at(text: &str, zone: &TimeZone) -> Timestamp {
    let wall: jiff::civil::DateTime = text.parse().unwrap();
    wall.to_zoned(zone.clone()).unwrap().timestamp().into()
}

fn ends(from: &str, duration: Duration, zone: &TimeZone) -> String {
    end(at(from, zone), duration, zone).wall(zone)
}

/// Money for an order comes from outside.
async fn pay(state: crate::State, trade_no: String) -> turnpike_base::Result<orders::Settled> {
    let tx = state.store.write().await?;
    let order = orders::lock(&tx, &trade_no).await?.unwrap();
    let paid = orders::Paid { amount: order.pay_fee(), pm_id: payments::BANK, reference: String::new() };
    let settled = orders::flow::settle(&tx, &state, &order, &paid, NOW).await?;
    tx.commit().await?;
    Ok(settled)
}

#[test]
fn months_clip_to_their_last_day_in_the_sites_zone() {
    use Duration::{EndOfNextMonth, OneMonth, TwoMonths};
    let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
    for zone in [TimeZone::UTC, shanghai] {
        for (from, duration, to) in [
            ("2027-01-31 10:00:00", OneMonth, "2027-02-28 10:00:00"),
            ("2028-01-31 10:00:00", OneMonth, "2028-02-29 10:00:00"),
            ("2027-12-31 10:00:00", TwoMonths, "2028-02-29 10:00:00"),
            ("2027-03-31 23:59:59", OneMonth, "2027-04-30 23:59:59"),
            ("2026-11-24 12:00:00", EndOfNextMonth, "2026-12-31 23:59:59"),
            ("2027-01-01 00:00:00", EndOfNextMonth, "2027-02-28 23:59:59"),
            ("2027-12-31 23:59:59", EndOfNextMonth, "2028-01-31 23:59:59"),
        ] {
            assert_eq!(ends(from, duration, &zone), to, "{from}");
        }
    }
}

#[test]
fn a_day_keeps_its_time_of_day_across_the_change_of_clocks() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let start = at("2027-03-01 08:00:00", &berlin);
    assert_eq!(after_days(start, 30, &berlin).wall(&berlin), "2027-03-31 08:00:00");
    assert_eq!(after_days(Timestamp::FAR, 30, &berlin), Timestamp::FAR);
}

#[test]
fn added_days_are_counted_by_the_calendar() {
    let day = |text| added_days(at(text, &TimeZone::UTC), &TimeZone::UTC);
    assert_eq!(
        (day("2026-11-24 12:00:00"), day("2027-01-31 00:00:00"), day("2027-02-01 23:00:00")),
        (37, 28, 58)
    );
    assert_eq!(begin(NOW, NOW.plus_days(1)), NOW.plus_days(1), "what is over renews from now");
}

both_engines! {
    async fn an_address_renews_by_itself_until_the_money_ends(store: Store) {
        let shop = Shop::open(&store, 5_000, NOW).await;
        let region = crate::fields::Region { country: "US".into(), count: 1, asn: None };
        let wish = Request { region_list: Some(vec![region]), ..Request::plain(shop.pid("static-dc").await, payments::BALANCE) };
        let bought = orders::flow::create(&shop.state, &shop.buyer(NOW), &wish).await.unwrap();
        let tx = store.write().await.unwrap();
        let id = grants::of_order(&tx, &bought.trade_no).await.unwrap()[0].package;
        flow::set(&tx, &shop.buyer(NOW), &[id.0], true, Duration::OneMonth).await.unwrap();
        tx.commit().await.unwrap();
        let first = NOW.plus_days(29);
        assert_eq!(flow::run(&shop.state, first.plus_ms(-1)).await.unwrap(), 0);
        assert_eq!(flow::run(&shop.state, first).await.unwrap(), 1);
        assert_eq!(flow::run(&shop.state, first).await.unwrap(), 0, "once");
        let tx = store.read().await.unwrap();
        let package = packages::by_id(&tx, id).await.unwrap().unwrap();
        assert_eq!(package.expires_at.wall(&TimeZone::UTC), "2027-01-24 12:00:00");
        assert_eq!(ledger::balance(&tx, shop.customer).await.unwrap().0, 1_000);
        drop(tx);
        // The next month is not paid for.
        let mut now = package.expires_at.plus_days(-1);
        while now <= package.expires_at {
            flow::run(&shop.state, now).await.unwrap();
            now = now.plus_minutes(60);
        }
        let tx = store.read().await.unwrap();
        let logs = flow::logs(&tx, shop.customer, Page::default()).await.unwrap();
        assert_eq!((logs.rows[0].reason.as_str(), logs.total), ("balance_too_low", 26));
        assert!(queries::by_package(&tx, id).await.unwrap().is_none(), "given up at the expiry");
    }

    async fn an_address_that_ended_is_renewed_no_more(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let region = crate::fields::Region { country: "US".into(), count: 2, asn: None };
        let wish = Request { region_list: Some(vec![region]), ..Request::plain(shop.pid("static-dc").await, payments::BALANCE) };
        let bought = orders::flow::create(&shop.state, &shop.buyer(NOW), &wish).await.unwrap();
        let tx = store.write().await.unwrap();
        let given = grants::of_order(&tx, &bought.trade_no).await.unwrap();
        let (released, rested) = (given[0].package, given[1].package);
        flow::set(&tx, &shop.buyer(NOW), &[released.0, rested.0], true, Duration::OneMonth).await.unwrap();
        // The address alone ends, as it did with an earlier version.
        hold::release(&tx, &shop.state.vault, released, NOW, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mails = async || {
            let sql = "SELECT COUNT(*) AS n FROM outbox WHERE kind = 'webhook' AND payload LIKE '%renewal_failed%'";
            store.read().await.unwrap().row(sql, args![]).await.unwrap().unwrap().get::<i64>("n").unwrap()
        };
        let ended = async |id: PackageId, now| {
            let tx = store.read().await.unwrap();
            assert!(queries::by_package(&tx, id).await.unwrap().is_none());
            assert!(!packages::by_id(&tx, id).await.unwrap().unwrap().auto_renew);
            let logs = flow::logs(&tx, shop.customer, Page::default()).await.unwrap();
            assert_eq!((logs.rows[0].package, logs.rows[0].renewed, logs.rows[0].at), (id, false, now));
        };
        // Not before its last day is it due, and then it is given up at once.
        let due = NOW.plus_days(29);
        let tx = store.write().await.unwrap();
        tx.exec("UPDATE renewal_settings SET due_at = due_at + 86400000 WHERE package_id = $1", args![rested]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(flow::run(&shop.state, due).await.unwrap(), 1);
        ended(released, due).await;
        assert_eq!(mails().await, 1);
        assert_eq!(flow::run(&shop.state, due).await.unwrap(), 0, "no more");
        // Nobody ran until the rest of the other one was over, too.
        let late = NOW.plus_days(40);
        assert_eq!(hold::sweep(&store, &shop.state.vault, 0, late).await.unwrap(), 1);
        assert_eq!(flow::run(&shop.state, late).await.unwrap(), 1);
        ended(rested, late).await;
        assert_eq!((mails().await, flow::run(&shop.state, late).await.unwrap()), (2, 0));
    }

    async fn a_bucket_is_bought_again(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let wish = Request { etd: 2, ..Request::plain(shop.pid("bucket").await, payments::BALANCE) };
        let bought = orders::flow::create(&shop.state, &shop.buyer(NOW), &wish).await.unwrap();
        let tx = store.write().await.unwrap();
        let old = grants::of_order(&tx, &bought.trade_no).await.unwrap()[0].package;
        flow::set(&tx, &shop.buyer(NOW), &[old.0], true, Duration::OneMonth).await.unwrap();
        tx.commit().await.unwrap();
        let then = NOW.plus_days(60).plus_minutes(-10);
        assert_eq!(flow::run(&shop.state, then).await.unwrap(), 1);
        let tx = store.read().await.unwrap();
        let found = flow::of_customer(&tx, shop.customer, None, then).await.unwrap();
        let on: Vec<_> = found.iter().filter(|(_, setting)| setting.is_some()).map(|(p, _)| p.id != old).collect();
        assert_eq!((found.len(), on), (2, vec![true]));
    }

    async fn a_bucket_that_is_paid_back_is_not_bought_again(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let wish = Request::plain(shop.pid("bucket").await, payments::BALANCE);
        let bought = orders::flow::create(&shop.state, &shop.buyer(NOW), &wish).await.unwrap();
        let tx = store.write().await.unwrap();
        let id = grants::of_order(&tx, &bought.trade_no).await.unwrap()[0].package;
        flow::set(&tx, &shop.buyer(NOW), &[id.0], true, Duration::OneMonth).await.unwrap();
        tx.commit().await.unwrap();
        orders::flow::refund_order(&shop.state, &bought.trade_no, None, NOW).await.unwrap();
        assert_eq!(flow::run(&shop.state, NOW.plus_days(60)).await.unwrap(), 0);
        assert_eq!(ledger::balance(&store.read().await.unwrap(), shop.customer).await.unwrap().0, 50_000);
    }

    async fn nothing_is_bought_for_who_is_disabled(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let wish = Request::plain(shop.pid("bucket").await, payments::BALANCE);
        let bought = orders::flow::create(&shop.state, &shop.buyer(NOW), &wish).await.unwrap();
        let tx = store.write().await.unwrap();
        let id = grants::of_order(&tx, &bought.trade_no).await.unwrap()[0].package;
        flow::set(&tx, &shop.buyer(NOW), &[id.0], true, Duration::OneMonth).await.unwrap();
        tx.exec("UPDATE customers SET disabled = 1 WHERE id = $1", turnpike_store::args![shop.customer]).await.unwrap();
        let package = packages::by_id(&tx, id).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let before = ledger::balance(&store.read().await.unwrap(), shop.customer).await.unwrap();
        assert_eq!(flow::run(&shop.state, package.expires_at.plus_minutes(-10)).await.unwrap(), 1);
        let tx = store.read().await.unwrap();
        let logs = flow::logs(&tx, shop.customer, Page::default()).await.unwrap();
        assert_eq!((logs.rows[0].reason.as_str(), ledger::balance(&tx, shop.customer).await.unwrap()), ("customer_disabled", before));
    }

    async fn renewals_that_are_paid_at_the_same_time_follow_each_other(store: Store) {
        let shop = Shop::open(&store, 5_000, NOW).await;
        let region = crate::fields::Region { country: "US".into(), count: 1, asn: None };
        let wish = Request { region_list: Some(vec![region]), ..Request::plain(shop.pid("static-dc").await, payments::BALANCE) };
        let bought = orders::flow::create(&shop.state, &shop.buyer(NOW), &wish).await.unwrap();
        let id = grants::of_order(&store.read().await.unwrap(), &bought.trade_no).await.unwrap()[0].package;
        let renewal = Request { upids: Some(vec![id.0]), ..Request::plain(shop.pid("renew-dc").await, 0) };
        let mut waiting = Vec::new();
        for _ in 0..4 {
            waiting.push(orders::flow::create(&shop.state, &shop.buyer(NOW), &renewal).await.unwrap().trade_no);
        }
        let settle = |trade_no: String| {
            let state = shop.state.clone();
            tokio::spawn(retrying(move || pay(state.clone(), trade_no.clone())))
        };
        for outcome in waiting.into_iter().map(settle).collect::<Vec<_>>() {
            assert_eq!(outcome.await.unwrap().unwrap(), orders::Settled::Paid);
        }
        let tx = store.read().await.unwrap();
        let package = packages::by_id(&tx, id).await.unwrap().unwrap();
        assert_eq!(package.expires_at.wall(&TimeZone::UTC), "2027-04-24 12:00:00");
        assert_eq!(crate::check::differences(&tx).await.unwrap(), Vec::<String>::new());
    }

    async fn what_is_paid_back_renews_earlier_or_not_at_all(store: Store) {
        let shop = Shop::open(&store, 100_000, NOW).await;
        let region = crate::fields::Region { country: "US".into(), count: 1, asn: None };
        let wish = Request { region_list: Some(vec![region]), ..Request::plain(shop.pid("static-dc").await, payments::BALANCE) };
        let bought = orders::flow::create(&shop.state, &shop.buyer(NOW), &wish).await.unwrap();
        let tx = store.write().await.unwrap();
        let id = grants::of_order(&tx, &bought.trade_no).await.unwrap()[0].package;
        flow::set(&tx, &shop.buyer(NOW), &[id.0], true, Duration::OneMonth).await.unwrap();
        tx.commit().await.unwrap();
        let half = turnpike_base::Money(bought.pay_fee().0 / 2);
        orders::flow::refund_order(&shop.state, &bought.trade_no, Some(half), NOW).await.unwrap();
        let tx = store.read().await.unwrap();
        let setting = queries::by_package(&tx, id).await.unwrap().unwrap();
        let package = packages::by_id(&tx, id).await.unwrap().unwrap();
        assert_eq!((setting.due_at, setting.due_at < NOW.plus_days(15)), (package.expires_at.plus_days(-1), true));
        drop(tx);
        orders::flow::refund_order(&shop.state, &bought.trade_no, None, NOW).await.unwrap();
        assert_eq!(flow::run(&shop.state, NOW.plus_days(30)).await.unwrap(), 0, "what is paid back is not bought again");
        let tx = store.read().await.unwrap();
        assert!(queries::by_package(&tx, id).await.unwrap().is_none());
        assert!(!packages::by_id(&tx, id).await.unwrap().unwrap().auto_renew);
    }

    async fn what_can_not_be_bought_again_does_not_renew(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let trial = orders::flow::create(&shop.state, &shop.buyer(NOW), &Request::plain(shop.pid("trial").await, 0)).await.unwrap();
        let tx = store.write().await.unwrap();
        let id = grants::of_order(&tx, &trial.trade_no).await.unwrap()[0].package;
        let refused = flow::set(&tx, &shop.buyer(NOW), &[id.0], true, Duration::OneMonth).await.unwrap_err();
        assert_eq!(refused.slug, "renewal_impossible");
        assert!(refused.text.en.contains("trial") && refused.text.zh.contains("试用"), "{refused}");
        flow::set(&tx, &shop.buyer(NOW), &[id.0], false, Duration::OneMonth).await.unwrap();
    }
}
