//! Whether an unpaid order leaves enough of what is scarce for others. Every order holds what it is for until `expire_at`
//! (contract section 7); what makes it wait longer than that, only while it does.

use super::model::Order;
use super::queries;
use crate::products;
use turnpike_base::{Result, Timestamp};
use turnpike_network::statics::hold;
use turnpike_store::Read;

/// Whether the customer's unpaid orders hold more than one and more than is left, of a limited product or of the addresses of a
/// country and type that this order holds.
pub async fn takes_most(tx: &impl Read, order: &Order, now: Timestamp) -> Result<bool> {
    if order.goods.limited {
        let product = products::by_id(tx, order.product).await?;
        if let Some(left) = product.and_then(|product| product.remaining())
            && queries::unpaid_pieces(tx, order.customer, order.product).await? > left.max(1)
        {
            return Ok(true);
        }
    }
    let held = hold::reserved_beside(tx, order.customer, &order.trade_no, now).await?;
    Ok(held.iter().any(|one| one.held > one.left.max(1)))
}
