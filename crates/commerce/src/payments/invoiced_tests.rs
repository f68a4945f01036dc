//! What becomes of invoices when a provider tells of money that is taken back, or that can't go back.

use super::scene::{NOW, SECONDS, Scene};
use crate::orders::{self, Order};
use serde_json::json;
use turnpike_store::both_engines;
use turnpike_store::{Read, args};

/// An order's money from outside, and what of it stands on invoices.
async fn sums(scene: &Scene, order: &Order) -> (i64, i64) {
    let tx = scene.shop.state.store.read().await.unwrap();
    let sql = "SELECT outside, invoiced FROM orders WHERE trade_no = $1";
    let row = tx.row(sql, args![&order.trade_no]).await.unwrap().unwrap();
    (row.get("outside").unwrap(), row.get("invoiced").unwrap())
}

/// Puts all of an order on an issued invoice.
async fn invoice(scene: &Scene, order: &Order) {
    let tx = scene.shop.state.store.write().await.unwrap();
    let (amount, _) = sums_in(&tx, order).await;
    let sql = "INSERT INTO invoices (site_id, customer_id, number, status, amount, currency, profile, created_at) \
        VALUES ($1, $2, $3, 2, $4, 'CNY', '{}', $5) RETURNING id";
    let args = args![order.site, order.customer, format!("N-{}", order.trade_no), amount, NOW];
    let id: i64 = tx.row(sql, args).await.unwrap().unwrap().get("id").unwrap();
    let sql = "INSERT INTO invoice_parts (trade_no, invoice_id, amount) VALUES ($1, $2, $3)";
    tx.exec(sql, args![&order.trade_no, id, amount]).await.unwrap();
    tx.exec("UPDATE orders SET invoiced = outside WHERE trade_no = $1", args![&order.trade_no])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn sums_in(tx: &impl Read, order: &Order) -> (i64, i64) {
    let sql = "SELECT outside, invoiced FROM orders WHERE trade_no = $1";
    let row = tx.row(sql, args![&order.trade_no]).await.unwrap().unwrap();
    (row.get("outside").unwrap(), row.get("invoiced").unwrap())
}

async fn lost(scene: &Scene, intent: &str, amount: i64) {
    for (kind, status) in [("created", "needs_response"), ("closed", "lost")] {
        let object = json!({"id": "dp_1", "payment_intent": intent, "amount": amount, "status": status});
        scene.tell(scene.stripe.notice(&format!("charge.dispute.{kind}"), &object, SECONDS)).await;
    }
}

both_engines! {
    async fn a_lost_dispute_corrects_the_invoice_of_what_came_late(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (late, session) = scene.begun("bucket", None).await;
        orders::flow::close(&scene.shop.state, &scene.shop.buyer(NOW), &late.trade_no).await.unwrap();
        assert_eq!(scene.paid(&session, None).await, "late");
        assert_eq!(sums(&scene, &late).await, (9_999, 0), "it is on the balance, and nowhere else");
        invoice(&scene, &late).await;
        lost(&scene, "pi_1", 4_000).await;
        assert_eq!(sums(&scene, &late).await, (5_999, 5_999));
        assert_eq!(scene.count("invoice_corrections WHERE amount = 4000 AND number IS NULL").await, 1);
        scene.proves().await;
    }

    async fn a_refund_that_can_t_be_made_can_be_invoiced_again(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        invoice(&scene, &order).await;
        scene.stripe.refuse_refunds();
        scene.refund(&order, Some(4_000)).await.unwrap();
        assert_eq!(sums(&scene, &order).await, (5_999, 5_999), "promised is gone");
        scene.work(NOW).await;
        assert_eq!((scene.balance().await, sums(&scene, &order).await), (4_000, (9_999, 5_999)));
        scene.proves().await;
    }

    async fn a_bank_may_take_what_went_back_already(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        invoice(&scene, &order).await;
        scene.refund(&order, Some(4_000)).await.unwrap();
        lost(&scene, "pi_1", 9_999).await;
        assert_eq!(sums(&scene, &order).await, (0, 0), "it takes what there is");
        scene.proves().await;
    }
}
