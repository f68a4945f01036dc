//! Finished connections: who used an exit at a time, for abuse reports.

use std::net::IpAddr;
use turnpike_base::{AccountId, Bytes, CustomerId, ExitId, ProductType, Result, Timestamp};
use turnpike_store::{Read, Row, StoreError, args};
use turnpike_wire::Ending;

/// One finished connection.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Who pays.
    pub customer: CustomerId,
    /// The proxy account; `None` if the address authenticated.
    pub account: Option<AccountId>,
    /// Its name, deleted ones included.
    pub username: Option<String>,
    /// Of which type.
    pub product: ProductType,
    /// From where.
    pub client: String,
    /// Which way out.
    pub exit: ExitId,
    /// `host:port`.
    pub destination: String,
    /// When it opened.
    pub opened: Timestamp,
    /// When it closed.
    pub closed: Timestamp,
    /// Bytes from the customer.
    pub up: Bytes,
    /// Bytes to the customer.
    pub down: Bytes,
    /// How it ended.
    pub ending: String,
}

/// How an ending is written.
pub(crate) fn ending_name(ending: Ending) -> &'static str {
    match ending {
        Ending::Finished => "finished",
        Ending::ClientGone => "client_gone",
        Ending::OriginGone => "origin_gone",
        Ending::Idle => "idle",
        Ending::Cut(reason) => reason.slug(),
        Ending::Drained => "drained",
    }
}

/// Who left from an address around an instant: connections that were open within `slack_ms` of it.
pub async fn around(
    tx: &impl Read,
    exit: IpAddr,
    at: Timestamp,
    slack_ms: i64,
    most: i64,
) -> Result<Vec<Finished>> {
    let sql = "SELECT t.*, a.username FROM traces t LEFT JOIN accounts a ON a.id = t.account_id \
        WHERE t.exit_address = $1 AND t.closed_at >= $2 AND t.opened_at <= $3 ORDER BY t.closed_at, t.id LIMIT $4";
    let args = args![exit.to_string(), at.plus_ms(-slack_ms), at.plus_ms(slack_ms), most];
    let rows = tx.rows(sql, args).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

fn read(row: &Row) -> Result<Finished, StoreError> {
    let account: AccountId = row.get("account_id")?;
    Ok(Finished {
        customer: row.get("customer_id")?,
        account: (account.0 != 0).then_some(account),
        username: row.opt("username")?,
        product: row.get("product_type")?,
        client: row.get("client")?,
        exit: row.get("exit_id")?,
        destination: row.get("destination")?,
        opened: row.get("opened_at")?,
        closed: row.get("closed_at")?,
        up: row.get("up")?,
        down: row.get("down")?,
        ending: row.get("ending")?,
    })
}
