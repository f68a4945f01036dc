//! Payments that are disputed in parts, or more and more, together with refunds, on both engines: never more is taken back
//! than came, and what was on the balance comes from there.

use super::dispute_tests::total;
use super::scene::{NOW, SECONDS, STRIPE, Scene};
use crate::orders::{self, Order, Request, Status as Stand};
use crate::{grants, ledger};
use turnpike_base::Money;
use turnpike_store::{Read, Row, args, both_engines};

/// All that the bucket grants.
const ALL: i64 = 11 << 30;

struct Told<'a>(&'a Scene, &'static str);

impl Told<'_> {
    /// The dispute over this payment is over `amount` by now; what becomes of it.
    async fn to(&self, dispute: &str, amount: i64, status: &str) -> String {
        let kind = match status {
            "needs_response" => "created",
            "under_review" => "updated",
            _ => "closed",
        };
        let Self(scene, intent) = *self;
        let object =
            serde_json::json!({"id": dispute, "payment_intent": intent, "amount": amount, "status": status});
        let notice = scene.stripe.notice(&format!("charge.dispute.{kind}"), &object, SECONDS);
        let outcome = scene.tell(notice).await.1["outcome"].as_str().unwrap().to_owned();
        scene.proves().await;
        outcome
    }
}

async fn account(scene: &Scene, name: &str) -> i64 {
    let tx = scene.shop.state.store.read().await.unwrap();
    let all = ledger::accounts(&tx, scene.shop.site.id).await.unwrap();
    all.into_iter().find(|sum| sum.account == name).map_or(0, |sum| sum.amount.0)
}

/// A bucket that was paid with 10.00 more than it cost.
async fn over(scene: &Scene) -> Order {
    let (order, session) = scene.begun("bucket", None).await;
    assert_eq!(scene.paid(&session, Some(10_999)).await, "over");
    order
}

/// What a release brings to rows that are there already.
const UPGRADE: &str = include_str!("../../../store/migrations/sqlite/0090_parts_of_payments.sql");

/// How payments and disputes are told apart into what was ordered and what was not.
async fn told_apart(scene: &Scene) -> Vec<(String, i64, i64)> {
    let tx = scene.shop.state.store.read().await.unwrap();
    let sql = "SELECT intent AS name, 0 AS ordered, beside FROM payments WHERE status = 'paid' \
        UNION ALL SELECT dispute, ordered, beside FROM payment_disputes ORDER BY 1";
    let rows = tx.rows(sql, args![]).await.unwrap();
    let read =
        |row: &Row| (row.get("name").unwrap(), row.get("ordered").unwrap(), row.get("beside").unwrap());
    rows.iter().map(read).collect()
}

