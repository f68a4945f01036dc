//! What only the provider knows is found by the daily comparison, page by page, on both engines.

use super::scene::{NOW, SECONDS, Scene};
use super::*;
use turnpike_base::Timestamp;
use turnpike_store::{Store, args, both_engines};

/// The newest run of a comparison at a time.
async fn compared(scene: &Scene, now: Timestamp) -> Reconciliation {
    reconcile::run(&scene.shop.state, now).await.unwrap();
    reconciliations(&scene.shop.state.store.read().await.unwrap(), 1).await.unwrap().remove(0)
}

fn kinds(run: &Reconciliation) -> Vec<&str> {
    run.differences.iter().filter_map(|told| told.split_once(':')).map(|(kind, _)| kind).collect()
}

async fn tell(scene: &Scene, kind: &str, object: &serde_json::Value) {
    scene.tell(scene.stripe.notice(kind, object, SECONDS)).await;
}

async fn forget(store: &Store, what: &str) {
    let tx = store.write().await.unwrap();
    tx.exec(&format!("DELETE FROM {what}"), args![]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Orders that were paid, and their payments.
async fn paid(scene: &Scene, count: usize) -> Vec<String> {
    let mut intents = Vec::new();
    for _ in 0..count {
        let (_, session) = scene.begun("bucket", None).await;
        let object = scene.stripe.pay(&session, None);
        tell(scene, "checkout.session.completed", &object).await;
        intents.push(object["payment_intent"].as_str().unwrap().to_owned());
    }
    intents
}

both_engines! {
    async fn money_that_only_the_provider_knows_is_found(store: Store) {
        let scene = Scene::open(&store, 0).await;
        paid(&scene, 5).await;
        scene.stripe.list_at_most(2);
        let clean = compared(&scene, NOW.plus_days(1)).await;
        assert_eq!((clean.compared, clean.listed, clean.differences.len()), (5, 5, 0), "{clean:?}");
        forget(&store, "payments WHERE intent IN ('pi_1', 'pi_4')").await;
        let found = compared(&scene, NOW.plus_days(2)).await;
        assert_eq!((found.compared, found.listed, kinds(&found)), (3, 5, vec!["payment_unbooked"; 2]));
        assert!(found.differences[0].contains("pi_4 for order") && found.differences[0].contains("99.99 CNY there"), "{found:?}");
        assert!(compared(&scene, NOW.plus_days(8)).await.differences.is_empty(), "those of the last days");
    }

    async fn what_is_on_its_way_is_no_difference(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (_, session) = scene.begun("bucket", None).await;
        scene.stripe.pay(&session, None);
        assert_eq!(compared(&scene, NOW.plus_minutes(60)).await.listed, 0);
        let later = compared(&scene, NOW.plus_days(1).plus_minutes(61)).await;
        assert_eq!(kinds(&later), ["payment_unbooked"], "nobody told of it, and nobody asked");
        scene.work(NOW.plus_days(1).plus_minutes(62)).await;
        assert!(compared(&scene, NOW.plus_days(2)).await.differences.is_empty(), "the poller found it");
    }

    async fn money_in_another_currency_is_known(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (_, session) = scene.begun("bucket", None).await;
        let mut object = scene.stripe.pay(&session, None);
        object["currency"] = "usd".into();
        tell(&scene, "checkout.session.completed", &object).await;
        let id = unmatched(&store.read().await.unwrap()).await.unwrap()[0].id;
        give_back(&scene.shop.state, id, None, NOW).await.unwrap();
        scene.work(NOW).await;
        let found = compared(&scene, NOW.plus_days(1)).await;
        assert_eq!((found.listed, found.differences.len()), (2, 0), "{found:?}");
    }

    async fn refunds_that_nobody_here_asked_for_are_found(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        scene.refund(&order, Some(1_000)).await.unwrap();
        scene.work(NOW).await;
        assert!(compared(&scene, NOW.plus_days(1)).await.differences.is_empty());
        scene.stripe.refund("pi_1", 2_000);
        let found = compared(&scene, NOW.plus_days(2)).await;
        assert_eq!(kinds(&found), ["payment_differs", "refund_unbooked"]);
        assert!(found.differences[1].contains("re_2 of order") && found.differences[1].contains("20.00 made there"), "{found:?}");
        let tx = store.write().await.unwrap();
        tx.exec("UPDATE payment_refunds SET status = 'failed'", args![]).await.unwrap();
        tx.commit().await.unwrap();
        let found = compared(&scene, NOW.plus_days(3)).await;
        assert_eq!(kinds(&found), ["payment_differs", "refund_unbooked", "refund_differs"]);
    }

    async fn disputes_that_nobody_told_of_are_found(store: Store) {
        let scene = Scene::open(&store, 0).await;
        paid(&scene, 1).await;
        let asked = scene.stripe.dispute("pi_1", 9_999);
        scene.stripe.change_dispute("dp_1", 9_999, "warning_needs_response");
        assert!(compared(&scene, NOW.plus_days(1)).await.differences.is_empty(), "a bank only asks");
        let open = scene.stripe.change_dispute("dp_1", 5_000, "needs_response");
        let found = compared(&scene, NOW.plus_days(2)).await;
        assert_eq!(kinds(&found), ["dispute_unbooked"]);
        assert!(found.differences[0].contains("dp_1 of order") && found.differences[0].contains("50.00 open there"), "{found:?}");
        assert_eq!(asked["payment_intent"], open["payment_intent"]);
        tell(&scene, "charge.dispute.created", &open).await;
        assert!(compared(&scene, NOW.plus_days(3)).await.differences.is_empty());
        let grown = scene.stripe.change_dispute("dp_1", 6_000, "under_review");
        assert_eq!(kinds(&compared(&scene, NOW.plus_days(4)).await), ["dispute_differs"], "it grew");
        tell(&scene, "charge.dispute.updated", &grown).await;
        let lost = scene.stripe.change_dispute("dp_1", 6_000, "lost");
        let found = compared(&scene, NOW.plus_days(60)).await;
        assert!(found.differences[0].contains("60.00 open here, 60.00 lost there"), "banks take their time: {found:?}");
        tell(&scene, "charge.dispute.closed", &lost).await;
        assert!(compared(&scene, NOW.plus_days(61)).await.differences.is_empty());
        scene.proves().await;
    }

    async fn lists_that_are_broken_off_go_on_where_they_were(store: Store) {
        let scene = Scene::open(&store, 0).await;
        paid(&scene, 5).await;
        scene.stripe.refund("pi_1", 2_000);
        scene.stripe.dispute("pi_2", 9_999);
        scene.stripe.list_at_most(2);
        // Five payments one by one, then two of the three pages that list them.
        scene.stripe.go_away_after(7);
        let now = NOW.plus_days(1);
        let first = compared(&scene, now).await;
        assert_eq!((first.compared, first.listed, first.is_complete(), first.until), (5, 4, false, now));
        scene.stripe.go_away(false);
        let before = scene.stripe.carried();
        let then = now.plus_minutes(60);
        let second = compared(&scene, then).await;
        assert_eq!((second.compared, second.listed, second.is_complete()), (5, 7, true));
        assert_eq!(kinds(&second), ["payment_differs", "refund_unbooked", "dispute_unbooked"]);
        assert_eq!(scene.stripe.carried() - before, 3, "the last page of payments, the refunds, the disputes");
    }

    async fn a_list_that_the_provider_refuses_is_told_and_the_others_are_read(store: Store) {
        let scene = Scene::open(&store, 0).await;
        paid(&scene, 1).await;
        scene.stripe.dispute("pi_1", 9_999);
        let mut found = compared(&scene, NOW.plus_days(1)).await;
        found.place = listing::Place::parse("payments:pi_9");
        let now = NOW.plus_days(2);
        let tx = store.write().await.unwrap();
        records::insert_reconciliation(&tx, &Reconciliation { differences: Vec::new(), listed: 0, ..found }).await.unwrap();
        tx.commit().await.unwrap();
        let found = compared(&scene, now).await;
        assert_eq!((kinds(&found), found.listed), (vec!["list_untold", "dispute_unbooked"], 1));
        assert!(found.differences[0].starts_with("list_untold: payments: HTTP 404"), "{found:?}");
    }

    async fn payments_of_other_shops_in_the_same_account_are_theirs(store: Store) {
        let scene = Scene::open(&store, 0).await;
        paid(&scene, 1).await;
        scene.stripe.take_elsewhere(500);
        scene.stripe.dispute("pi_2", 500);
        let found = compared(&scene, NOW.plus_days(1)).await;
        assert_eq!((found.compared, found.differences.len()), (1, 0), "{found:?}");
    }
}
