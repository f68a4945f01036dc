//! Work after transactions: rows in the store, each run by exactly one worker of any number of control
//! processes. Some come again for ever, some until they are done.

use crate::contained::contained;
use crate::{Control, strangers};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use turnpike_base::{Fault, Result, Timestamp};
use turnpike_commerce::{ledger, orders, payments, renewals, warnings};
use turnpike_metering::{check, leases, prune};
use turnpike_network::truth::Refreshed;
use turnpike_network::{endpoints, statics};
use turnpike_store::held::{self, Lock};
use turnpike_store::jobs::{self, Job};
use turnpike_store::{outbox, retrying};

/// Look for due jobs so often.
const BEAT: Duration = Duration::from_secs(1);
/// The lock of a job: renewed while it runs, however long that takes.
const LOCK: Lock = Lock { seconds: 120, every: Duration::from_secs(30) };

/// Messages are kept so long, sent or not, in days.
const MESSAGES_DAYS: i64 = 30;

/// What comes again, and after how many seconds.
const REPEATED: &[(&str, i64)] = &[
    ("leases_sweep", 10),
    (payments::RECONCILE, 86_400),
    (payments::NOTICES, 60),
    ("usage_prune", 86_400),
    ("sums_prove", 86_400),
    ("endpoints_forget", 3_600),
    ("statics_sweep", 60),
    ("exits_measure", 5),
    ("orders_expire", 5),
    ("renewals_run", 60),
    ("warnings_send", 60),
    ("people_prune", 86_400),
    ("ledger_fold", 60),
];

/// Workers of a process: one that waits for a payment provider holds up no other job.
pub(crate) const WORKERS: usize = 3;

/// Runs jobs for ever. The first worker also plans what comes again, and saves sessions.
pub(crate) async fn run(control: Control, worker: usize) {
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut planned = false;
    loop {
        beat.tick().await;
        if worker == 0 {
            if let Err(fault) = control.flush().await {
                tracing::error!(%fault, "sessions can't be saved");
            }
            planned = planned || plan(&control).await.is_ok();
        }
        while let Ok(true) = next(&control).await {}
    }
}

async fn plan(control: &Control) -> Result<()> {
    let now = control.0.clock.now();
    let tx = control.store().write().await?;
    for (kind, seconds) in REPEATED {
        jobs::plan_once(&tx, kind, "", now.plus_seconds(*seconds), now).await?;
    }
    Ok(tx.commit().await?)
}

/// Runs the job that is due longest; whether there was one.
async fn next(control: &Control) -> Result<bool> {
    let clock = &*control.0.clock;
    let now = clock.now();
    let tx = control.store().write().await?;
    let Some(job) = jobs::claim(&tx, now, LOCK.seconds).await? else { return Ok(false) };
    tx.commit().await?;
    let held = held::hold(control.store(), clock, &job, LOCK, tried(work(control, &job, now))).await;
    let Some((outcome, job)) = held else {
        tracing::error!(kind = job.kind, "a job's lock was lost, and the job left to who has it");
        return Ok(true);
    };
    if let Err(fault) = &outcome {
        tracing::error!(kind = job.kind, %fault, cause = ?fault.cause, "a job failed and is tried again");
    }
    retrying(|| end(control, &job, &outcome, clock.now())).await?;
    Ok(true)
}

/// A job that breaks has failed, and its worker goes on.
async fn tried<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    contained(work).await.unwrap_or_else(|broke| Err(Fault::internal("job_broke", broke)))
}

/// Writes down how a job ended. Who lost the lock to another worker changes nothing.
async fn end(
    control: &Control,
    job: &Job,
    outcome: &Result<Option<Timestamp>>,
    now: Timestamp,
) -> Result<()> {
    let tx = control.store().write().await?;
    match outcome {
        Ok(Some(again)) => drop(jobs::repeat(&tx, job, *again).await?),
        Ok(None) => drop(jobs::finish(&tx, job).await?),
        Err(fault) => jobs::fail(&tx, job, &fault.to_string(), now).await?,
    }
    Ok(tx.commit().await?)
}

/// Does a job; when it comes again, if it does.
async fn work(control: &Control, job: &Job, now: Timestamp) -> Result<Option<Timestamp>> {
    if job.kind.starts_with("payment_") {
        return payments::run_job(&control.commerce(), job, now).await;
    }
    repeated(control, job, now).await?;
    let seconds = REPEATED.iter().find(|(kind, _)| *kind == job.kind).map_or(86_400, |(_, s)| *s);
    Ok(Some(now.plus_seconds(seconds)))
}