both_engines! {
    async fn what_an_earlier_version_booked_is_told_apart_alike(store: Store) {
        let scene = Scene::open(&store, 0).await;
        over(&scene).await;
        let (late, session) = scene.begun("bucket", None).await;
        orders::flow::close(&scene.shop.state, &scene.shop.buyer(NOW), &late.trade_no).await.unwrap();
        scene.paid(&session, None).await;
        let (_, session) = scene.begun("recharge", Some(5_000)).await;
        scene.paid(&session, None).await;
        let (whole, session) = scene.begun("bucket", None).await;
        scene.paid(&session, Some(5_000)).await;
        let ((_, first), (_, second)) = (scene.rest(&whole).await, scene.rest(&whole).await);
        scene.paid(&first, None).await;
        scene.paid(&second, None).await;
        let (refused, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        scene.refund(&refused, Some(2_000)).await.unwrap();
        scene.stripe.refuse_refunds();
        scene.work(NOW).await;
        for (intent, dispute, amount) in
            [("pi_1", "dp_1", 10_999), ("pi_2", "dp_2", 9_999), ("pi_3", "dp_3", 4_000), ("pi_5", "dp_5", 4_999)]
        {
            assert_eq!(Told(&scene, intent).to(dispute, amount, "needs_response").await, "disputed");
        }
        let now = told_apart(&scene).await;
        let tx = store.write().await.unwrap();
        for table in ["payments SET beside = 0", "payment_disputes SET ordered = 0, beside = 0"] {
            tx.exec(&format!("UPDATE {table}"), args![]).await.unwrap();
        }
        let text: String = UPGRADE.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n");
        for update in text.split(';').map(str::trim).filter(|sql| sql.starts_with("UPDATE")) {
            tx.exec(update, args![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(told_apart(&scene).await, now);
        let beside: Vec<i64> = now.iter().filter(|row| row.0.starts_with("pi_")).map(|row| row.2).collect();
        assert_eq!(beside, [1_000, 9_999, 0, 0, 0, 4_999, 2_000]);
        scene.proves().await;
    }

    async fn what_was_too_much_comes_from_the_balance_whichever_part_reaches_it(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = over(&scene).await;
        let told = Told(&scene, "pi_1");
        assert_eq!(told.to("dp_1", 6_000, "needs_response").await, "disputed");
        assert_eq!(scene.balance().await, 1_000, "the goods first");
        assert_eq!(told.to("dp_2", 4_999, "needs_response").await, "disputed");
        assert_eq!((scene.balance().await, total(&scene, &order).await), (0, 0));
        assert_eq!(told.to("dp_2", 4_999, "won").await, "dispute_won");
        assert_eq!(scene.balance().await, 1_000);
        assert_eq!(told.to("dp_1", 6_000, "lost").await, "dispute_lost");
        let (now, left) = (scene.now(&order).await, total(&scene, &order).await);
        assert_eq!((now.status, now.refund_fee, left), (Stand::Paid, Money(6_000), ALL - (ALL * 6_000 + 9_998) / 9_999));
        let rest = scene.refund(&order, None).await.unwrap().refund_fee.0;
        assert!((9_998..=9_999).contains(&rest), "{rest}");
        scene.work(NOW).await;
        assert_eq!((scene.stripe.refunds(), scene.balance().await), (vec![rest - 6_000], 1_000));
        scene.proves().await;
    }

    async fn a_dispute_that_grows_takes_the_difference(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        let told = Told(&scene, "pi_1");
        for (amount, status, outcome) in [
            (3_000, "needs_response", "disputed"),
            (5_000, "under_review", "disputed"),
            (5_000, "under_review", "again"),
            (3_000, "needs_response", "again"),
        ] {
            assert_eq!(told.to("dp_1", amount, status).await, outcome, "{amount} {status}");
        }
        assert_eq!(account(&scene, "disputes").await, -5_000);
        let held = (ALL * 3_000 + 9_998) / 9_999 + (ALL * 2_000 + 9_998) / 9_999;
        assert_eq!(total(&scene, &order).await, ALL - held);
        assert_eq!(told.to("dp_1", 5_000, "won").await, "dispute_won");
        assert_eq!((total(&scene, &order).await, account(&scene, "disputes").await), (ALL, 0));
        assert_eq!(told.to("dp_1", 6_000, "under_review").await, "again", "it is over");
        told.to("dp_2", 1_000, "needs_response").await;
        assert_eq!(told.to("dp_2", 9_999, "lost").await, "dispute_lost", "what it came to in the end");
        let now = scene.now(&order).await;
        assert_eq!((now.status, now.refund_fee, total(&scene, &order).await), (Stand::Refunded, Money(9_999), 0));
    }

    async fn what_was_paid_back_is_not_taken_again(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = over(&scene).await;
        scene.refund(&order, Some(4_000)).await.unwrap();
        scene.work(NOW).await;
        assert_eq!(scene.stripe.refunds(), [4_000]);
        let kept = total(&scene, &order).await;
        let told = Told(&scene, "pi_1");
        told.to("dp_1", 10_999, "needs_response").await;
        assert_eq!((scene.balance().await, account(&scene, "disputes").await), (0, -9_999), "4,000 are the operator's loss");
        assert_eq!(told.to("dp_2", 500, "needs_response").await, "disputed");
        assert_eq!((scene.balance().await, account(&scene, "disputes").await), (0, -10_499), "nothing is left to be taken");
        told.to("dp_1", 10_999, "won").await;
        assert_eq!((scene.balance().await, total(&scene, &order).await), (1_000, kept));
        told.to("dp_2", 500, "lost").await;
        assert_eq!(scene.now(&order).await.refund_fee, Money(4_000));
    }

    async fn the_surplus_of_an_order_that_was_paid_back_comes_from_the_balance(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = over(&scene).await;
        scene.refund(&order, None).await.unwrap();
        scene.work(NOW).await;
        let told = Told(&scene, "pi_1");
        told.to("dp_1", 1_000, "needs_response").await;
        told.to("dp_1", 1_000, "lost").await;
        let now = scene.now(&order).await;
        assert_eq!((scene.balance().await, now.status, now.refund_fee), (0, Stand::Refunded, Money(9_999)));
        assert_eq!(account(&scene, "disputes").await, 0);
    }

    async fn a_refund_that_a_dispute_overtakes_is_the_payers_once(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        scene.refund(&order, None).await.unwrap();
        let told = Told(&scene, "pi_1");
        told.to("dp_1", 9_999, "needs_response").await;
        scene.stripe.refuse_refunds();
        scene.work(NOW).await;
        assert_eq!((scene.balance().await, account(&scene, "disputes").await), (0, 0), "his bank gave it to him");
        scene.proves().await;
        told.to("dp_1", 9_999, "won").await;
        assert_eq!(scene.balance().await, 9_999, "then the shop does");
    }

    async fn a_refund_that_went_to_the_balance_is_called_back_from_there(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        scene.refund(&order, None).await.unwrap();
        scene.stripe.refuse_refunds();
        scene.work(NOW).await;
        assert_eq!(scene.balance().await, 9_999);
        Told(&scene, "pi_1").to("dp_1", 9_999, "needs_response").await;
        assert_eq!((scene.balance().await, account(&scene, "disputes").await), (0, 0));
    }

    async fn a_top_up_goes_back_once_by_refunds_and_disputes_together(store: Store) {
        let scene = Scene::open(&store, 50_000).await;
        let (order, session) = scene.begun("recharge", Some(5_000)).await;
        scene.paid(&session, None).await;
        let told = Told(&scene, "pi_1");
        told.to("dp_1", 2_000, "needs_response").await;
        assert!(scene.refund(&order, Some(3_001)).await.is_err(), "a dispute holds it");
        scene.refund(&order, None).await.unwrap();
        scene.work(NOW).await;
        assert_eq!((scene.stripe.refunds(), scene.balance().await), (vec![3_000], 50_000), "the bank has the rest");
        told.to("dp_1", 5_000, "lost").await;
        assert_eq!((scene.balance().await, account(&scene, "disputes").await), (50_000, -3_000));
    }

    async fn a_rest_that_completed_nothing_takes_no_goods(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (whole, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.paid(&session, Some(5_000)).await, "short");
        let ((_, first), (_, second)) = (scene.rest(&whole).await, scene.rest(&whole).await);
        assert_eq!((scene.paid(&first, None).await, scene.paid(&second, None).await), ("paid".into(), "paid".into()));
        assert_eq!(scene.balance().await, 4_999, "one of them was too much");
        let told = Told(&scene, "pi_3");
        told.to("dp_1", 4_999, "needs_response").await;
        assert_eq!((scene.balance().await, total(&scene, &whole).await), (0, ALL));
        told.to("dp_1", 4_999, "lost").await;
        assert_eq!(scene.now(&whole).await.refund_fee, Money::ZERO);
    }

    async fn what_came_in_pieces_goes_back_to_each(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (whole, session) = scene.begun("bucket", None).await;
        scene.paid(&session, Some(5_000)).await;
        let (_, second) = scene.rest(&whole).await;
        scene.paid(&second, None).await;
        scene.refund(&whole, None).await.unwrap();
        scene.work(NOW).await;
        assert_eq!((scene.stripe.refunds(), scene.balance().await), (vec![4_999, 5_000], 0));
        Told(&scene, "pi_2").to("dp_1", 4_999, "needs_response").await;
        assert_eq!((scene.balance().await, account(&scene, "disputes").await), (0, -4_999), "the bank gave it a second time");
    }

    async fn a_part_of_a_rest_that_is_called_back_ends_that_rest_alone(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (whole, session) = scene.begun("bucket", None).await;
        scene.paid(&session, Some(5_000)).await;
        let (part, second) = scene.rest(&whole).await;
        assert_eq!(scene.paid(&second, Some(2_000)).await, "short");
        Told(&scene, "pi_2").to("dp_1", 2_000, "needs_response").await;
        assert_eq!((scene.now(&part).await.status, scene.now(&whole).await.status), (Stand::Closed, Stand::Unpaid));
        assert_eq!((scene.balance().await, account(&scene, "held").await), (0, 5_000));
    }

    async fn an_address_waits_for_every_dispute_over_it(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let ask = Request {
            region_list: Some(vec![crate::fields::Region { country: "US".into(), count: 1, asn: None }]),
            ..Request::plain(scene.shop.pid("static-dc").await, STRIPE)
        };
        let order = orders::flow::create(&scene.shop.state, &scene.shop.buyer(NOW), &ask).await.unwrap();
        let session = scene.pay(&order, STRIPE).await.unwrap().payment.unwrap().session.unwrap();
        scene.paid(&session, None).await;
        let package = async || {
            let tx = scene.shop.state.store.read().await.unwrap();
            let id = grants::of_order(&tx, &order.trade_no).await.unwrap()[0].package;
            turnpike_access::packages::by_id(&tx, id).await.unwrap().unwrap()
        };
        let until = package().await.expires_at;
        let told = Told(&scene, "pi_1");
        told.to("dp_1", 1_000, "needs_response").await;
        told.to("dp_2", 1_000, "needs_response").await;
        assert_eq!(package().await.expires_at, NOW);
        told.to("dp_1", 1_000, "lost").await;
        told.to("dp_2", 1_000, "won").await;
        let back = package().await.expires_at;
        assert_eq!(back.since(NOW) * 2, until.since(NOW), "the half that is won");
    }
}
