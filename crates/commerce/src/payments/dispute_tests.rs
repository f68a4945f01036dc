//! Disputes told by the provider, on both engines: whose money it is, and what becomes of the order.

use super::scene::{NOW, SECONDS, Scene};
use crate::grants;
use crate::orders::{Order, Status as Stand};
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
