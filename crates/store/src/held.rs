//! Work under a job's lock: the lock is renewed for as long as the work takes, and the work ends where the lock is lost.

use crate::{Store, StoreError, jobs, jobs::Job};
use std::future::Future;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::oneshot;
use turnpike_base::{Clock, Timestamp};

/// How a lock is kept.
#[derive(Clone, Copy, Debug)]
pub struct Lock {
    /// It holds for so many seconds: so long waits the job of a worker that died.
    pub seconds: i64,
    /// It is renewed so often, several times before it ends.
    pub every: Duration,
}

/// Does the work of a job that was claimed, for as long as it takes: nobody else runs it meanwhile. Gives back what came of
/// it, with the job to finish, repeat or fail. `None`: the lock was lost, and the work was dropped where it stood.
pub async fn hold<T>(
    store: &Store,
    clock: &dyn Clock,
    job: &Job,
    lock: Lock,
    work: impl Future<Output = T>,
) -> Option<(T, Job)> {
    let (done, over) = oneshot::channel();
    let mut working = pin!(work);
    let mut keeping = pin!(keep(store, clock, job.clone(), lock, over));
    let outcome = tokio::select! {
        outcome = &mut working => outcome,
        _ = &mut keeping => return None,
    };
    // A renewal that is under way decides which lock the job is finished with.
    drop(done);
    keeping.await.map(|job| (outcome, job))
}

/// Renews the lock until the work is over; `None`: it was lost.
async fn keep(
    store: &Store,
    clock: &dyn Clock,
    mut job: Job,
    lock: Lock,
    mut over: oneshot::Receiver<()>,
) -> Option<Job> {
    loop {
        tokio::select! {
            _ = &mut over => return Some(job),
            () = tokio::time::sleep(lock.every) => {}
        }
        let now = clock.now();
        match renew(store, &job, now.plus_seconds(lock.seconds)).await {
            Ok(true) => job.locked_until = now.plus_seconds(lock.seconds),
            Ok(false) => return None,
            // The store may be back before the lock ends.
            Err(_) if now < job.locked_until => {}
            Err(_) => return None,
        }
    }
}

async fn renew(store: &Store, job: &Job, until: Timestamp) -> Result<bool, StoreError> {
    let tx = store.write().await?;
    let held = jobs::extend(&tx, job, until).await?;
    tx.commit().await?;
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::both_engines;
    use std::sync::Arc;
    use turnpike_base::time::ManualClock;

    const NOW: Timestamp = Timestamp(1_000_000);
    const LOCK: Lock = Lock { seconds: 30, every: Duration::from_millis(1) };

    async fn claim(store: &Store, now: Timestamp) -> Option<Job> {
        let tx = store.write().await.unwrap();
        let job = jobs::claim(&tx, now, LOCK.seconds).await.unwrap();
        tx.commit().await.unwrap();
        job
    }

    async fn planned(store: &Store) -> Job {
        let tx = store.write().await.unwrap();
        jobs::plan(&tx, "long", "", &1, NOW, NOW).await.unwrap();
        tx.commit().await.unwrap();
        claim(store, NOW).await.unwrap()
    }

    both_engines! {
        async fn nobody_else_takes_a_job_that_outlasts_its_lock(store: Store) {
            let (clock, job) = (ManualClock::at(NOW), planned(&store).await);
            let work = async {
                for minute in 1..=3 {
                    clock.advance_ms(60_000);
                    let now = NOW.plus_minutes(minute);
                    let locked = |held: &Job| held.locked_until > now;
                    while !locked(&only(&store).await) {
                        tokio::task::yield_now().await;
                    }
                    assert!(claim(&store, now).await.is_none(), "it runs");
                }
                "done"
            };
            let (outcome, held) = hold(&store, &clock, &job, LOCK, work).await.unwrap();
            let tx = store.write().await.unwrap();
            assert!(outcome == "done" && jobs::finish(&tx, &held).await.unwrap(), "with the lock as it is by now");
        }

        async fn who_lost_the_lock_goes_no_further(store: Store) {
            let (clock, job) = (ManualClock::at(NOW), planned(&store).await);
            let alive = Arc::new(());
            let seen = Arc::clone(&alive);
            let work = async {
                let _alive = alive;
                // This process stood still for so long that another one took the job. PostgreSQL passes over a row that
                // a renewal holds at that moment: then it is there a moment later.
                while claim(&store, NOW.plus_seconds(31)).await.is_none() {
                    tokio::task::yield_now().await;
                }
                std::future::pending::<()>().await;
            };
            assert!(hold(&store, &clock, &job, LOCK, work).await.is_none());
            assert_eq!(Arc::strong_count(&seen), 1, "the work was dropped");
        }
    }

    async fn only(store: &Store) -> Job {
        let page = turnpike_base::Page::default();
        let mut all = jobs::list(&store.read().await.unwrap(), page).await.unwrap().rows;
        all.remove(0).job
    }
}
