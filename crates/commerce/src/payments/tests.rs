//! Payments against a strict stand-in for Stripe: whatever gets lost, repeated, delayed or forged, each payment
//! is booked once and the books agree.

use super::*;
use crate::orders::{self, Order};
use crate::testing::Shop;
use crate::{grants, ledger};
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::Value;
use std::sync::Arc;
use tower::ServiceExt;
use turnpike_base::time::ManualClock;
use turnpike_base::{Code, Currency, Fault, Lang, Money, Secret, Timestamp};
use turnpike_fetch::Address;
use turnpike_stand_in::{Clock as Time, KEY, Stripe as StandIn, WEBHOOK_SECRET, signed};
use turnpike_store::{Read, Store, args, both_engines, jobs as rows};

/// 2026-11-24 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_521_600_000);
const SECONDS: i64 = NOW.0 / 1_000;
const STRIPE: i64 = 1;

struct Scene {
    shop: Shop,
    stripe: StandIn,
    router: axum::Router,
}

impl Scene {
    /// A shop that offers every method.
    async fn open(store: &Store, balance: i64) -> Self {
        let mut shop = Shop::open(store, balance, NOW).await;
        let stripe = StandIn::start("127.0.0.1:0", Time::Fixed(SECONDS)).await.unwrap();
        let settings = stripe::Settings {
            api: Address::parse(stripe.address()).unwrap(),
            secret_key: Secret::new(KEY),
            webhook_secret: Secret::new(WEBHOOK_SECRET),
        };
        shop.state.payments = Payments::new(Some(settings));
        let tx = store.write().await.unwrap();
        let terms = Terms { enabled: true, note_en: "Account 1".into(), ..Terms::default() };
        for id in [STRIPE, BANK] {
            set_method(&tx, &shop.state.payments, &shop.site, id, &terms).await.unwrap();
        }
        tx.commit().await.unwrap();
        let router = open_router(&shop.state, Arc::new(ManualClock::at(NOW)));
        Self { shop, stripe, router }
    }

    fn payer(&self) -> flow::Payer<'_> {
        let (customer, site) = (self.shop.customer, &*self.shop.site);
        flow::Payer { customer, site, lang: Lang::En, now: NOW, base_url: "http://shop.example" }
    }

    async fn order(&self, code: &str, pm_id: i64, recharge: Option<i64>) -> Order {
        let ask = orders::Request {
            pid: self.shop.pid(code).await,
            upids: None,
            amount: 1,
            pm_id,
            region_list: None,
            coupon_sn: None,
            use_invitation_registration_discount: false,
            renew_duration: crate::renewals::Duration::OneMonth,
            product_sku_bandwidth_id: None,
            product_sku_concurrency_id: None,
            product_sku_duration_id: None,
            etd: 1,
            recharge_amount: recharge.map(Money),
            trade_no: None,
        };
        orders::flow::create(&self.shop.state, &self.shop.buyer(NOW), &ask).await.unwrap()
    }

    async fn pay(&self, order: &Order, pm_id: i64) -> Result<flow::Begun, Fault> {
        flow::pay(&self.shop.state, &self.payer(), &order.trade_no, Some(pm_id)).await
    }

    /// An order whose page is open, and the page's name.
    async fn begun(&self, code: &str, recharge: Option<i64>) -> (Order, String) {
        let order = self.order(code, STRIPE, recharge).await;
        let begun = self.pay(&order, STRIPE).await.unwrap();
        (begun.order, begun.payment.unwrap().session.unwrap())
    }

    async fn tell(&self, (signature, body): (String, Vec<u8>)) -> (StatusCode, Value) {
        let request = Request::post("/notices/stripe").header("stripe-signature", signature);
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    async fn paid(&self, session: &str, amount: Option<i64>) -> Value {
        let object = self.stripe.pay(session, amount);
        let (status, told) =
            self.tell(self.stripe.notice("checkout.session.completed", &object, SECONDS)).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        told["outcome"].clone()
    }

    async fn now(&self, order: &Order) -> Order {
        let tx = self.shop.state.store.read().await.unwrap();
        orders::by_trade_no(&tx, &order.trade_no).await.unwrap().unwrap()
    }

    async fn balance(&self) -> i64 {
        ledger::balance(&self.shop.state.store.read().await.unwrap(), self.shop.customer).await.unwrap().0
    }

    async fn count(&self, what: &str) -> i64 {
        let tx = self.shop.state.store.read().await.unwrap();
        let row = tx.row(&format!("SELECT COUNT(*) AS n FROM {what}"), args![]).await.unwrap();
        row.unwrap().get("n").unwrap()
    }

    /// Runs due jobs about payments, also those that a failure put off.
    async fn work(&self, now: Timestamp) -> Vec<String> {
        let mut done = Vec::new();
        loop {
            let tx = self.shop.state.store.write().await.unwrap();
            let job = rows::claim(&tx, now, 60).await.unwrap();
            tx.commit().await.unwrap();
            let Some(job) = job else { return done };
            let outcome = run_job(&self.shop.state, &job, now).await;
            let tx = self.shop.state.store.write().await.unwrap();
            done.push(format!("{} {}", job.kind, if outcome.is_ok() { "done" } else { "failed" }));
            match outcome {
                Ok(Some(at)) => drop(rows::repeat(&tx, &job, at).await.unwrap()),
                Ok(None) => drop(rows::finish(&tx, &job).await.unwrap()),
                Err(fault) => rows::fail(&tx, &job, &fault.to_string(), now).await.unwrap(),
            }
            tx.commit().await.unwrap();
        }
    }

    async fn refund(&self, order: &Order, amount: Option<i64>) -> Result<Order, Fault> {
        let tx = self.shop.state.store.write().await.unwrap();
        let refunded =
            orders::flow::refund(&tx, &self.shop.state, &order.trade_no, amount.map(Money), NOW).await?;
        tx.commit().await.unwrap();
        Ok(refunded)
    }

    /// Every promise about money holds.
    async fn proves(&self) {
        let tx = self.shop.state.store.read().await.unwrap();
        assert_eq!(ledger::check::differences(&tx).await.unwrap(), Vec::<String>::new());
        assert_eq!(check::differences(&tx).await.unwrap(), Vec::<String>::new());
    }
}

