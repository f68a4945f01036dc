//! Whatever is changed by hand in a store is found by the proof that is there for it, and a store that nobody changed is clean.

use super::{PROOFS, differences};
use crate::fields::Region;
use crate::orders::{self, Order, Paid, Request, Settled, flow};
use crate::testing::Shop;
use crate::{coupons, ledger, payments};
use turnpike_base::{Money, Timestamp};
use turnpike_store::{Store, args, both_engines};

/// 2026-11-24 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_521_600_000);
const ONLINE: i64 = 2;

/// What is written by hand, and the sentence that tells of it. `{…}` is the number of the order that was made so.
const CHANGED: &[(&str, &str)] = &[
    ("a paid order granted nothing", "DELETE FROM grants WHERE trade_no = '{uses}'"),
    ("an unpaid order granted something", "UPDATE orders SET status = 0 WHERE trade_no = '{uses}'"),
    ("a grant names no package", "UPDATE grants SET package_id = 0 WHERE trade_no = '{uses}'"),
    (
        "a package is of another type than the order that made it",
        "UPDATE packages SET product_type = 15 WHERE trade_no = '{bucket}'",
    ),
    (
        "an invoice has a number and is not issued, or the other way round",
        "INSERT INTO invoices (site_id, customer_id, number, status, amount, currency, profile, created_at) \
         SELECT site_id, customer_id, 'N 1', 4, 1, currency, '', 0 FROM orders WHERE trade_no = '{bucket}'",
    ),
    (
        "a package's total is not what orders granted",
        "UPDATE packages SET total = total + 1 WHERE trade_no = '{bucket}'",
    ),
    (
        "more or fewer uses were taken of a package than it has",
        "UPDATE packages SET used = 101 WHERE trade_no = '{uses}'",
    ),
    (
        "a customer's packages tell of fewer uses than services took by a reference",
        "UPDATE packages SET used = used - 1 WHERE trade_no = '{uses}'",
    ),
    (
        "a paid order was not paid in full",
        "UPDATE orders SET received = received + 1 WHERE trade_no = '{bucket}'",
    ),
    // The ledger has nothing of it.
    (
        "what is booked as an order's price and fee is not what the order says",
        "UPDATE orders SET status = 1, received = gross WHERE trade_no = '{unpaid}'",
    ),
    (
        "what is booked as an order's price and fee is not what the order says",
        "UPDATE orders SET status = 2 WHERE trade_no = '{recharge}'",
    ),
    (
        "what is booked as an order's price and fee is not what the order says",
        "UPDATE orders SET gross = gross + 1000, received = received + 1000 WHERE trade_no = '{bucket}'",
    ),
    (
        "what is booked as an order's price and fee is not what the order says",
        "UPDATE orders SET gross = gross - 1, handling_fee = handling_fee + 1 WHERE trade_no = '{bucket}'",
    ),
    (
        "what is booked as the rest of an order is not what the order of that rest says",
        "UPDATE orders SET gross = gross + 1, received = received + 1 WHERE trade_no = '{rest}'",
    ),
    (
        "what is held for an order is not what came for it",
        "UPDATE orders SET received = received + 10000 WHERE trade_no = '{short}'",
    ),
    (
        "what came for a closed order is not what went to the balance",
        "UPDATE orders SET received = received + 1 WHERE trade_no = '{closed}'",
    ),
    (
        "what is booked as paid back of an order is not what the order says",
        "UPDATE orders SET refund_fee = refund_fee + 100 WHERE trade_no = '{part}'",
    ),
    (
        "what is booked as paid back of an order is not what the order says",
        "UPDATE orders SET refund_fee = 1 WHERE trade_no = '{whole}'",
    ),
    (
        "what is booked as paid back of a top-up is not what the order says",
        "UPDATE orders SET refund_fee = 0 WHERE trade_no = '{recharge}'",
    ),
    (
        "an order was refunded beyond its goods",
        "UPDATE orders SET refund_fee = gross + 1 WHERE trade_no = '{part}'",
    ),
    (
        "an order's status is not that of what was paid back of it",
        "UPDATE orders SET status = 1 WHERE trade_no = '{whole}'",
    ),
    (
        "an order's status is not that of what was paid back of it",
        "UPDATE orders SET status = 3 WHERE trade_no = '{bucket}'",
    ),
    (
        "an entry of the books is about no order of its customer",
        "INSERT INTO ledger_entries (site_id, customer_id, currency, kind, trade_no, memo, created_at) \
         SELECT site_id, customer_id, currency, 'late', 'another', '', 0 FROM ledger_entries WHERE trade_no = '{bucket}'",
    ),
    (
        "an order granted to another customer than its own",
        "UPDATE orders SET customer_id = customer_id + 1 WHERE trade_no = '{bucket}'",
    ),
    (
        "a package is not of the customer to whom it was granted",
        "UPDATE packages SET customer_id = customer_id + 1 WHERE trade_no = '{bucket}'",
    ),
    (
        "an address is not held by the customer of its package",
        "UPDATE static_holdings SET customer_id = customer_id + 1 WHERE trade_no = '{address}'",
    ),
    (
        "an address is held for an order of another customer",
        "UPDATE static_holdings SET customer_id = customer_id + 1 WHERE trade_no = '{waiting}'",
    ),
    (
        "a payment is not of its order's customer",
        "INSERT INTO payments (site_id, customer_id, trade_no, pm_id, amount, currency, status, created_at) \
         SELECT site_id, customer_id + 1, trade_no, 2, gross, currency, 'open', 0 FROM orders WHERE trade_no = '{unpaid}'",
    ),
    (
        "a line of the books is not of its entry's customer",
        "INSERT INTO ledger_lines (entry_id, customer_id, account, amount) \
         SELECT id, customer_id + 1, 'adjustments', 1 FROM ledger_entries WHERE trade_no = '{bucket}'",
    ),
    (
        "a package ends before the time that orders granted it",
        "UPDATE packages SET expires_at = expires_at - 86400000 WHERE trade_no = '{caps}'",
    ),
    (
        "a package ends after the time that orders granted it",
        "UPDATE packages SET expires_at = expires_at + 86400000 WHERE trade_no = '{caps}'",
    ),
    (
        "a package ends after the time that orders granted it",
        "UPDATE packages SET expires_at = expires_at + 86400000 WHERE trade_no = '{address}'",
    ),
    (
        "a package of traffic or uses ends at another time than its order granted",
        "UPDATE packages SET expires_at = expires_at + 1 WHERE trade_no = '{bucket}'",
    ),
    (
        "a static package and its address expire at different times",
        "UPDATE static_holdings SET expires_at = expires_at + 1 WHERE trade_no = '{address}'",
    ),
    ("a package of an order was granted by none", "DELETE FROM grants WHERE trade_no = '{caps}'"),
    (
        "a package is capped otherwise than its order bought",
        "UPDATE packages SET bandwidth = bandwidth * 10 WHERE trade_no = '{caps}'",
    ),
    (
        "a package is capped otherwise than its order bought",
        "UPDATE packages SET concurrency = concurrency + 1 WHERE trade_no = '{caps}'",
    ),
    ("a closed order still holds addresses", "UPDATE orders SET status = 2 WHERE trade_no = '{waiting}'"),
    ("an address is held by an order that does not exist", "DELETE FROM orders WHERE trade_no = '{waiting}'"),
    (
        "an address's holders are not counted right",
        "UPDATE static_addresses SET taken = taken + 1 WHERE address = '127.0.9.8'",
    ),
    (
        "a limited product is not counted right",
        "UPDATE products SET taken = taken + 1 WHERE code = 'limited'",
    ),
    (
        "a limited product is not counted right",
        "UPDATE products SET taken = taken - 1 WHERE code = 'limited'",
    ),
    ("a coupon's uses are not counted right", "UPDATE coupons SET used = used + 1"),
    ("a coupon is used for no order of its customer", "UPDATE coupon_uses SET trade_no = 'another'"),
    (
        "an invitation is used for no order of its customer that took it",
        "UPDATE invitations SET trade_no = '{bucket}'",
    ),
];

