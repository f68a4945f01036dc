//! Jobs that wait or run.

use super::{Paging, listed, time};
use crate::Control;
use serde_json::{Value, json};
use turnpike_base::Result;
use turnpike_store::jobs::{self, Waiting};

pub(super) async fn list(control: &Control, input: Paging) -> Result<Value> {
    let found = jobs::list(&control.store().read().await?, input.page()).await?;
    let now = control.0.clock.now();
    let row = |waiting: &Waiting| {
        let job = &waiting.job;
        json!({"id": job.id, "kind": job.kind, "key": job.key, "run_at": time(job.run_at), "attempts": job.attempts,
            "running": job.locked_until > now, "last_error": waiting.last_error})
    };
    Ok(listed(found.total, found.rows.iter().map(row).collect()))
}