both_engines! {
    async fn a_hundred_notices_at_once_make_one_payment_and_one_grant(store: Store) {
        let scene = Arc::new(Scene::open(&store, 0).await);
        let (order, session) = scene.begun("bucket", None).await;
        let object = scene.stripe.pay(&session, None);
        // Two notices of the provider tell the same; each comes fifty times, the later one first.
        let kinds = ["checkout.session.async_payment_succeeded", "checkout.session.completed"];
        let notices = kinds.map(|kind| scene.stripe.notice(kind, &object, SECONDS));
        let told: Vec<_> = (0..100).map(|n| {
            let (scene, notice) = (Arc::clone(&scene), notices[n % 2].clone());
            tokio::spawn(async move { scene.tell(notice).await })
        }).collect();
        let mut outcomes = Vec::new();
        for one in told {
            let (status, told) = one.await.unwrap();
            assert_eq!(status, StatusCode::OK, "{told}");
            outcomes.push(told["outcome"].as_str().unwrap().to_owned());
        }
        assert_eq!(outcomes.iter().filter(|outcome| *outcome == "paid").count(), 1, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|outcome| *outcome == "again").count(), 99);
        let counts = (scene.count("payments WHERE status = 'paid'").await, scene.count("grants").await,
            scene.count("payment_notices WHERE applied_at IS NOT NULL").await, scene.count("packages").await);
        assert_eq!(counts, (1, 1, 2, 1));
        assert_eq!(scene.now(&order).await.status, orders::Status::Paid);
        scene.proves().await;
    }

    async fn a_lost_notice_is_found_by_the_poller(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.work(NOW.plus_seconds(31)).await, ["payment_poll done"]);
        assert_eq!(scene.now(&order).await.status, orders::Status::Unpaid);
        scene.stripe.pay(&session, None);
        assert_eq!(scene.work(NOW.plus_seconds(62)).await, ["payment_poll done"]);
        assert_eq!(scene.now(&order).await.status, orders::Status::Paid);
        assert_eq!(scene.count("jobs WHERE kind = 'payment_poll'").await, 0, "nobody asks any more");
        scene.proves().await;
    }

    async fn money_that_is_too_much_too_little_or_late_goes_where_it_belongs(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (over, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.paid(&session, Some(10_999)).await, "over");
        assert_eq!((scene.now(&over).await.pay_fee_status, scene.balance().await), (orders::OVER, 1_000));
        let (short, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.paid(&session, Some(9_000)).await, "short");
        let short = scene.now(&short).await;
        assert_eq!((short.pay_fee_status, short.status, short.missing()), (orders::SHORT, orders::Status::Unpaid, Money(999)));
        let (late, session) = scene.begun("bucket", None).await;
        orders::flow::close(&scene.shop.state, &scene.shop.buyer(NOW), &late.trade_no).await.unwrap();
        assert_eq!(scene.work(NOW).await, ["payment_close done"]);
        assert_eq!(scene.stripe.status_of(&session), "expired", "nobody can pay for a closed order");
        assert_eq!(scene.paid(&session, None).await, "late");
        assert_eq!(scene.balance().await, 1_000 + 9_999);
        scene.proves().await;
    }

    async fn a_refund_whose_answer_is_lost_is_made_once(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        let refunded = scene.refund(&order, Some(4_000)).await.unwrap();
        assert_eq!(refunded.refund_fee, Money(4_000));
        assert_eq!(scene.stripe.refunds(), Vec::<i64>::new(), "nothing is sent inside the transaction");
        scene.stripe.lose_answers(2);
        scene.work(NOW).await;
        assert_eq!(scene.stripe.refunds(), [4_000], "carried out, and not known yet");
        assert_eq!(scene.count("payment_refunds WHERE status = 'promised'").await, 1);
        scene.work(NOW.plus_seconds(1)).await;
        scene.work(NOW.plus_seconds(10)).await;
        assert_eq!((scene.stripe.refunds(), scene.count("payment_refunds WHERE status = 'made'").await), (vec![4_000], 1));
        scene.proves().await;
    }

    async fn a_refund_that_can_not_be_made_goes_to_the_balance(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        scene.refund(&order, None).await.unwrap();
        scene.stripe.refuse_refunds();
        scene.work(NOW).await;
        assert_eq!((scene.balance().await, scene.stripe.refunds().len()), (9_999, 0));
        scene.proves().await;
    }

    async fn a_recharge_gives_its_gift_back_before_money(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("recharge", Some(10_000)).await;
        assert_eq!(scene.paid(&session, None).await, "paid");
        // 10 % and 1.00 on top.
        assert_eq!(scene.balance().await, 11_100);
        scene.order("bucket", BALANCE, None).await;
        assert_eq!(scene.balance().await, 1_101);
        let refunded = scene.refund(&order, None).await.unwrap();
        assert_eq!((refunded.refund_fee, scene.balance().await), (Money(1), 0));
        scene.work(NOW).await;
        assert_eq!(scene.stripe.refunds(), [1]);
        scene.proves().await;
    }

    async fn a_dispute_freezes_and_only_so_a_balance_falls_below_zero(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (_, session) = scene.begun("recharge", Some(5_000)).await;
        scene.paid(&session, None).await;
        let (bucket, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        scene.order("extract", BALANCE, None).await;
        assert_eq!(scene.balance().await, 4_200);
        let dispute = |id: &str, intent: &str, amount: i64, status: &str| {
            serde_json::json!({"id": id, "payment_intent": intent, "amount": amount, "status": status})
        };
        for (kind, object, outcome) in [
            ("charge.dispute.created", dispute("dp_1", "pi_1", 5_000, "needs_response"), "disputed"),
            ("charge.dispute.created", dispute("dp_1", "pi_1", 5_000, "needs_response"), "again"),
            ("charge.dispute.created", dispute("dp_2", "pi_2", 9_999, "needs_response"), "disputed"),
            ("charge.dispute.created", dispute("dp_3", "pi_9", 1, "needs_response"), "unknown"),
        ] {
            let (_, told) = scene.tell(scene.stripe.notice(kind, &object, SECONDS)).await;
            assert_eq!(told["outcome"], outcome, "{object}");
        }
        assert_eq!(scene.balance().await, -800);
        let tx = store.read().await.unwrap();
        let given = grants::of_order(&tx, &bucket.trade_no).await.unwrap()[0].package;
        let ends = |package: turnpike_access::packages::Package| package.expires_at;
        let frozen = turnpike_access::packages::by_id(&tx, given).await.unwrap().map(ends).unwrap();
        drop(tx);
        assert!(frozen <= NOW, "the unused grant is frozen");
        let won = scene.stripe.notice("charge.dispute.closed", &dispute("dp_2", "pi_2", 9_999, "won"), SECONDS);
        assert_eq!(scene.tell(won.clone()).await.1["outcome"], "dispute_won");
        assert_eq!(scene.tell(won).await.1["outcome"], "unknown", "it is over");
        let tx = store.read().await.unwrap();
        let thawed = turnpike_access::packages::by_id(&tx, given).await.unwrap().map(ends).unwrap();
        assert!(thawed > NOW);
        scene.proves().await;
    }

    async fn a_transfer_is_booked_once_by_its_reference(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = scene.order("bucket", BANK, None).await;
        let begun = scene.pay(&order, BANK).await.unwrap();
        assert_eq!(begun.payment.unwrap().page_url, None);
        let seen = Seen { trade_no: &order.trade_no, amount: None, reference: "T-1" };
        let (paid, outcome) = confirm(&scene.shop.state, &seen, NOW).await.unwrap();
        assert_eq!((paid.status, outcome), (orders::Status::Paid, "paid"));
        let again = confirm(&scene.shop.state, &seen, NOW).await.unwrap_err();
        assert_eq!(again.slug, "transfer_booked");
        let nothing = confirm(&scene.shop.state, &Seen { reference: "T-2", ..seen.clone() }, NOW).await.unwrap_err();
        assert_eq!(nothing.code, Code::Conflict);
        let more = Seen { reference: "T-2", amount: Some(Money(5)), ..seen };
        assert_eq!(confirm(&scene.shop.state, &more, NOW).await.unwrap().1, "late");
        assert_eq!(scene.balance().await, 5);
        scene.refund(&order, None).await.unwrap();
        let waiting = refunds(&store.read().await.unwrap(), None).await.unwrap();
        assert_eq!(waiting.iter().map(|refund| refund.amount.0).collect::<Vec<_>>(), [9_999], "the 5 are on the balance");
        for refund in &waiting {
            made_by_hand(&scene.shop.state, refund.id, "R-1", NOW).await.unwrap();
        }
        scene.proves().await;
    }

    async fn twins_of_pay_get_one_page(store: Store) {
        let scene = Arc::new(Scene::open(&store, 0).await);
        let order = scene.order("bucket", 0, None).await;
        let twins: Vec<_> = (0..8).map(|_| {
            let (scene, order) = (Arc::clone(&scene), order.clone());
            tokio::spawn(async move { scene.pay(&order, STRIPE).await.unwrap().payment.unwrap().page_url })
        }).collect();
        let mut pages = Vec::new();
        for twin in twins {
            pages.push(twin.await.unwrap().unwrap());
        }
        pages.dedup();
        assert_eq!((pages.len(), scene.stripe.carried(), scene.count("payments").await), (1, 1, 1));
    }

    async fn the_balance_pays_an_open_order_once(store: Store) {
        let scene = Arc::new(Scene::open(&store, 15_000).await);
        let order = scene.order("bucket", 0, None).await;
        let twins: Vec<_> = (0..8).map(|_| {
            let (scene, order) = (Arc::clone(&scene), order.clone());
            tokio::spawn(async move { scene.pay(&order, BALANCE).await.unwrap().order.status })
        }).collect();
        for twin in twins {
            assert_eq!(twin.await.unwrap(), orders::Status::Paid);
        }
        assert_eq!((scene.balance().await, scene.count("grants").await), (5_001, 1));
        let poor = scene.order("bucket", 0, None).await;
        assert_eq!(scene.pay(&poor, BALANCE).await.unwrap_err().code, Code::BalanceTooLow);
        assert_eq!(scene.now(&poor).await.pm_id, 0, "nothing is kept of it");
        scene.proves().await;
    }
}

