//! What becomes of attempts that begin while the provider is away: the customer can pay as soon as it is back, and
//! whatever is paid twice is found.

use super::scene::{NOW, SECONDS, STRIPE, Scene};
use super::*;
use crate::orders::{Order, Status as Stand};
use turnpike_base::{Code, Lang};
use turnpike_store::both_engines;

/// So long after it began an attempt can't begin any more, in seconds.
const TOO_LATE: i64 = 360;

async fn away(scene: &Scene, order: &Order) {
    let fault = scene.pay(order, STRIPE).await.unwrap_err();
    assert_eq!((fault.code, fault.slug), (Code::Unavailable, "stripe_away"));
}

async fn page(scene: &Scene, order: &Order, seconds: i64) -> String {
    let begun = scene.pay_at(order, NOW.plus_seconds(seconds)).await.unwrap();
    begun.payment.unwrap().session.unwrap()
}

both_engines! {
    async fn an_order_is_paid_as_soon_as_the_provider_is_back(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = scene.order("bucket", STRIPE, None).await;
        scene.stripe.go_away(true);
        away(&scene, &order).await;
        scene.stripe.go_away(false);
        scene.stripe.skip(TOO_LATE);
        let session = page(&scene, &order, TOO_LATE).await;
        assert_eq!(page(&scene, &order, TOO_LATE + 1).await, session, "the same page again");
        assert_eq!(scene.count("payments").await, 2);
        scene.work(NOW.plus_seconds(TOO_LATE)).await;
        assert_eq!(scene.count("payments WHERE status = 'gone'").await, 1, "the first one never began");
        assert_eq!((scene.stripe.sessions(), scene.paid(&session, None).await), (1, "paid".into()));
        scene.proves().await;
    }

    async fn a_page_of_another_shop_pays_nothing_here(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = scene.order("bucket", STRIPE, None).await;
        scene.stripe.go_away(true);
        away(&scene, &order).await;
        let mut page = serde_json::json!({"id": "cs_foreign", "payment_status": "paid", "status": "complete", "amount_total": 9_999,
            "currency": "cny", "payment_intent": "pi_foreign", "client_reference_id": "SHOP-B-1", "metadata": {"payment": "1"}});
        let told = async |page: &serde_json::Value| {
            scene.tell(scene.stripe.notice("checkout.session.completed", page, SECONDS)).await.1["outcome"].clone()
        };
        assert_eq!(told(&page).await, "unknown");
        assert_eq!(scene.now(&order).await.status, Stand::Unpaid);
        page["client_reference_id"] = order.trade_no.clone().into();
        assert_eq!(told(&page).await, "paid", "its own names it");
    }

    async fn an_attempt_is_asked_for_again_in_the_same_words(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = scene.order("bucket", STRIPE, None).await;
        scene.stripe.lose_answers(1);
        away(&scene, &order).await;
        let payer = flow::Payer { lang: Lang::Zh, base_url: "http://other.example", ..scene.payer() };
        let begun = flow::pay(&scene.shop.state, &payer, &order.trade_no, None).await.unwrap();
        assert_eq!(begun.payment.unwrap().title, "Dynamic 10 GB");
        assert_eq!((scene.count("payments").await, scene.stripe.sessions()), (1, 1));
    }

    async fn a_page_that_nobody_knows_is_found_and_closed(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = scene.order("bucket", STRIPE, None).await;
        scene.stripe.lose_answers(1);
        away(&scene, &order).await;
        let lost = scene.stripe.session_of(&order.trade_no).unwrap();
        scene.work(NOW.plus_seconds(31)).await;
        assert_eq!(scene.stripe.sessions(), 1, "looking for it begins nothing");
        scene.stripe.skip(TOO_LATE);
        let session = page(&scene, &order, TOO_LATE).await;
        assert_ne!(session, lost);
        scene.work(NOW.plus_seconds(TOO_LATE)).await;
        let stand = [&lost, &session].map(|session| scene.stripe.status_of(session));
        assert_eq!(stand, ["expired", "open"]);
        assert_eq!(scene.paid(&session, None).await, "paid");
        scene.work(NOW.plus_seconds(2 * TOO_LATE)).await;
        assert_eq!(scene.count("payments WHERE status = 'gone'").await, 1);
        scene.proves().await;
    }

    async fn a_page_that_nobody_knows_and_that_is_paid_is_booked(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = scene.order("bucket", STRIPE, None).await;
        scene.stripe.lose_answers(1);
        away(&scene, &order).await;
        let lost = scene.stripe.session_of(&order.trade_no).unwrap();
        scene.stripe.skip(TOO_LATE);
        let session = page(&scene, &order, TOO_LATE).await;
        scene.stripe.pay(&lost, None);
        scene.work(NOW.plus_seconds(TOO_LATE)).await;
        assert_eq!(scene.now(&order).await.status, Stand::Paid);
        assert_eq!(scene.paid(&session, None).await, "late", "the second payment is the customer's");
        assert_eq!(scene.balance().await, order.pay_fee().0);
        scene.proves().await;
    }

    async fn nobody_asks_for_ever(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = scene.order("bucket", STRIPE, None).await;
        scene.stripe.go_away(true);
        away(&scene, &order).await;
        assert_eq!(scene.work(NOW.plus_days(1)).await.last().unwrap(), "payment_poll failed");
        assert_eq!(scene.work(NOW.plus_days(9)).await, ["payment_poll done"]);
        assert_eq!(scene.count("jobs WHERE kind = 'payment_poll'").await, 0);
    }
}
