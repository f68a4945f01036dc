//! Money that bought nothing goes back to where it came from, on both engines: never more than came, never twice, never more
//! than the balance holds.

use super::scene::{NOW, SECONDS, Scene};
use super::*;
use crate::orders::{self, Order};
use std::sync::Arc;
use turnpike_base::{Code, Money};
use turnpike_store::both_engines;

/// An order that closed before its payment of 99.99 came.
async fn late(scene: &Scene) -> Order {
    let (order, session) = scene.begun("bucket", None).await;
    orders::flow::close(&scene.shop.state, &scene.shop.buyer(NOW), &order.trade_no).await.unwrap();
    assert_eq!(scene.paid(&session, None).await, "late");
    order
}

/// What an operator is told that can go back.
async fn told(scene: &Scene, order: &Order) -> i64 {
    let tx = scene.shop.state.store.read().await.unwrap();
    left_to_return(&tx, &scene.shop.state, &scene.now(order).await).await.unwrap().0
}

async fn back(scene: &Scene, order: &Order, amount: Option<i64>) -> Result<Vec<i64>, turnpike_base::Fault> {
    let made = send_back(&scene.shop.state, &order.trade_no, amount.map(Money), NOW).await?;
    Ok(made.iter().map(|refund| refund.amount.0).collect())
}

