//! What a customer sent as proofs of a transfer: that it came, never the file itself.

use crate::{State, orders};
use serde::Serialize;
use turnpike_base::{CustomerId, Result, Timestamp};
use turnpike_store::{Read, Row, StoreError, args};
use turnpike_web::{Call, Listed, field, params};
use utoipa::ToSchema;

params! {
    /// What `pay/proofs` takes.
    pub struct Of {
        trade_no: String = field::required(field::text(1, 64)), "订单号", "Order number";
    }
}

/// A proof that came.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SentRow {
    id: i64,
    /// What was told of the transfer.
    reference: String,
    /// Media type of the file; empty without one.
    kind: String,
    /// Size of the file in bytes; 0 without one.
    bytes: i64,
    created_at: String,
}

pub(super) async fn list(state: State, call: Call, input: Of) -> Result<Listed<SentRow>> {
    let tx = state.store.read().await?;
    let order = orders::by_trade_no(&tx, &input.trade_no).await?;
    let own = order.filter(|order| order.customer == call.customer);
    let order = own.ok_or_else(|| orders::error::unknown(&input.trade_no))?;
    let sent = of_order(&tx, order.customer, &order.trade_no).await?;
    let row = |(row, at): (SentRow, Timestamp)| SentRow { created_at: call.site.show(at), ..row };
    Ok(Listed { list: sent.into_iter().map(row).collect() })
}

/// Oldest first; files stay where they are.
async fn of_order(
    tx: &impl Read,
    customer: CustomerId,
    trade_no: &str,
) -> Result<Vec<(SentRow, Timestamp)>, StoreError> {
    let sql = "SELECT id, reference, kind, CAST(LENGTH(file) AS BIGINT) AS bytes, created_at FROM payment_proofs \
        WHERE trade_no = $1 AND customer_id = $2 ORDER BY id";
    let read = |row: &Row| {
        let (id, reference, kind) = (row.get("id")?, row.get("reference")?, row.get("kind")?);
        let sent = SentRow { id, reference, kind, bytes: row.get("bytes")?, created_at: String::new() };
        Ok((sent, row.get("created_at")?))
    };
    tx.rows(sql, args![trade_no, customer]).await?.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::super::proofs::{self, Proof};
    use super::super::scene::{NOW, Scene};
    use super::super::{BANK, tests::told};
    use super::*;
    use turnpike_store::both_engines;

    both_engines! {
        async fn a_customer_sees_what_he_sent_and_nobody_elses(store: Store) {
            let scene = Scene::open(&store, 0).await;
            let order = scene.order("bucket", BANK, None).await;
            let file = Proof { kind: "image/png".into(), file: b"\x89PNG\r\n\x1a\n....".to_vec(), ..told(NOW) };
            for proof in [told(NOW), file] {
                proofs::keep(&scene.shop.state, order.customer, &order.trade_no, proof).await.unwrap();
            }
            let tx = store.read().await.unwrap();
            let sent = of_order(&tx, order.customer, &order.trade_no).await.unwrap();
            let told: Vec<_> = sent.iter().map(|(row, at)| (row.reference.as_str(), row.kind.as_str(), row.bytes, *at)).collect();
            assert_eq!(told, [("junk", "", 0, NOW), ("junk", "image/png", 12, NOW)]);
            let other = CustomerId(order.customer.0 + 1);
            assert!(of_order(&tx, other, &order.trade_no).await.unwrap().is_empty());
        }
    }
}
