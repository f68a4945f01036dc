//! Reads that show what is private ([`audit::LOOKS`]): who looked, at whom and when stands in the audit before he gets
//! the answer, and without it he gets none.

use super::{Caller, concerned, dispatch, reason, redacted};
use crate::Control;
use serde_json::Value;
use std::collections::BTreeSet;
use turnpike_base::{Code, CustomerId, Result};
use turnpike_identity::audit::{self, Note};
use turnpike_identity::customers;
use turnpike_store::Read;

/// Whether a command shows what is private.
pub(super) fn is_one(path: &str) -> bool {
    audit::LOOKS.contains(&path)
}

/// Runs it, and writes down whom it showed.
pub(super) async fn run(control: &Control, caller: Caller, path: &str, mut input: Value) -> Result<Value> {
    reason::check(&input)?;
    let detail = redacted(&input).to_string();
    reason::strip(path, &mut input);
    let outcome = dispatch(control, caller, path, input.clone()).await;
    let end = outcome.as_ref().map_or_else(|fault| fault.slug.to_owned(), |_| "ok".into());
    let tx = control.store().write().await?;
    for customer in whose(&tx, path, &input, outcome.as_ref().ok()).await? {
        let (action, detail, outcome) = (path.to_owned(), detail.clone(), end.clone());
        let note = Note { actor: caller.actor, action, detail, outcome, client: caller.client, customer };
        audit::note(&tx, &note, control.0.clock.now()).await?;
    }
    tx.commit().await?;
    outcome
}

/// Whom an answer shows: the customers of its rows, else the one of the letter, else the one whom the command names;
/// nobody is one note, too.
async fn whose(
    tx: &impl Read,
    path: &str,
    input: &Value,
    answer: Option<&Value>,
) -> Result<BTreeSet<Option<CustomerId>>> {
    let rows = answer.and_then(|answer| answer["list"].as_array()).map(Vec::as_slice).unwrap_or_default();
    let shown = rows.iter().filter_map(|row| row["customer"].as_i64()).map(|id| Some(CustomerId(id)));
    let shown: BTreeSet<_> = shown.collect();
    if !shown.is_empty() {
        return Ok(shown);
    }
    let reader = answer.and_then(|answer| answer["to"].as_str());
    let one = match reader {
        Some(address) => named(tx, address).await?,
        None => concerned(tx, path, input).await?,
    };
    Ok(BTreeSet::from([one]))
}

/// The customer of a name; nobody where it names nobody or several.
pub(super) async fn named(tx: &impl Read, name: &str) -> Result<Option<CustomerId>> {
    match customers::find(tx, name).await {
        Ok(customer) => Ok(Some(customer.id)),
        Err(fault) if matches!(fault.code, Code::NotFound | Code::Conflict) => Ok(None),
        Err(fault) => Err(fault),
    }
}