both_engines! {
    async fn what_came_late_goes_back_to_the_card_once(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = late(&scene).await;
        assert_eq!(back(&scene, &order, Some(4_000)).await.unwrap(), [4_000]);
        assert_eq!((scene.balance().await, scene.stripe.refunds().len()), (5_999, 0), "taken at once, sent afterwards");
        assert_eq!(told(&scene, &order).await, 5_999);
        scene.proves().await;
        for wrong in [0, -1, 6_000] {
            let fault = back(&scene, &order, Some(wrong)).await.unwrap_err();
            assert!(fault.errors["amount"][0].en.contains("59.99"), "{wrong}: {fault}");
        }
        assert_eq!(back(&scene, &order, None).await.unwrap(), [5_999], "the rest");
        assert_eq!(told(&scene, &order).await, 0);
        assert_eq!(back(&scene, &order, None).await.unwrap_err().slug, "return_nothing");
        scene.stripe.lose_answers(1);
        scene.work(NOW).await;
        scene.work(NOW.plus_seconds(10)).await;
        let mut made = scene.stripe.refunds();
        made.sort_unstable();
        assert_eq!((made, scene.balance().await), (vec![4_000, 5_999], 0));
        scene.proves().await;
    }

    async fn twins_send_it_back_once(store: Store) {
        let scene = Arc::new(Scene::open(&store, 50_000).await);
        let order = late(&scene).await;
        let twins: Vec<_> = (0..6).map(|_| {
            let (scene, order) = (Arc::clone(&scene), order.clone());
            tokio::spawn(async move { back(&scene, &order, None).await.is_ok() })
        }).collect();
        let mut done = 0;
        for twin in twins {
            done += i64::from(twin.await.unwrap());
        }
        assert_eq!((done, scene.balance().await, scene.count("payment_refunds").await), (1, 50_000, 1));
        scene.proves().await;
    }

    async fn what_was_spent_does_not_go_back(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = late(&scene).await;
        scene.order("extract", BALANCE, None).await;
        let fault = back(&scene, &order, None).await.unwrap_err();
        assert_eq!((fault.code, fault.slug), (Code::BalanceTooLow, "balance_too_low"));
        assert_eq!((scene.count("payment_refunds").await, scene.balance().await), (0, 9_199), "nothing is kept of it");
        assert_eq!(back(&scene, &order, Some(9_199)).await.unwrap(), [9_199]);
        scene.proves().await;
    }

    async fn what_can_not_go_back_is_the_balances_again(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = late(&scene).await;
        back(&scene, &order, None).await.unwrap();
        scene.stripe.refuse_refunds();
        scene.work(NOW).await;
        assert_eq!(scene.balance().await, 9_999);
        assert_eq!(back(&scene, &order, None).await.unwrap(), [9_999], "he may try again");
        scene.proves().await;
    }

    async fn what_bought_something_does_not_go_back_this_way(store: Store) {
        let scene = Scene::open(&store, 50_000).await;
        let (paid, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        let (recharge, session) = scene.begun("recharge", Some(5_000)).await;
        scene.paid(&session, None).await;
        for order in [&paid, &recharge] {
            assert_eq!(told(&scene, order).await, 0);
            assert_eq!(back(&scene, order, None).await.unwrap_err().slug, "return_nothing");
        }
        let (over, session) = scene.begun("bucket", None).await;
        scene.paid(&session, Some(10_999)).await;
        assert_eq!(told(&scene, &over).await, 1_000);
        assert_eq!(back(&scene, &over, None).await.unwrap(), [1_000], "but what was too much");
        let whole = scene.refund(&over, None).await.unwrap();
        assert_eq!(whole.refund_fee, Money(9_999), "and the order is refunded as ever");
        let unknown = send_back(&scene.shop.state, "1", None, NOW).await.unwrap_err();
        assert_eq!(unknown.slug, "order_unknown");
        scene.work(NOW).await;
        assert_eq!(scene.stripe.refunds().iter().sum::<i64>(), 10_999);
        scene.proves().await;
    }

    async fn what_waited_for_a_rest_in_vain_goes_back(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.paid(&session, Some(9_000)).await, "short");
        assert_eq!(back(&scene, &order, None).await.unwrap_err().slug, "return_nothing", "it waits");
        orders::flow::reject(&scene.shop.state, &order.trade_no, NOW).await.unwrap();
        assert_eq!((scene.balance().await, back(&scene, &order, None).await.unwrap()), (9_000, vec![9_000]));
        scene.proves().await;
    }

    async fn what_goes_back_of_a_rest_is_listed_with_the_whole(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (whole, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.paid(&session, Some(5_000)).await, "short");
        let (rest, session) = scene.rest(&whole).await;
        assert_eq!(scene.paid(&session, None).await, "paid");
        scene.refund(&whole, None).await.unwrap();
        let tx = store.read().await.unwrap();
        let of = async |order: &Order| refunds(&tx, Some(&order.trade_no)).await.unwrap().iter().map(|r| r.amount.0).collect::<Vec<_>>();
        let (listed, alone) = (of(&whole).await, of(&rest).await);
        assert_eq!((listed.iter().sum::<i64>(), listed.len(), alone), (9_999, 2, vec![4_999]));
    }

    async fn a_dispute_and_a_return_take_it_once(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = late(&scene).await;
        let told = async |amount: i64, id: &str| {
            let object = serde_json::json!({"id": id, "payment_intent": "pi_1", "amount": amount, "status": "needs_response"});
            scene.tell(scene.stripe.notice("charge.dispute.created", &object, SECONDS)).await;
        };
        told(4_000, "dp_1").await;
        assert_eq!(back(&scene, &order, None).await.unwrap(), [5_999]);
        told(5_999, "dp_2").await;
        assert_eq!(scene.balance().await, 0, "he has it already");
        scene.proves().await;
    }

    async fn a_late_transfer_is_paid_out_by_hand(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = scene.order("bucket", BANK, None).await;
        orders::flow::reject(&scene.shop.state, &order.trade_no, NOW).await.unwrap();
        let seen = Seen { trade_no: &order.trade_no, amount: Some(Money(9_999)), reference: "T-1" };
        assert_eq!(confirm(&scene.shop.state, &seen, NOW).await.unwrap().1, "late");
        let made = send_back(&scene.shop.state, &order.trade_no, None, NOW).await.unwrap();
        scene.work(NOW).await;
        let waits = refunds(&store.read().await.unwrap(), None).await.unwrap();
        assert_eq!(waits, made);
        made_by_hand(&scene.shop.state, waits[0].id, "R-1", NOW).await.unwrap();
        assert_eq!((scene.count("payment_refunds WHERE status = 'made'").await, scene.balance().await), (1, 0));
        scene.proves().await;
    }
}
