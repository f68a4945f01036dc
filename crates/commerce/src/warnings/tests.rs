//! What is warned of, and that it is told once, on both engines.

use super::{Kind, flow, hooks, rules};
use crate::orders::{self, Request};
use crate::testing::Shop;
use crate::{grants, payments};
use turnpike_access::packages::{self, meter};
use turnpike_base::Timestamp;
use turnpike_identity::mail;
use turnpike_store::{Read, args, both_engines};

/// 2026-11-24 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_521_600_000);

both_engines! {
    async fn each_warning_is_told_once_for_an_expiry(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let wish = Request::plain(shop.pid("bucket").await, payments::BALANCE);
        let bought = orders::flow::create(&shop.state, &shop.buyer(NOW), &wish).await.unwrap();
        let tx = store.write().await.unwrap();
        let id = grants::of_order(&tx, &bought.trade_no).await.unwrap()[0].package;
        let package = packages::by_id(&tx, id).await.unwrap().unwrap();
        assert_eq!(rules::due(&package, NOW), []);
        assert_eq!(rules::due(&package, package.expires_at.plus_days(-3)), [Kind::Expires]);
        meter::book(&tx, id, package.total / 5 * 4 + 4, 0).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(flow::run(&shop.state, NOW).await.unwrap(), 1);
        assert_eq!(flow::run(&shop.state, NOW).await.unwrap(), 0, "told before");
        let tx = store.write().await.unwrap();
        meter::book(&tx, id, package.total / 5 + 1, 0).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(flow::run(&shop.state, NOW).await.unwrap(), 1);
        let tx = store.read().await.unwrap();
        let rows = tx.rows("SELECT payload FROM outbox WHERE kind = 'webhook' ORDER BY id", args![]).await.unwrap();
        let events: Vec<String> = rows.iter().map(|row| row.get("payload").unwrap()).collect();
        assert!(events[0].contains("package_used_80") && events[1].contains("package_used_100"), "{events:?}");
        assert_eq!(events.len(), 2);
    }
    async fn a_few_uses_are_warned_of_at_80_percent_of_them(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let wish = Request::plain(shop.pid("exchange").await, payments::BALANCE);
        let bought = orders::flow::create(&shop.state, &shop.buyer(NOW), &wish).await.unwrap();
        let tx = store.write().await.unwrap();
        let id = grants::of_order(&tx, &bought.trade_no).await.unwrap()[0].package;
        tx.exec("UPDATE packages SET total = 10, used = 7 WHERE id = $1", args![id]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(flow::run(&shop.state, NOW).await.unwrap(), 0);
        for used in [8, 10] {
            let tx = store.write().await.unwrap();
            tx.exec("UPDATE packages SET used = $2 WHERE id = $1", args![id, used]).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(flow::run(&shop.state, NOW).await.unwrap(), 1, "{used} of 10");
        }
    }

    async fn a_customer_hears_what_he_chose_by_the_ways_he_chose(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let (state, who) = (&shop.state, shop.customer);
        let wish = Request::plain(shop.pid("bucket").await, payments::BALANCE);
        let bought = orders::flow::create(state, &shop.buyer(NOW), &wish).await.unwrap();
        let tx = store.write().await.unwrap();
        let id = grants::of_order(&tx, &bought.trade_no).await.unwrap()[0].package;
        let package = packages::by_id(&tx, id).await.unwrap().unwrap();
        meter::book(&tx, id, package.total / 5 * 4 + 4, 0).await.unwrap();
        tx.commit().await.unwrap();
        let count = async |kind: &str| {
            let tx = store.read().await.unwrap();
            let row = tx.row("SELECT COUNT(*) AS n FROM outbox WHERE kind = $1", args![kind]).await.unwrap().unwrap();
            row.get::<i64>("n").unwrap()
        };
        assert_eq!(hooks::test(state, who, NOW).await.unwrap_err().slug, "webhook_unknown");
        assert!(hooks::set(state, who, "ftp://x.example", NOW).await.unwrap_err().errors.contains_key("url"));
        let hook = hooks::set(state, who, "https://hooks.example/turnpike", NOW).await.unwrap().unwrap();
        assert_eq!(hook.secret.expose().len(), 40);
        flow::choose(state, who, Kind::Used80, (Some(false), None)).await.unwrap();
        flow::choose(state, who, Kind::Used100, (Some(true), None)).await.unwrap();
        flow::choose(state, who, Kind::Used100, (None, Some(false))).await.unwrap();
        flow::run(state, NOW).await.unwrap();
        assert_eq!((count("webhook").await, count("mail").await, count(hooks::KIND).await), (1, 0, 1), "80 %: not by mail");
        let tx = store.write().await.unwrap();
        meter::book(&tx, id, package.total / 5 + 1, 0).await.unwrap();
        tx.commit().await.unwrap();
        flow::run(state, NOW).await.unwrap();
        assert_eq!((count("webhook").await, count("mail").await, count(hooks::KIND).await), (2, 1, 1), "used up: by mail alone");
        hooks::test(state, who, NOW).await.unwrap();
        assert_eq!(hooks::test(state, who, NOW.plus_seconds(9)).await.unwrap_err().slug, "webhook_busy");
        let tx = store.read().await.unwrap();
        let rows = tx.rows("SELECT payload FROM outbox WHERE kind = $1 ORDER BY id", args![hooks::KIND]).await.unwrap();
        let payloads: Vec<String> = rows.iter().map(|row| row.get("payload").unwrap()).collect();
        drop(tx);
        let due = hooks::due(state, &payloads[0]).await.unwrap().unwrap();
        assert!(due.event.contains("package_used_80") && due.hook.secret == hook.secret && !due.private, "{due:?}");
        let note = async |failure| {
            let tx = store.write().await.unwrap();
            hooks::tried(&tx, &due, failure, NOW).await.unwrap();
            tx.commit().await.unwrap();
            hooks::of(&store.read().await.unwrap(), &state.vault, who).await.unwrap().unwrap()
        };
        for failure in [Some(hooks::Failure::Status(502)), Some(hooks::Failure::NotPublic), None] {
            let hook = note(failure).await;
            assert_eq!((hook.failure, hook.tried_at), (failure, Some(NOW)));
        }
        hooks::test(state, who, NOW.plus_seconds(10)).await.unwrap();
        let waiting = async || {
            let tx = store.read().await.unwrap();
            let sql = "SELECT payload FROM outbox WHERE kind = $1 AND send_at < $2 ORDER BY id";
            tx.rows(sql, args![hooks::KIND, Timestamp::FAR]).await.unwrap().len()
        };
        assert_eq!(waiting().await, 2, "a new trial replaces the one before, and no event");
        assert!(hooks::set(state, who, "", NOW).await.unwrap().is_none());
        assert!(hooks::due(state, &payloads[1]).await.unwrap().is_none(), "there is none any more");
    }

    async fn what_is_paid_back_or_short_from_the_beginning_is_warned_of_by_nothing(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let buy = async |code: &str, pm_id: i64| {
            let ask = Request::plain(shop.pid(code).await, pm_id);
            let order = orders::flow::create(&shop.state, &shop.buyer(NOW), &ask).await.unwrap();
            let given = grants::of_order(&store.read().await.unwrap(), &order.trade_no).await.unwrap();
            (order, given[0].package)
        };
        let (_, short) = buy("trial", 0).await;
        assert_eq!(flow::run(&shop.state, NOW).await.unwrap(), 0, "that a day ends after a day is no news");
        let (whole, id) = buy("bucket", payments::BALANCE).await;
        let tx = store.write().await.unwrap();
        meter::book(&tx, id, 2 << 20, 0).await.unwrap();
        tx.commit().await.unwrap();
        orders::flow::refund_order(&shop.state, &whole.trade_no, None, NOW).await.unwrap();
        assert_eq!(flow::run(&shop.state, NOW).await.unwrap(), 0, "what is left of it is what was used");
        let tx = store.write().await.unwrap();
        let package = packages::by_id(&tx, short).await.unwrap().unwrap();
        meter::book(&tx, short, package.total, 0).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(flow::run(&shop.state, NOW).await.unwrap(), 1, "that it is used up is");
    }

    async fn a_warning_is_a_mail_in_the_reader_s_language_with_the_site_s_time(store: Store) {
        let shop = Shop::open_in(&store, "Asia/Shanghai", 50_000, NOW).await;
        let wish = Request::plain(shop.pid("bucket").await, payments::BALANCE);
        let bought = orders::flow::create(&shop.state, &shop.buyer(NOW), &wish).await.unwrap();
        let tx = store.read().await.unwrap();
        let id = grants::of_order(&tx, &bought.trade_no).await.unwrap()[0].package;
        let expires_at = packages::by_id(&tx, id).await.unwrap().unwrap().expires_at;
        drop(tx);
        let then = expires_at.plus_days(-2);
        flow::run(&shop.state, then).await.unwrap();
        let letter = |most| {
            let (store, vault) = (store.clone(), &shop.state.vault);
            async move { mail::list(&store.read().await.unwrap(), vault, most).await.unwrap().remove(0).mail.unwrap() }
        };
        // 2026-12-24 12:00:00 UTC.
        let chinese = letter(1).await;
        assert_eq!((chinese.to.as_str(), chinese.subject.as_str()), ("buyer@example.com", "[default] 套餐“动态 10 GB”将于 2026-12-24 20:00:00 到期"));
        assert!(chinese.text.contains(&bought.trade_no), "{chinese:?}");
        let tx = store.write().await.unwrap();
        tx.exec("UPDATE customers SET lang = 'en'", args![]).await.unwrap();
        meter::book(&tx, id, 11 << 30, 0).await.unwrap();
        tx.commit().await.unwrap();
        flow::run(&shop.state, then).await.unwrap();
        let english = letter(1).await;
        assert_eq!(english.subject, "[default] The package \"Dynamic 10 GB\" is used up");
        assert_eq!(mail::list(&store.read().await.unwrap(), &shop.state.vault, 9).await.unwrap().len(), 2);
    }
}