async fn repeated(control: &Control, job: &Job, now: Timestamp) -> Result<()> {
    match job.kind.as_str() {
        "leases_sweep" => leases::flow::sweep(&control.0.meter, now).await.map(drop),
        "usage_prune" => prune::run(&control.0.meter, now).await,
        "sums_prove" => prove(control).await,
        "orders_expire" => orders::flow::expire(&control.commerce(), now).await.map(drop),
        "renewals_run" => renewals::flow::run(&control.commerce(), now).await.map(drop),
        "warnings_send" => warnings::flow::run(&control.commerce(), now).await.map(drop),
        "endpoints_forget" => endpoints::flow::forget(control.store(), now).await,
        "statics_sweep" => sweep_statics(control, now).await,
        "exits_measure" => measure_exits(control, now).await,
        "people_prune" => prune_people(control, now).await,
        "ledger_fold" => ledger::fold(control.store(), now).await,
        other => Err(Fault::internal("job_unknown", format!("no worker for jobs of kind {other}"))),
    }
}

/// Forgets registrations that nobody confirmed, old logins, codes, notes of the audit, proofs of closed orders, messages
/// and remembered answers.
async fn prune_people(control: &Control, now: Timestamp) -> Result<()> {
    turnpike_identity::prune(control.store(), now).await?;
    while strangers::forget(control, now).await? {}
    payments::forget_proofs(control.store(), now).await?;
    let tx = control.store().write().await?;
    outbox::prune(&tx, now.plus_days(-MESSAGES_DAYS)).await?;
    turnpike_web::forget_answers(&tx, now).await?;
    Ok(tx.commit().await?)
}

/// Looks exits up in the databases of addresses, whose files may have changed.
async fn measure_exits(control: &Control, now: Timestamp) -> Result<()> {
    let truth = Arc::clone(&control.0.network.truth);
    // Files of a hundred megabytes are read beside the event loop.
    match tokio::task::spawn_blocking(move || truth.refresh()).await {
        Ok(Refreshed::Anew) => tracing::info!("databases of addresses were read again"),
        Ok(Refreshed::Broke(error)) => {
            tracing::error!(%error, "a database of addresses can't be read; the old one stays");
        }
        Ok(Refreshed::Unchanged | Refreshed::StillBroken) | Err(_) => {}
    }
    while turnpike_network::truth::flow::run(&control.0.network, now).await? {}
    for (file, lookups) in control.0.network.truth.settled().databases.unreadable() {
        tracing::warn!(file = %file.display(), lookups, "a database of addresses has records that can't be read: they count as empty");
    }
    Ok(())
}

/// Ends holdings that expired longer ago than an address rests: who renews before keeps it. Addresses that have rested
/// after another end go back to their pools.
async fn sweep_statics(control: &Control, now: Timestamp) -> Result<()> {
    let rest = control.0.network.rest.ms();
    while statics::hold::sweep(control.store(), &control.0.vault, rest, now).await? > 0 {}
    while statics::stock::end_rests(control.store(), &control.0.vault, now).await? > 0 {}
    Ok(())
}

/// Proves the sums; what differs is told loudly and stays to be looked at with `turnpike check`.
async fn prove(control: &Control) -> Result<()> {
    let tx = control.store().read().await?;
    for difference in check::differences(&tx).await? {
        tracing::error!(difference, "the sums of usage do not agree");
    }
    for difference in turnpike_commerce::check::differences(&tx).await? {
        tracing::error!(difference, "orders and packages do not agree");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use turnpike_base::time::ManualClock;
    use turnpike_store::{Vault, both_engines};

    async fn order(control: &Control, path: &str, input: Value) -> Value {
        crate::operator::run(control, path, input).await.unwrap()
    }

    both_engines! {
        async fn addresses_that_have_rested_rotate_again(store: Store) {
            let clock = Arc::new(ManualClock::default());
            let control = Control::open(store, Vault::new([7; 32]), clock).await.unwrap();
            order(&control, "site/create", json!({"name": "s"})).await;
            order(&control, "static-ip/import", json!({"file": "address,type,country\n192.0.2.1,14,US\n"})).await;
            order(&control, "customer/create", json!({"email": "a@example.com"})).await;
            let give = json!({"customer": "a@example.com", "type": 14, "country": "US"});
            let package = order(&control, "static-ip/grant", give).await["packages"][0].clone();
            order(&control, "static-ip/release", json!({"package": package})).await;
            let now = control.0.clock.now();
            let until = control.0.network.rest.until(now);
            for (at, pools) in [(until.plus_ms(-1), ""), (until, "static")] {
                sweep_statics(&control, at).await.unwrap();
                let exits = order(&control, "exit/list", json!({})).await;
                assert_eq!(exits["list"][0]["pools"], pools, "{exits}");
            }
        }
    }

    #[tokio::test]
    async fn a_job_that_breaks_has_failed() {
        let fault = tried::<()>(async { panic!("as a fault of ours would") }).await.unwrap_err();
        assert_eq!(fault.slug, "job_broke");
        assert_eq!(tried(async { Ok(7) }).await.unwrap(), 7);
    }
}
