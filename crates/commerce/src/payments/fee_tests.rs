//! The handling fee is that of the attempt that paid, whatever other method was looked at meanwhile.

use super::scene::{NOW, STRIPE, Scene};
use super::*;
use crate::orders::{Order, Status as Stand};
use turnpike_base::Money;
use turnpike_store::both_engines;

/// A shop that takes 5 % and 1.00 for cards and nothing for transfers.
async fn scene(store: &turnpike_store::Store) -> Scene {
    let scene = Scene::open(store, 0).await;
    let terms = Terms { enabled: true, handling_rate: 500, handling_fee: Money(100), ..Terms::default() };
    let tx = store.write().await.unwrap();
    set_method(&tx, &scene.shop.state.payments, &scene.shop.site, STRIPE, &terms).await.unwrap();
    tx.commit().await.unwrap();
    scene
}

async fn transferred(scene: &Scene, order: &Order, amount: Option<i64>, reference: &str) -> &'static str {
    let seen = Seen { trade_no: &order.trade_no, amount: amount.map(Money), reference };
    confirm(&scene.shop.state, &seen, NOW).await.unwrap().1
}

/// How an order stands: its status, what came, its fee, whether that was too much or too little, and its method.
async fn stands(scene: &Scene, order: &Order) -> (Stand, i64, i64, i64, i64) {
    let now = scene.now(order).await;
    (now.status, now.received.0, now.handling_fee.0, now.pay_fee_status, now.pm_id)
}

both_engines! {
    async fn a_transfer_is_whole_whatever_page_was_opened_after_it(store: Store) {
        let scene = scene(&store).await;
        for (amount, reference) in [(None, "T1"), (Some(9_999), "T2")] {
            let order = scene.order("bucket", BANK, None).await;
            scene.pay(&order, BANK).await.unwrap();
            let page = scene.pay(&order, STRIPE).await.unwrap();
            assert_eq!(page.order.pay_fee(), Money(9_999 + 600));
            assert_eq!(transferred(&scene, &order, amount, reference).await, "paid");
            assert_eq!(stands(&scene, &order).await, (Stand::Paid, 9_999, 0, 0, BANK));
        }
        scene.proves().await;
    }

    async fn an_old_page_is_paid_with_the_fee_that_it_says(store: Store) {
        let scene = scene(&store).await;
        let (order, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.pay(&order, BANK).await.unwrap().order.pay_fee(), Money(9_999));
        assert_eq!(scene.paid(&session, None).await, "paid");
        assert_eq!(stands(&scene, &order).await, (Stand::Paid, 10_599, 600, 0, STRIPE));
        assert_eq!(scene.balance().await, 0, "the fee was none too much");
        scene.proves().await;
    }

    async fn who_pays_a_part_owes_the_rest_of_what_he_was_told(store: Store) {
        let scene = scene(&store).await;
        let order = scene.order("bucket", BANK, None).await;
        scene.pay(&order, BANK).await.unwrap();
        scene.pay(&order, STRIPE).await.unwrap();
        assert_eq!(transferred(&scene, &order, Some(9_000), "T1").await, "short");
        assert_eq!(scene.now(&order).await.missing(), Money(999));
        // The card's page was opened for all of it.
        assert_eq!(transferred(&scene, &order, None, "T2").await, "paid");
        assert_eq!(stands(&scene, &order).await, (Stand::Paid, 9_999, 0, 0, BANK));
        scene.proves().await;
    }
}
