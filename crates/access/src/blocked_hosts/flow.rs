//! What customers do with the hosts they block.

use super::{MOST, error, queries};
use turnpike_base::{CustomerId, Result, Timestamp};
use turnpike_identity::customers;
use turnpike_store::{Store, changes};
use turnpike_wire::Change;

/// Blocks hosts, all or none; running connections to them end. What is blocked already stays.
///
/// # Errors
/// A parameter error for `hosts` above 200 in all; the store does not answer.
pub async fn add(store: &Store, customer: CustomerId, hosts: &[String], now: Timestamp) -> Result<()> {
    let tx = store.write().await?;
    // One after the other, so that two at once don't pass the bound together.
    customers::lock(&tx, customer).await?;
    for host in hosts {
        queries::put(&tx, customer, host, now).await?;
    }
    if queries::count(&tx, customer).await? > MOST {
        return Err(error::too_many(MOST));
    }
    changes::tell(&tx, &Change::Blocked { customer, hosts: hosts.to_vec() }, now).await?;
    Ok(tx.commit().await?)
}

/// Opens hosts again, all or none.
///
/// # Errors
/// `blocked_host_unknown` names one that is not blocked; the store does not answer.
pub async fn delete(store: &Store, customer: CustomerId, hosts: &[String], now: Timestamp) -> Result<()> {
    let tx = store.write().await?;
    for host in hosts {
        if !queries::remove(&tx, customer, host).await? {
            return Err(error::unknown(host));
        }
    }
    changes::tell(&tx, &Change::Blocked { customer, hosts: Vec::new() }, now).await?;
    Ok(tx.commit().await?)
}