struct Books {
    shop: Shop,
    made: Vec<(&'static str, String)>,
}

impl Books {
    async fn make(&mut self, name: &'static str, code: &str, more: impl FnOnce(&mut Request)) -> Order {
        let mut ask = Request::plain(self.shop.pid(code).await, payments::BALANCE);
        more(&mut ask);
        let order = flow::create(&self.shop.state, &self.shop.buyer(NOW), &ask).await.unwrap();
        self.made.push((name, order.trade_no.clone()));
        order
    }

    /// Money from outside comes for an order.
    async fn comes(&self, order: &Order, amount: i64) -> Settled {
        let tx = self.shop.state.store.write().await.unwrap();
        let order = orders::lock(&tx, &order.trade_no).await.unwrap().unwrap();
        let paid = Paid { amount: Money(amount), pm_id: ONLINE, reference: String::new() };
        let settled = flow::settle(&tx, &self.shop.state, &order, &paid, NOW).await.unwrap();
        tx.commit().await.unwrap();
        settled
    }

    async fn refund(&self, order: &Order, amount: Option<Money>) {
        flow::refund_order(&self.shop.state, &order.trade_no, amount, NOW).await.unwrap();
    }

    /// A statement about the orders that were made.
    fn fill(&self, sql: &str) -> String {
        self.made
            .iter()
            .fold(sql.to_owned(), |sql, (name, number)| sql.replace(&format!("{{{name}}}"), number))
    }
}

async fn discounts(shop: &Shop) {
    shop.coupon("SPRING", 1_500, 5_000, NOW).await;
    let tx = shop.state.store.write().await.unwrap();
    coupons::flow::invite(&tx, shop.customer, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

/// A shop that sold everything, was paid in every way, and took things back.
async fn books(store: &Store) -> Books {
    let shop = Shop::open(store, 1_000_000, NOW).await;
    discounts(&shop).await;
    let mut books = Books { shop, made: Vec::new() };
    let us = |count| Some(vec![Region { country: "US".into(), count, asn: None }]);
    let skus = {
        let tx = store.read().await.unwrap();
        let id = turnpike_base::ProductId(books.shop.pid("unmetered").await);
        crate::products::by_id(&tx, id).await.unwrap().unwrap().skus
    };
    let sku = |kind| skus.iter().find(|sku| sku.kind == kind).map(|sku| sku.id);
    books.make("bucket", "bucket", |ask| ask.coupon_sn = Some("SPRING".into())).await;
    books.make("invited", "bucket", |ask| ask.use_invitation_registration_discount = true).await;
    books
        .make("caps", "unmetered", |ask| {
            ask.product_sku_bandwidth_id = sku(crate::products::SkuKind::Bandwidth);
            ask.product_sku_concurrency_id = sku(crate::products::SkuKind::Concurrency);
        })
        .await;
    let address = books.make("address", "static-dc", |ask| ask.region_list = us(1)).await;
    let package = {
        let tx = store.read().await.unwrap();
        crate::grants::of_order(&tx, &address.trade_no).await.unwrap()[0].package
    };
    books.make("renewal", "renew-dc", |ask| ask.upids = Some(vec![package.0])).await;
    books.make("waiting", "static-dc", |ask| (ask.region_list, ask.pm_id) = (us(1), 0)).await;
    books.make("uses", "extract", |_| ()).await;
    books.make("limited", "limited", |_| ()).await;
    books.make("unpaid", "limited", |ask| ask.pm_id = 0).await;
    let part = books.make("part", "bucket", |_| ()).await;
    books.refund(&part, Some(Money(1_000))).await;
    let whole = books.make("whole", "limited", |_| ()).await;
    books.refund(&whole, None).await;
    let recharge = books
        .make("recharge", "recharge", |ask| (ask.recharge_amount, ask.pm_id) = (Some(Money(20_000)), 0))
        .await;
    books.comes(&recharge, 20_000).await;
    books.refund(&recharge, Some(Money(5_000))).await;
    let short = books.make("short", "bucket", |ask| ask.pm_id = 0).await;
    books.comes(&short, 500).await;
    let closed = books.make("closed", "bucket", |ask| ask.pm_id = 0).await;
    books.comes(&closed, 700).await;
    flow::reject(&books.shop.state, &closed.trade_no, NOW).await.unwrap();
    let completed = books.make("completed", "bucket", |ask| ask.pm_id = 0).await;
    books.comes(&completed, 9_000).await;
    let rest = books
        .make("rest", "rest", |ask| (ask.trade_no, ask.pm_id) = (Some(completed.trade_no.clone()), 0))
        .await;
    books.comes(&rest, 400).await;
    books.comes(&rest, 599).await;
    let tx = store.write().await.unwrap();
    let served = crate::counted::Served {
        customer: books.shop.customer,
        product: turnpike_base::ProductType::ExtractionQuota,
        uses: 3,
        reference: Some("call 1"),
    };
    crate::counted::serve(&tx, &served, NOW).await.unwrap();
    tx.commit().await.unwrap();
    books
}

both_engines! {
    async fn what_is_changed_by_hand_is_found(store: Store) {
        let books = books(&store).await;
        let tx = store.read().await.unwrap();
        assert_eq!(differences(&tx).await.unwrap(), Vec::<String>::new());
        assert_eq!(ledger::check::differences(&tx).await.unwrap(), Vec::<String>::new());
        drop(tx);
        for (sentence, sql) in CHANGED {
            let tx = store.write().await.unwrap();
            let rows = tx.exec(&books.fill(sql), args![]).await.unwrap();
            assert!(rows > 0, "{sql} changes nothing");
            let found = differences(&tx).await.unwrap();
            assert!(found.iter().any(|line| line.starts_with(sentence)), "{sql}: {found:?}");
        }
        for (sentence, _) in PROOFS.into_iter().flatten() {
            assert!(CHANGED.iter().any(|(told, _)| told == sentence), "nothing shows that it is found when {sentence}");
        }
    }

    async fn money_that_did_not_come_is_booked_nowhere(store: Store) {
        let mut books = books(&store).await;
        let short = books.make("raised", "bucket", |ask| ask.pm_id = 0).await;
        books.comes(&short, 500).await;
        let raise = async |by: i64| {
            let tx = store.write().await.unwrap();
            let sql = "UPDATE orders SET received = received + $2 WHERE trade_no = $1";
            tx.exec(sql, args![&short.trade_no, by]).await.unwrap();
            tx.commit().await.unwrap();
        };
        let state = &books.shop.state;
        let balance = async || ledger::balance(&store.read().await.unwrap(), books.shop.customer).await.unwrap().0;
        let before = balance().await;
        raise(1).await;
        let refused = flow::reject(state, &short.trade_no, NOW).await.unwrap_err();
        assert_eq!(refused.slug, "order_not_held");
        assert!(refused.text.en.contains("5.01") && refused.text.en.contains("5.00") && refused.text.zh.contains("5.01"), "{refused}");
        let refused = flow::close(state, &books.shop.buyer(NOW), &short.trade_no).await.unwrap_err();
        assert_eq!(refused.slug, "order_not_held");
        let tx = store.write().await.unwrap();
        let order = orders::lock(&tx, &short.trade_no).await.unwrap().unwrap();
        let paid = Paid { amount: order.missing(), pm_id: ONLINE, reference: String::new() };
        let refused = flow::settle(&tx, state, &order, &paid, NOW).await.unwrap_err();
        assert_eq!(refused.slug, "order_not_held", "nor is it completed by it");
        drop(tx);
        assert_eq!(flow::expire(state, NOW.plus_days(3)).await.unwrap(), 3, "the others that are over are closed");
        assert_eq!(balance().await, before + 500, "of the other short one");
        raise(-1).await;
        flow::reject(state, &short.trade_no, NOW).await.unwrap();
        assert_eq!(balance().await, before + 1_000);
        let tx = store.read().await.unwrap();
        assert_eq!(differences(&tx).await.unwrap(), Vec::<String>::new());
    }
}
