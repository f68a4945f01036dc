//! Jobs that wait or run, and the first screen.

use super::{Paging, listed, time};
use crate::{Control, overview};
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::{Code, Fault, Result, Text};
use turnpike_store::jobs::{self, Waiting};

/// Which one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    id: i64,
}

pub(super) async fn overview(control: &Control, _: Paging) -> Result<Value> {
    overview::show(control).await
}

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

/// Makes a job due now. One that runs is left alone.
pub(super) async fn run(control: &Control, input: Which) -> Result<Value> {
    let now = control.0.clock.now();
    let tx = control.store().write().await?;
    if !jobs::hurry(&tx, input.id, now).await? {
        return Err(Fault::new(Code::Conflict, "job_busy").say(Text::made(
            format!("任务 {} 不存在或正在运行", input.id),
            format!("There is no job {} that waits", input.id),
        )));
    }
    tx.commit().await?;
    Ok(json!({"id": input.id, "run_at": time(now)}))
}
