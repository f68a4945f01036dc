//! The catalogue as a file: what is exported loads as the same, and a change touches no order.

use super::file::Catalogue;
use super::{by_id, flow};
use crate::orders::{self, Request};
use crate::payments::BALANCE;
use crate::testing::Shop;
use turnpike_base::{Money, Timestamp};
use turnpike_store::both_engines;

/// 2026-11-24 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_521_600_000);

both_engines! {
    async fn what_is_exported_loads_as_the_same(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let site = shop.site.id;
        let tx = store.write().await.unwrap();
        let first = flow::export(&tx, site).await.unwrap();
        let before = flow::all(&tx, site).await.unwrap();
        assert!(first.shop.is_some() && first.products.len() > 10);
        let read = Catalogue::read(&first.to_toml().unwrap()).unwrap();
        assert_eq!(read, first);
        assert_eq!(flow::load(&tx, site, &read, NOW.plus_days(1)).await.unwrap(), first.products.len());
        assert_eq!(flow::export(&tx, site).await.unwrap(), first);
        assert_eq!(flow::all(&tx, site).await.unwrap(), before, "with the same ids, those of choices too");
        let json = serde_json::to_string(&first).unwrap();
        assert_eq!(Catalogue::read(&json).unwrap(), first, "JSON is as good");
    }

    async fn what_a_file_does_not_say_of_the_shop_stays(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let site = shop.site.id;
        let tx = store.write().await.unwrap();
        let before = crate::shop::of(&tx, site).await.unwrap();
        assert!(!before.gifts.is_empty() && before.invitation_basis_points == 1_000);
        flow::load(&tx, site, &Catalogue::read("[shop]\norder_minutes = 1").unwrap(), NOW).await.unwrap();
        let after = crate::shop::of(&tx, site).await.unwrap();
        assert_eq!(after, crate::shop::Shop { order_minutes: 1, ..before.clone() });
        flow::load(&tx, site, &Catalogue::read("{\"shop\": {\"gifts\": []}}").unwrap(), NOW).await.unwrap();
        let without = crate::shop::of(&tx, site).await.unwrap();
        assert_eq!((without.gifts.len(), without.order_minutes), (0, 1), "what is named as nothing is nothing");
        let refused = flow::load(&tx, site, &Catalogue::read("[shop]\nmost_unpaid = 0").unwrap(), NOW).await.unwrap_err();
        assert!(refused.errors["file"][0].en.contains("most_unpaid"), "{refused}");
        assert!(Catalogue::read("[shop]\nminutes = 1").is_err(), "nor is there any other");
    }

    async fn a_new_price_touches_no_order_and_a_wrong_file_nothing(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let site = shop.site.id;
        let pid = shop.pid("bucket").await;
        let ask = Request::plain(pid, 0);
        let waiting = orders::flow::create(&shop.state, &shop.buyer(NOW), &ask).await.unwrap();
        let tx = store.write().await.unwrap();
        let mut file = flow::export(&tx, site).await.unwrap();
        for item in &mut file.products {
            if item.code == "bucket" {
                item.price.cny = Some(crate::amount::Amount(Money(5_000)));
                item.gb = 99;
            }
        }
        flow::load(&tx, site, &file, NOW).await.unwrap();
        let mut wrong = file.clone();
        wrong.products[0].days = -1;
        wrong.products[2].gb = -1;
        let fault = flow::load(&tx, site, &wrong, NOW).await.unwrap_err();
        assert_eq!(fault.errors["file"].len(), 2, "both are told: {fault}");
        assert!(fault.errors["file"][1].en.contains(&wrong.products[2].code));
        let mut other = file.clone();
        other.products.retain(|item| item.code == "bucket");
        other.products[0].product = turnpike_base::ProductType::Datacenter;
        assert!(flow::load(&tx, site, &other, NOW).await.is_err(), "its type is what orders were made of");
        tx.commit().await.unwrap();
        let tx = store.read().await.unwrap();
        assert_eq!(by_id(&tx, waiting.product).await.unwrap().unwrap().item.gb, 99);
        let order = orders::by_trade_no(&tx, &waiting.trade_no).await.unwrap().unwrap();
        assert_eq!(order, waiting, "what was ordered stays as it was");
        drop(tx);
        let paid = orders::Paid { amount: Money(9_999), pm_id: 2, reference: "T".into() };
        let tx = store.write().await.unwrap();
        orders::flow::settle(&tx, &shop.state, &order, &paid, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let new = orders::flow::create(&shop.state, &shop.buyer(NOW), &Request::plain(pid, BALANCE)).await.unwrap();
        assert_eq!((new.pay_fee(), order.pay_fee()), (Money(5_000), Money(9_999)));
        let tx = store.read().await.unwrap();
        let given = crate::grants::of_order(&tx, &waiting.trade_no).await.unwrap();
        assert_eq!(given[0].quantity, 11 << 30, "10 GB and the gift, as it was ordered");
    }

    async fn a_file_that_would_charge_for_nothing_or_give_more_than_it_takes_is_refused(store: Store) {
        let shop = Shop::open(&store, 0, NOW).await;
        let product = |code: &str, rest: &str| {
            format!("[[product]]\ncode = \"{code}\"\ntitle = {{zh = \"某\", en = \"X\"}}\nprice = {{cny = \"1\"}}\n{rest}\n")
        };
        let sku = "{value = 7, price = {cny = \"1\"}}";
        let file = [
            product("addon", "type = 24\ngb = 1\nextensions = [3]"),
            product("renew", "type = 19\nrenews = 14\nextensions = [2]"),
            product("charge", "type = 3\nrecharge_min = \"10\"\nrecharge_max = \"5\""),
            product("twice", &format!("type = 11\nbandwidth = [{sku}, {sku}]\nconcurrency = [{sku}]\nduration = [{sku}]")),
            product("gift", "type = 9\ngb = 1\ndays = 1\nbalance_gift = {cny = \"1.01\"}"),
            product("abroad", "type = 9\ngb = 1\ndays = 1\nbalance_gift = {usd = \"1\"}"),
            product("top-up", "type = 3\nrecharge_min = \"10\"\nbalance_gift = {cny = \"10.01\"}"),
            product("rest", "type = 26\nbalance_gift = {cny = \"0.01\"}"),
            product("cheap", &format!("type = 11\nbalance_gift = {{cny = \"4\"}}\nbandwidth = [{sku}]\nconcurrency = [{sku}]\nduration = [{sku}]")),
            product("good", "type = 9\ngb = 1\ndays = 1\nextensions = [3]\nbalance_gift = {cny = \"1\"}"),
        ].concat();
        let tx = store.write().await.unwrap();
        let refused = flow::load(&tx, shop.site.id, &Catalogue::read(&file).unwrap(), NOW).await.unwrap_err();
        let told = format!("{:?}", refused.errors["file"]);
        for part in ["product addon: extensions", "product renew: extensions", "product charge: recharge_min", "product twice: bandwidth",
            "product gift: balance_gift", "product abroad: balance_gift", "product top-up: balance_gift", "product rest: balance_gift", "product cheap: balance_gift"] {
            assert!(told.contains(part), "{part} in {told}");
        }
        assert!(!told.contains("product good"), "{told}");
    }

    async fn what_has_no_price_here_is_neither_shown_nor_sold(store: Store) {
        let shop = Shop::open(&store, 50_000, NOW).await;
        let abroad = "[[product]]\ncode = \"abroad\"\ntype = 9\ntitle = {zh = \"海外\", en = \"Abroad\"}\ngb = 1\ndays = 1\nprice = {usd = \"1\"}\n";
        let tx = store.write().await.unwrap();
        flow::load(&tx, shop.site.id, &Catalogue::read(abroad).unwrap(), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let tx = store.read().await.unwrap();
        let at = flow::Counter { site: shop.site.id, currency: shop.site.currency };
        let shown = flow::offered(&tx, at, &flow::Filter::default()).await.unwrap();
        assert!(shown.len() > 10 && shown.iter().all(|product| product.item.code != "abroad"));
        drop(tx);
        let ask = Request::plain(shop.pid("abroad").await, BALANCE);
        let refused = orders::flow::create(&shop.state, &shop.buyer(NOW), &ask).await.unwrap_err();
        assert_eq!(refused.slug, "product_no_price");
    }
}
