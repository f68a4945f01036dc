//! Proofs of transfers, where the method takes them: what the customer sends, and what the operator looks at before he confirms.

use super::error;
use crate::orders::{self, Status};
use crate::{State, shop};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use turnpike_base::{CustomerId, Fault, Result, Text, Timestamp};
use turnpike_store::{Read, Row, Store, StoreError, WriteTx, args, retrying};

/// Proofs of an order,
const MOST: i64 = 5;
/// and of all orders of a customer that are not paid.
const MOST_WAITING: i64 = 30;
/// Proofs of closed orders are kept so long, in days: a transfer may come after all.
const KEEP_DAYS: i64 = 30;
/// So many are forgotten at a time.
const SWEEP: i64 = 100;
/// An order waits so long, in hours, for a transfer of which only a reference is told.
const TOLD_HOURS: i64 = 24;
/// Largest file, in bytes.
const LARGEST: usize = 700 * 1_024;

/// What a customer sent.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Its row.
    pub id: i64,
    /// What he says of the transfer.
    pub reference: String,
    /// Media type; empty without a file.
    pub kind: String,
    /// The file.
    pub file: Vec<u8>,
    /// When.
    pub created_at: Timestamp,
}

impl Proof {
    /// The file in Base64.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.file)
    }
}

/// Reads a file in Base64, also as a data URL; naming `proof` where it is none that anybody should open.
pub(super) fn read(text: &str) -> Result<(&'static str, Vec<u8>)> {
    let wrong = || {
        let text = Text::made(
            format!("应为 Base64 编码的 PNG、JPEG 或 PDF 文件，最大 {} KB", LARGEST / 1_024),
            format!("must be a PNG, JPEG or PDF file in Base64, at most {} KB", LARGEST / 1_024),
        );
        Fault::parameter("proof", text)
    };
    let encoded = text.split_once(";base64,").map_or(text, |(_, encoded)| encoded);
    let file = STANDARD.decode(encoded.trim()).map_err(|_| wrong())?;
    // What the file is decides, not what it is called.
    let kinds: [(&[u8], &str); 3] =
        [(b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"%PDF-", "application/pdf")];
    let kind = kinds.into_iter().find(|(magic, _)| file.starts_with(magic)).map(|(_, kind)| kind);
    match kind {
        Some(kind) if file.len() <= LARGEST => Ok((kind, file)),
        _ => Err(wrong()),
    }
}

/// Keeps a proof. The first one keeps the order's holdings with it, since transfers take some time: a file for the site's
/// days, a reference alone for a day at most. Others add nothing to that, and neither does one whose customer holds most of what is
/// scarce ([`orders::takes_most`]). Fails with `proofs_enough`.
pub(super) async fn keep(
    state: &State,
    customer: CustomerId,
    trade_no: &str,
    proof: Proof,
) -> Result<Timestamp> {
    retrying(|| keep_once(state, customer, trade_no, &proof)).await
}

async fn keep_once(state: &State, customer: CustomerId, trade_no: &str, proof: &Proof) -> Result<Timestamp> {
    let tx = state.store.write().await?;
    orders::lock_customer(&tx, customer).await?;
    let order = orders::lock(&tx, trade_no).await?.filter(|order| order.customer == customer);
    let order = order.ok_or_else(|| error::unknown_order(trade_no))?;
    if order.status != Status::Unpaid {
        return Err(orders::error::not_unpaid(trade_no));
    }
    if !state.payments.driver(order.pm_id).is_some_and(|driver| driver.takes_proofs()) {
        return Err(error::no_transfer());
    }
    let before = count(&tx, trade_no).await?;
    if before >= MOST {
        return Err(error::too_many_proofs(MOST));
    }
    if waiting(&tx, customer).await? >= MOST_WAITING {
        return Err(error::too_many_waiting_proofs(MOST_WAITING, KEEP_DAYS));
    }
    insert(&tx, customer, trade_no, proof).await?;
    let until = if before == 0 && !orders::takes_most(&tx, &order, proof.created_at).await? {
        let hours = shop::of(&tx, order.site).await?.proof_days * 24;
        let hours = if proof.file.is_empty() { hours.min(TOLD_HOURS) } else { hours };
        order.expire_at.max(proof.created_at.plus_minutes(hours * 60))
    } else {
        order.expire_at
    };
    orders::extend(&tx, order.id, until).await?;
    tx.commit().await?;
    Ok(until)
}

async fn count(tx: &impl Read, trade_no: &str) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM payment_proofs WHERE trade_no = $1";
    Ok(tx.row(sql, args![trade_no]).await?.map_or(Ok(0), |row| row.get("n"))?)
}

/// Proofs of a customer's orders that are not paid.
async fn waiting(tx: &impl Read, customer: CustomerId) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM payment_proofs p JOIN orders o ON o.trade_no = p.trade_no \
        WHERE p.customer_id = $1 AND o.status IN (0, 2)";
    Ok(tx.row(sql, args![customer]).await?.map_or(Ok(0), |row| row.get("n"))?)
}

/// Forgets what was sent for orders that closed without a payment, after a while. A job runs it.
pub async fn forget(store: &Store, now: Timestamp) -> Result<()> {
    let sql = "DELETE FROM payment_proofs WHERE id IN (SELECT p.id FROM payment_proofs p JOIN orders o \
        ON o.trade_no = p.trade_no WHERE o.status = 2 AND p.created_at < $1 ORDER BY p.id LIMIT $2)";
    loop {
        let tx = store.write().await?;
        let forgotten = tx.exec(sql, args![now.plus_days(-KEEP_DAYS), SWEEP]).await?;
        tx.commit().await?;
        if forgotten == 0 {
            return Ok(());
        }
    }
}

async fn insert(tx: &WriteTx, customer: CustomerId, trade_no: &str, proof: &Proof) -> Result<()> {
    let sql = "INSERT INTO payment_proofs (customer_id, trade_no, reference, kind, file, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let Proof { reference, kind, file, created_at, .. } = proof;
    tx.exec(sql, args![customer, trade_no, reference, kind, file.clone(), *created_at]).await?;
    Ok(())
}

/// What was sent for an order, oldest first.
pub async fn of_order(tx: &impl Read, trade_no: &str) -> Result<Vec<Proof>> {
    let rows =
        tx.rows("SELECT * FROM payment_proofs WHERE trade_no = $1 ORDER BY id", args![trade_no]).await?;
    let read = |row: &Row| {
        Ok::<_, StoreError>(Proof {
            id: row.get("id")?,
            reference: row.get("reference")?,
            kind: row.get("kind")?,
            file: row.get("file")?,
            created_at: row.get("created_at")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_and_documents_are_taken() {
        let png = STANDARD.encode(b"\x89PNG\r\n\x1a\n....");
        assert_eq!(read(&png).unwrap().0, "image/png");
        assert_eq!(read(&format!("data:text/html;base64,{png}")).unwrap().0, "image/png");
        let large = STANDARD.encode([b"%PDF-".as_slice(), &vec![b'x'; LARGEST]].concat());
        for bad in ["", "not base64!", &STANDARD.encode(b"<html>"), &large] {
            assert!(read(bad).is_err());
        }
    }
}
