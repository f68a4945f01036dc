//! Notices that are forged, early, strange or in vain, comparisons, and what a site offers.

use super::scene::{NOW, SECONDS, STRIPE, Scene};
use super::*;
use crate::orders;
use http::StatusCode;
use turnpike_base::Currency;
use turnpike_stand_in::signed;
use turnpike_store::args;

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
async fn a_notice_that_could_not_be_applied_is_tried_again() {
    let (scene, test) = scene().await;
    let (order, session) = scene.begun("bucket", None).await;
    let object = scene.stripe.pay(&session, None);
    let exec = async |sql: &str| {
        let tx = test.store.write().await.unwrap();
        tx.exec(sql, args![]).await.unwrap();
        tx.commit().await.unwrap();
    };
    exec("ALTER TABLE grants RENAME TO grants_away").await;
    let notice = scene.stripe.notice("checkout.session.completed", &object, SECONDS);
    assert_eq!(scene.tell(notice).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(scene.now(&order).await.status, orders::Status::Unpaid, "and nothing of it is booked");
    exec("ALTER TABLE grants_away RENAME TO grants").await;
    // Events that are about what is known later: the end of a dispute before its beginning.
    let dispute = |status: &str| serde_json::json!({"id": "dp_1", "payment_intent": "pi_1", "amount": 9_999, "status": status});
    for (kind, status) in [("charge.dispute.closed", "won"), ("charge.dispute.created", "needs_response")] {
        let told = scene.tell(scene.stripe.notice(kind, &dispute(status), SECONDS)).await.1;
        assert_eq!(told["outcome"], "unknown", "{kind}");
    }
    let state = &scene.shop.state;
    assert_eq!(notices::retry(state, NOW).await.unwrap(), 0, "not at once");
    for minutes in 1..=2 {
        notices::retry(state, NOW.plus_minutes(minutes)).await.unwrap();
    }
    assert_eq!(scene.now(&order).await.status, orders::Status::Paid);
    assert_eq!(scene.count("payment_notices WHERE applied_at IS NULL").await, 0);
    assert_eq!(scene.count("payment_disputes WHERE status = 'won'").await, 1);
    assert_eq!(scene.count("grant_freezes").await, 0);
    let stranger = serde_json::json!({"id": "re_none", "status": "failed"});
    scene.tell(scene.stripe.notice("refund.failed", &stranger, SECONDS)).await;
    notices::retry(state, NOW.plus_days(1)).await.unwrap();
    assert_eq!(scene.count("payment_notices WHERE applied_at IS NULL").await, 1);
    notices::retry(state, NOW.plus_days(3)).await.unwrap();
    assert_eq!(scene.count("payment_notices WHERE outcome = 'unknown'").await, 1, "given up");
    scene.proves().await;
}

#[tokio::test]
async fn notices_that_nobody_knows_keep_no_other_from_its_turn() {
    let (scene, _test) = scene().await;
    let (_, session) = scene.begun("bucket", None).await;
    let object = scene.stripe.pay(&session, None);
    let intent = object["payment_intent"].clone();
    let told = async |kind: &str, id: String, intent: &serde_json::Value, status: &str| {
        let dispute =
            serde_json::json!({"id": id, "payment_intent": intent, "amount": 9_999, "status": status});
        scene.tell(scene.stripe.notice(kind, &dispute, SECONDS)).await.1["outcome"].clone()
    };
    let other = serde_json::json!("pi_of_another_shop");
    for number in 0..110 {
        let id = format!("dp_other_{number}");
        assert_eq!(told("charge.dispute.created", id, &other, "needs_response").await, "unknown");
    }
    assert_eq!(told("charge.dispute.closed", "dp_1".into(), &intent, "won").await, "unknown");
    assert_eq!(told("charge.dispute.created", "dp_1".into(), &intent, "needs_response").await, "unknown");
    let paid = scene.stripe.notice("checkout.session.completed", &object, SECONDS);
    assert_eq!(scene.tell(paid).await.1["outcome"], "paid");
    let state = &scene.shop.state;
    assert_eq!(notices::retry(state, NOW.plus_seconds(30)).await.unwrap(), 112, "all of them at once");
    assert_eq!(notices::retry(state, NOW.plus_seconds(59)).await.unwrap(), 0, "then later");
    assert_eq!(notices::retry(state, NOW.plus_seconds(60)).await.unwrap(), 111);
    assert_eq!(scene.count("payment_disputes WHERE status = 'won'").await, 1);
    assert_eq!(notices::retry(state, NOW.plus_seconds(119)).await.unwrap(), 0, "and later");
    assert_eq!(notices::retry(state, NOW.plus_seconds(120)).await.unwrap(), 110);
    scene.proves().await;
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
async fn a_payment_that_the_provider_does_not_know_is_a_difference() {
    let (scene, test) = scene().await;
    let (_, lost) = scene.begun("bucket", None).await;
    let (_, kept) = scene.begun("bucket", None).await;
    scene.paid(&lost, None).await;
    scene.paid(&kept, None).await;
    let tx = test.store.write().await.unwrap();
    let sql = "UPDATE payments SET intent = 'pi_nobody' WHERE session = $1";
    tx.exec(sql, args![&lost]).await.unwrap();
    tx.commit().await.unwrap();
    let now = NOW.plus_days(1);
    assert_eq!(reconcile::run(&scene.shop.state, now).await.unwrap(), now.plus_days(1));
    let found = reconciliations(&test.store.read().await.unwrap(), 2).await.unwrap();
    assert_eq!((found.len(), found[0].compared, found[0].differences.len()), (1, 2, 2), "{found:?}");
    assert!(found[0].differences[0].contains("not told there: HTTP 404"), "{found:?}");
    assert!(found[0].differences[1].starts_with("payment_unbooked: pi_1 for order"), "{found:?}");
}

#[tokio::test]
async fn a_comparison_that_is_broken_off_tells_how_far_it_came_and_goes_on() {
    let (scene, test) = scene().await;
    for _ in 0..2 {
        let (_, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
    }
    let exec = async |sql: &str| {
        let tx = test.store.write().await.unwrap();
        tx.exec(sql, args![]).await.unwrap();
        tx.commit().await.unwrap();
    };
    exec("UPDATE payments SET settled_at = settled_at + id, received = received + 1").await;
    let now = NOW.plus_days(1);
    let state = &scene.shop.state;
    scene.stripe.go_away_after(1);
    assert_eq!(reconcile::run(state, now).await.unwrap(), now.plus_minutes(60), "soon again");
    let found = reconciliations(&test.store.read().await.unwrap(), 1).await.unwrap().remove(0);
    assert_eq!((found.until, found.is_complete(), found.compared), (NOW.plus_ms(2), false, 1));
    scene.stripe.go_away(false);
    let then = now.plus_minutes(60);
    assert_eq!(reconcile::run(state, then).await.unwrap(), then.plus_days(1));
    let found = reconciliations(&test.store.read().await.unwrap(), 1).await.unwrap().remove(0);
    assert_eq!((found.is_complete(), found.compared, found.differences.len()), (true, 2, 2), "{found:?}");
    assert_eq!(found.since, now.plus_days(-7));
}

#[tokio::test]
async fn what_the_provider_does_not_charge_is_told_before_he_is_asked() {
    let (scene, test) = scene().await;
    let pid = scene.shop.pid("recharge").await;
    let ask = |pm_id, amount| orders::Request {
        recharge_amount: Some(turnpike_base::Money(amount)),
        ..orders::Request::plain(pid, pm_id)
    };
    let buyer = scene.shop.buyer(NOW);
    let state = &scene.shop.state;
    let refused = orders::flow::create(state, &buyer, &ask(STRIPE, 100_000_000)).await.unwrap_err();
    assert!(refused.errors["pm_id"][0].en.contains("999999.99"), "{refused}");
    let order = orders::flow::create(state, &buyer, &ask(BANK, 100_000_000)).await.unwrap();
    let refused = scene.pay(&order, STRIPE).await.unwrap_err();
    assert!(refused.errors.contains_key("pm_id"), "{refused}");
    let tx = test.store.read().await.unwrap();
    let card = method(&tx, state, &scene.shop.site, STRIPE).await.unwrap();
    let [takes, refuses] = [99_999_999, 100_000_000].map(|due| card.takes(turnpike_base::Money(due)));
    assert!(takes && !refuses);
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
