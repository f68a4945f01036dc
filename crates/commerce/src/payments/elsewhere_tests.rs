//! Refunds that were made at the provider itself, on both engines.

use super::dispute_tests::total;
use super::scene::{NOW, SECONDS, Scene};
use super::*;
use crate::orders::{self, Status as Stand};
use turnpike_base::Money;
use turnpike_store::both_engines;

/// Somebody refunds at the provider, which tells it; what became of it.
async fn there(scene: &Scene, amount: i64) -> (serde_json::Value, String) {
    let made = scene.stripe.refund("pi_1", amount);
    let outcome = told(scene, &made).await;
    (made, outcome)
}

async fn told(scene: &Scene, made: &serde_json::Value) -> String {
    let (_, told) = scene.tell(scene.stripe.notice("refund.created", made, SECONDS)).await;
    told["outcome"].as_str().unwrap_or_default().to_owned()
}

/// What the daily comparison finds.
async fn differs(scene: &Scene) -> Vec<String> {
    reconcile::run(&scene.shop.state, NOW.plus_days(1)).await.unwrap();
    let tx = scene.shop.state.store.read().await.unwrap();
    reconciliations(&tx, 1).await.unwrap().remove(0).differences
}

both_engines! {
    async fn what_it_paid_for_is_taken_back(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        let (made, outcome) = there(&scene, 4_000).await;
        assert_eq!((outcome, told(&scene, &made).await), ("refunded".into(), "again".into()));
        let all = 11_i64 << 30;
        assert_eq!(total(&scene, &order).await, all - (all * 4_000 + 9_998) / 9_999);
        let part = scene.now(&order).await;
        assert_eq!((part.status, part.refund_fee), (Stand::Paid, Money(4_000)));
        scene.proves().await;
        let rest = scene.refund(&order, None).await.unwrap();
        assert!((9_998..=9_999).contains(&rest.refund_fee.0), "{rest:?}");
        scene.work(NOW).await;
        assert_eq!((differs(&scene).await, scene.balance().await), (Vec::<String>::new(), 0));
        scene.proves().await;
    }

    async fn of_a_top_up_the_balance_goes_and_its_gift(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("recharge", Some(20_000)).await;
        scene.paid(&session, None).await;
        scene.credit(-10_000).await;
        assert_eq!(there(&scene, 20_000).await.1, "refunded");
        let gone = scene.now(&order).await;
        assert_eq!((gone.refund_fee, scene.balance().await), (Money(12_100), 0), "what was spent is the operator's gift");
        assert!(differs(&scene).await.is_empty());
        scene.proves().await;
    }

    async fn a_promise_is_kept_by_it(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        scene.refund(&order, None).await.unwrap();
        assert_eq!(there(&scene, 9_999).await.1, "refund_made");
        scene.work(NOW).await;
        assert_eq!((scene.stripe.refunds(), scene.balance().await), (vec![9_999], 0), "it is not asked for again");
        assert!(differs(&scene).await.is_empty());
        scene.proves().await;
    }

    async fn of_what_came_late_the_balance_goes_as_far_as_it_is_there(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("recharge", Some(5_000)).await;
        orders::flow::close(&scene.shop.state, &scene.shop.buyer(NOW), &order.trade_no).await.unwrap();
        assert_eq!(scene.paid(&session, None).await, "late");
        scene.credit(-1_000).await;
        assert_eq!((there(&scene, 5_000).await.1.as_str(), scene.balance().await), ("refunded", 0));
        assert_eq!(there(&scene, 1).await.1, "", "the provider has no more of it");
        scene.proves().await;
    }

    async fn what_was_too_much_goes_from_the_balance(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, Some(10_999)).await;
        assert_eq!(there(&scene, 10_999).await.1, "refunded");
        assert_eq!((scene.balance().await, total(&scene, &order).await), (0, 0));
        assert_eq!(scene.now(&order).await.status, Stand::Refunded);
        scene.proves().await;
    }

    async fn our_own_refunds_are_not_booked_twice(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        scene.refund(&order, None).await.unwrap();
        let ours = serde_json::json!({"id": "re_9", "payment_intent": "pi_1", "amount": 9_999, "status": "succeeded", "metadata": {"refund": "1"}});
        assert_eq!(told(&scene, &ours).await, "nothing");
        scene.work(NOW).await;
        assert_eq!(scene.stripe.refunds(), [9_999]);
        scene.proves().await;
    }
}