async fn scene() -> (Scene, turnpike_store::testing::TestStore) {
    let test = turnpike_store::testing::sqlite().await;
    (Scene::open(&test.store, 0).await, test)
}

#[tokio::test]
async fn forged_and_old_notices_are_refused_and_nothing_is_kept() {
    let (scene, _test) = scene().await;
    let (order, session) = scene.begun("bucket", None).await;
    let object = scene.stripe.pay(&session, None);
    let (signature, body) = scene.stripe.notice("checkout.session.completed", &object, SECONDS);
    let (old, aged) = scene.stripe.notice("checkout.session.completed", &object, SECONDS - 301);
    let changed = String::from_utf8(body.clone()).unwrap().replace("evt_", "evt_x");
    for (signature, body) in [
        (signed("whsec_of_somebody", SECONDS, &body), body.clone()),
        (signature.clone(), changed.into_bytes()),
        (String::new(), body.clone()),
        (old, aged),
    ] {
        let (status, told) = scene.tell((signature, body)).await;
        assert_eq!(
            (status, &told["error"]),
            (StatusCode::BAD_REQUEST, &serde_json::json!("notice_unsigned"))
        );
    }
    assert_eq!(
        (scene.count("payment_notices").await, scene.now(&order).await.status),
        (0, orders::Status::Unpaid)
    );
    assert_eq!(scene.tell((signature, body)).await.1["outcome"], "paid");
}

