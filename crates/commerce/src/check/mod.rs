//! The proof that orders, the books, what orders granted, and packages agree; `turnpike check` and a nightly job tell
//! what differs.
//!
//! A proof compares what is told twice. What only one row tells (how much of a counted package was really used, what a
//! provider says that came in another currency) no proof can find; docs/operator.md names it.

mod books;
mod caps;
mod grants;
mod owners;
mod stock;
#[cfg(test)]
mod tests;
mod times;

use turnpike_base::Result;
use turnpike_store::{Read, args};

/// What is looked for: a sentence, and the rows that prove it, each by a `name`. Rows are compared along indexes or in one
/// pass, so that a million orders are proved in seconds and in little memory.
type Proof = (&'static str, &'static str);

const PROOFS: [&[Proof]; 5] = [grants::PROOFS, books::PROOFS, owners::PROOFS, times::PROOFS, stock::PROOFS];

/// Examples told of each.
const EXAMPLES: i64 = 5;

/// What does not agree, a sentence each; empty: everything does.
pub async fn differences(tx: &impl Read) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (sentence, sql) in PROOFS.into_iter().flatten() {
        for row in tx.rows(&format!("{sql} LIMIT $1"), args![EXAMPLES]).await? {
            found.push(format!("{sentence}: {}", row.get::<String>("name")?));
        }
    }
    found.extend(caps::differences(tx).await?);
    Ok(found)
}
