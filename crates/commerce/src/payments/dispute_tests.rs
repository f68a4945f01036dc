//! Disputes told by the provider, on both engines: whose money it is, and what becomes of the order.

use super::scene::{NOW, SECONDS, STRIPE, Scene};
use super::{Terms, set_method};
use crate::grants;
use crate::orders::{Order, Status as Stand};
use turnpike_access::packages::meter;
use turnpike_base::Money;
use turnpike_store::both_engines;

async fn tell(scene: &Scene, id: &str, intent: &str, amount: i64, status: &str) {
    let kind = if status == "needs_response" { "created" } else { "closed" };
    let object = serde_json::json!({"id": id, "payment_intent": intent, "amount": amount, "status": status});
    let notice = scene.stripe.notice(&format!("charge.dispute.{kind}"), &object, SECONDS);
    let (_, told) = scene.tell(notice).await;
    let outcome = match status {
        "needs_response" => "disputed",
        "won" => "dispute_won",
        _ => "dispute_lost",
    };
    assert_eq!(told["outcome"], outcome);
}

pub(super) async fn total(scene: &Scene, order: &Order) -> i64 {
    let tx = scene.shop.state.store.read().await.unwrap();
    let given = grants::of_order(&tx, &order.trade_no).await.unwrap()[0].package;
    turnpike_access::packages::by_id(&tx, given).await.unwrap().unwrap().total
}

