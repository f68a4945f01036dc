//! What a check reads by itself.

use turnpike_base::Timestamp;
use turnpike_store::{Read, StoreError, args};

/// When a gateway reported last; `None` if none ever did.
pub(super) async fn last_report(tx: &impl Read) -> Result<Option<Timestamp>, StoreError> {
    let row = tx.row("SELECT MAX(seen_at) AS newest FROM gateway_lives", args![]).await?;
    row.map_or(Ok(None), |row| row.opt("newest"))
}
