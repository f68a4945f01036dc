//! Statements add up: what a month opens with and what happened is what it closes with.

use super::api::statement;
use super::render;
use super::rules::Month;
use crate::ledger::{self, credit_by_operator};
use crate::orders::{Request, flow};
use crate::payments::BALANCE;
use crate::testing::Shop;
use turnpike_base::{Lang, Money, Timestamp};
use turnpike_store::both_engines;

/// 2026-11-30 23:00:00 UTC.
const NOW: Timestamp = Timestamp(1_796_079_600_000);

both_engines! {
    async fn a_month_closes_with_what_the_next_opens_with(store: Store) {
        let shop = Shop::open(&store, 5_000, NOW).await;
        for (amount, hours) in [(-1_250, 0), (300, 2)] {
            let tx = store.write().await.unwrap();
            let (site, who, at) = (shop.site.id, shop.customer, NOW.plus_minutes(hours * 60));
            credit_by_operator(&tx, site, who, Money(amount), "<b>=test", at).await.unwrap();
            tx.commit().await.unwrap();
        }
        let tx = store.read().await.unwrap();
        let of = |month: &str| {
            let month = Month::parse(month).unwrap();
            let (tx, shop) = (&tx, &shop);
            async move { statement(tx, &shop.site, shop.customer, month, Lang::En).await.unwrap() }
        };
        let (november, december) = (of("2026-11").await, of("2026-12").await);
        assert_eq!((november.opening, november.closing, november.list.len()), (Money(0), Money(3_750), 2));
        assert_eq!((december.opening, december.closing), (november.closing, ledger::balance(&tx, shop.customer).await.unwrap()));
        let changes: i64 = november.list.iter().chain(&december.list).map(|row| row.change.0).sum();
        assert_eq!(Money(changes), december.closing);
        let empty = of("2027-01").await;
        assert_eq!((empty.opening, empty.closing, empty.list.len()), (Money(4_050), Money(4_050), 0));
        let csv = render::csv(&november, Lang::Zh);
        assert!(csv.starts_with('\u{feff}') && csv.contains("\r\n") && csv.contains("-12.50,37.50"), "{csv}");
        let html = render::html(&november, "A & B", "a&b@example.com", Lang::En);
        assert!(html.contains("A &amp; B") && html.contains("a&amp;b@example.com") && html.contains("&lt;b&gt;=test") && !html.contains("<b>"), "{html}");
    }

    async fn both_languages_name_what_was_bought(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let wish = Request::plain(shop.pid("bucket").await, BALANCE);
        flow::create(&shop.state, &shop.buyer(NOW), &wish).await.unwrap();
        let tx = store.read().await.unwrap();
        for (lang, title, opening, kind) in [(Lang::Zh, "动态 10 GB", "期初余额", "购买"), (Lang::En, "Dynamic 10 GB", "Opening balance", "Purchase")] {
            let month = Month::parse("2026-11").unwrap();
            let told = statement(&tx, &shop.site, shop.customer, month, lang).await.unwrap();
            assert_eq!((told.list[1].memo.as_str(), told.list[1].change), (title, Money(-9_999)));
            let (csv, html) = (render::csv(&told, lang), render::html(&told, "Shop", "buyer@example.com", lang));
            assert!(csv.contains(title) && html.contains(title) && html.contains(opening), "{html}");
            assert!(told.list[1].kind == kind, "{:?}", told.list[1]);
        }
    }
}