#[tokio::test]
async fn a_notice_may_be_faster_than_the_answer_that_names_the_page() {
    let (scene, test) = scene().await;
    let (order, session) = scene.begun("bucket", None).await;
    let tx = test.store.write().await.unwrap();
    tx.exec("UPDATE payments SET session = NULL, page_url = NULL", args![]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(scene.paid(&session, None).await, "paid");
    assert_eq!(scene.now(&order).await.status, orders::Status::Paid);
}

#[tokio::test]
async fn pages_of_others_and_pages_that_end_book_nothing() {
    let (scene, _test) = scene().await;
    let (order, session) = scene.begun("bucket", None).await;
    let stranger = serde_json::json!({"id": "cs_other", "status": "complete", "payment_status": "paid",
        "payment_intent": "pi_other", "amount_total": 9_999, "currency": "cny"});
    let told = scene.tell(scene.stripe.notice("checkout.session.completed", &stranger, SECONDS)).await.1;
    assert_eq!(told["outcome"], "unknown");
    let ended = scene.stripe.time_out(&session);
    let told = scene.tell(scene.stripe.notice("checkout.session.expired", &ended, SECONDS)).await.1;
    assert_eq!(told["outcome"], "gone");
    assert_eq!(scene.now(&order).await.status, orders::Status::Unpaid, "he may pay another way");
    let again = scene.pay(&order, STRIPE).await.unwrap().payment.unwrap();
    assert_ne!(again.session.unwrap(), session);
    scene.proves().await;
}

#[tokio::test]
async fn another_currency_is_not_booked() {
    let (scene, _test) = scene().await;
    let (order, session) = scene.begun("bucket", None).await;
    let mut object = scene.stripe.pay(&session, None);
    object["currency"] = serde_json::json!("usd");
    let told = scene.tell(scene.stripe.notice("checkout.session.completed", &object, SECONDS)).await.1;
    assert_eq!(
        (told["outcome"].as_str(), scene.now(&order).await.status),
        (Some("currency"), orders::Status::Unpaid)
    );
}

#[tokio::test]
async fn the_comparison_tells_what_a_provider_has_otherwise() {
    let (scene, test) = scene().await;
    let (_, session) = scene.begun("bucket", None).await;
    scene.paid(&session, None).await;
    reconcile::run(&scene.shop.state, NOW.plus_days(1)).await.unwrap();
    let tx = test.store.write().await.unwrap();
    let clean = reconciliations(&tx, 1).await.unwrap();
    assert_eq!((clean[0].compared, clean[0].differences.len()), (1, 0));
    tx.exec("UPDATE payments SET received = received + 1", args![]).await.unwrap();
    tx.commit().await.unwrap();
    reconcile::run(&scene.shop.state, NOW.plus_days(2)).await.unwrap();
    let found = reconciliations(&test.store.read().await.unwrap(), 1).await.unwrap();
    assert_eq!(found[0].differences.len(), 1, "{found:?}");
    assert!(found[0].differences[0].contains("100.00 received"), "{found:?}");
}

#[tokio::test]
async fn a_site_offers_what_is_set_and_ready() {
    let (scene, test) = scene().await;
    let ids = |all: Vec<Method>| all.iter().map(|method| method.id).collect::<Vec<_>>();
    let tx = test.store.read().await.unwrap();
    let all = methods(&tx, &scene.shop.state, &scene.shop.site).await.unwrap();
    assert_eq!(all[0].currencies, Currency::ALL);
    assert_eq!(ids(all), [STRIPE, BANK, BALANCE]);
    let without = crate::State { payments: Payments::default(), ..scene.shop.state.clone() };
    assert_eq!(
        ids(methods(&tx, &without, &scene.shop.site).await.unwrap()),
        [BANK, BALANCE],
        "no keys, no cards"
    );
    let fault = method(&tx, &without, &scene.shop.site, STRIPE).await.unwrap_err();
    assert!(fault.errors.contains_key("pm_id"), "{fault}");
}
