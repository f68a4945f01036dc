//! How the process was set up: to read, not to change.

use super::{Paging, listed};
use crate::Control;
use serde_json::Value;
use turnpike_base::Result;

pub(super) async fn list(control: &Control, _: Paging) -> Result<Value> {
    let all = control.0.settings.load_full();
    let rows = all.as_array().cloned().unwrap_or_default();
    Ok(listed(i64::try_from(rows.len()).unwrap_or(0), rows))
}