both_engines! {
    async fn who_pays_a_part_and_calls_it_back_buys_nothing(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.paid(&session, Some(9_000)).await, "short");
        tell(&scene, "dp_1", "pi_1", 9_000, "needs_response").await;
        assert_eq!((scene.now(&order).await.status, scene.balance().await), (Stand::Closed, 0));
        tell(&scene, "dp_1", "pi_1", 9_000, "won").await;
        assert_eq!(scene.balance().await, 9_000);
        scene.proves().await;
    }

    async fn a_bank_that_only_asks_takes_nothing_until_it_takes_the_money(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        let told = async |kind: &str, status: &str| {
            let object = serde_json::json!({"id": "dp_1", "payment_intent": "pi_1", "amount": 9_999, "status": status});
            scene.tell(scene.stripe.notice(kind, &object, SECONDS)).await.1["outcome"].clone()
        };
        assert_eq!(told("charge.dispute.created", "warning_needs_response").await, "nothing");
        assert_eq!(told("charge.dispute.closed", "warning_closed").await, "nothing");
        assert_eq!((scene.now(&order).await.status, total(&scene, &order).await), (Stand::Paid, 11 << 30));
        assert_eq!(told("charge.dispute.funds_withdrawn", "needs_response").await, "disputed");
        assert_eq!(told("charge.dispute.created", "needs_response").await, "again");
        assert_eq!(total(&scene, &order).await, 0);
        scene.proves().await;
    }

    async fn what_was_too_much_comes_from_the_balance_where_it_went(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.paid(&session, Some(10_999)).await, "over");
        tell(&scene, "dp_1", "pi_1", 10_999, "needs_response").await;
        assert_eq!((scene.balance().await, total(&scene, &order).await), (0, 0));
        tell(&scene, "dp_1", "pi_1", 10_999, "won").await;
        assert_eq!((scene.balance().await, total(&scene, &order).await), (1_000, 11 << 30));
        scene.proves().await;
    }

    async fn what_is_lost_is_paid_back_and_not_twice(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        tell(&scene, "dp_1", "pi_1", 4_000, "needs_response").await;
        tell(&scene, "dp_1", "pi_1", 4_000, "lost").await;
        let lost = scene.now(&order).await;
        assert_eq!((lost.status, lost.refund_fee), (Stand::Paid, Money(4_000)));
        let rest = scene.refund(&order, None).await.unwrap();
        assert!((9_998..=9_999).contains(&rest.refund_fee.0), "{rest:?}");
        assert_eq!(total(&scene, &order).await, 0);
        scene.proves().await;
    }

    async fn a_rest_that_is_called_back_holds_its_part_of_the_whole(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (whole, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.paid(&session, Some(5_000)).await, "short");
        let (_, session) = scene.rest(&whole).await;
        assert_eq!(scene.paid(&session, None).await, "paid");
        tell(&scene, "dp_1", "pi_2", 4_999, "needs_response").await;
        let all = 11_i64 << 30;
        let held = (all * 4_999 + 9_998) / 9_999;
        assert_eq!(total(&scene, &whole).await, all - held);
        scene.proves().await;
    }

    async fn the_rest_of_a_top_up_that_is_lost_counts_as_paid_back(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (whole, session) = scene.begun("recharge", Some(5_000)).await;
        assert_eq!(scene.paid(&session, Some(100)).await, "short");
        let (_, session) = scene.rest(&whole).await;
        assert_eq!(scene.paid(&session, None).await, "paid");
        for status in ["needs_response", "lost"] {
            tell(&scene, "dp_1", "pi_2", 4_900, status).await;
            assert_eq!(scene.balance().await, 100, "what is called back has gone from the balance");
            scene.proves().await;
        }
        assert_eq!(scene.now(&whole).await.refund_fee, Money(4_900));
    }

    async fn the_fee_of_a_top_up_that_is_called_back_is_on_no_balance(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let terms = Terms { enabled: true, handling_rate: 500, handling_fee: Money(100), ..Terms::default() };
        let tx = store.write().await.unwrap();
        set_method(&tx, &scene.shop.state.payments, &scene.shop.site, STRIPE, &terms).await.unwrap();
        tx.commit().await.unwrap();
        let (order, session) = scene.begun("recharge", Some(5_000)).await;
        assert_eq!(scene.paid(&session, None).await, "paid");
        assert_eq!((order.pay_fee(), scene.balance().await), (Money(5_350), 5_000));
        // In two parts: of the second the last 3.50 were the fee.
        for (id, amount, status, left) in [
            ("dp_1", 3_000, "needs_response", 2_000),
            ("dp_2", 2_350, "needs_response", 0),
            ("dp_2", 2_350, "won", 2_000),
            ("dp_1", 3_000, "lost", 2_000),
            ("dp_3", 2_350, "needs_response", 0),
            ("dp_3", 2_350, "lost", 0),
        ] {
            tell(&scene, id, "pi_1", amount, status).await;
            assert_eq!(scene.balance().await, left, "{id} {status}");
            scene.proves().await;
        }
        assert_eq!(scene.now(&order).await.refund_fee, Money(5_000));
    }

    async fn what_traffic_has_on_lease_is_held_as_it_comes_back(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        let lease = async |bytes: i64, used: i64| {
            let tx = store.write().await.unwrap();
            let package = grants::of_order(&tx, &order.trade_no).await.unwrap()[0].package;
            meter::book(&tx, package, used, bytes).await.unwrap();
            tx.commit().await.unwrap();
        };
        for (id, ends, used, left) in [("dp_1", "won", 0, 11 << 30), ("dp_2", "lost", 100, 100)] {
            lease(1 << 30, 0).await;
            tell(&scene, id, "pi_1", 9_999, "needs_response").await;
            assert_eq!(total(&scene, &order).await, 1 << 30, "traffic has it");
            lease(-(1 << 29), 0).await;
            assert!(scene.work(NOW.plus_seconds(10)).await.contains(&"payment_freeze done".into()));
            assert_eq!(total(&scene, &order).await, 1 << 29, "as far as it came back");
            // Nobody looks before the dispute ends.
            lease(-(1 << 29), used).await;
            tell(&scene, id, "pi_1", 9_999, ends).await;
            assert_eq!(total(&scene, &order).await, left, "{ends}");
            scene.work(NOW.plus_seconds(20)).await;
            scene.proves().await;
        }
    }

    async fn what_was_given_on_top_is_held_as_well(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("recharge", Some(20_000)).await;
        assert_eq!(scene.paid(&session, None).await, "paid");
        let all = 20_000 + 2_100;
        assert_eq!(scene.balance().await, all);
        for (id, ends) in [("dp_1", "won"), ("dp_2", "lost")] {
            tell(&scene, id, "pi_1", 5_000, "needs_response").await;
            assert_eq!(scene.balance().await, 15_000, "the money, and all of the gift");
            scene.proves().await;
            tell(&scene, id, "pi_1", 5_000, ends).await;
            assert_eq!(scene.balance().await, if ends == "won" { all } else { 15_000 });
            scene.proves().await;
        }
        tell(&scene, "dp_3", "pi_1", 15_000, "needs_response").await;
        assert_eq!((scene.balance().await, scene.now(&order).await.refund_fee), (0, Money(5_000)));
        scene.proves().await;
    }

    async fn of_a_gift_that_was_spent_a_dispute_holds_what_is_there(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("gifted", None).await;
        assert_eq!(scene.paid(&session, None).await, "paid");
        assert_eq!(scene.balance().await, 500);
        let spent = scene.credit(-300).await;
        tell(&scene, "dp_1", "pi_1", 2_000, "needs_response").await;
        assert_eq!((spent, scene.balance().await), (200, 0), "never more: it falls below zero by no gift");
        tell(&scene, "dp_1", "pi_1", 2_000, "won").await;
        assert_eq!((scene.balance().await, scene.now(&order).await.status), (200, Stand::Paid));
        scene.proves().await;
    }

    async fn what_a_dispute_holds_of_a_top_up_is_not_paid_back_as_well(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("recharge", Some(20_000)).await;
        scene.paid(&session, None).await;
        scene.credit(50_000).await;
        tell(&scene, "dp_1", "pi_1", 5_000, "needs_response").await;
        assert!(scene.refund(&order, Some(15_001)).await.is_err());
        let part = scene.refund(&order, None).await.unwrap();
        assert_eq!((part.refund_fee, part.status), (Money(15_000), Stand::Paid), "the rest may come back");
        scene.work(NOW).await;
        assert_eq!(scene.stripe.refunds(), [15_000]);
        tell(&scene, "dp_1", "pi_1", 5_000, "won").await;
        assert_eq!(scene.balance().await, 55_000, "its gift is taken as ever");
        let whole = scene.refund(&order, None).await.unwrap();
        assert_eq!((whole.refund_fee, whole.status, scene.balance().await), (Money(20_000), Stand::Refunded, 50_000));
        scene.work(NOW).await;
        assert_eq!(scene.stripe.refunds().iter().sum::<i64>(), 20_000);
        scene.proves().await;
    }

    async fn a_second_payment_that_is_called_back_takes_nothing_of_the_order(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, first) = scene.begun("bucket", None).await;
        let again = scene.pay_at(&order, NOW.plus_minutes(26)).await.unwrap();
        let second = again.payment.unwrap().session.unwrap();
        assert_ne!(first, second);
        assert_eq!((scene.paid(&first, None).await, scene.paid(&second, None).await), ("paid".into(), "late".into()));
        assert_eq!(scene.balance().await, 9_999);
        tell(&scene, "dp_1", "pi_2", 9_999, "needs_response").await;
        tell(&scene, "dp_1", "pi_2", 9_999, "lost").await;
        let kept = scene.now(&order).await;
        assert_eq!((kept.status, kept.refund_fee, scene.balance().await), (Stand::Paid, Money::ZERO, 0));
        assert_eq!(total(&scene, &order).await, 11 << 30);
        scene.proves().await;
    }
}
