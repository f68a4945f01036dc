//! Write transactions that another one got in the way of begin anew.

use crate::StoreError;
use std::error::Error;
use std::future::Future;
use turnpike_base::{Fault, Result};

/// How often a transaction is begun in all.
const TRIES: usize = 8;

/// Runs `work` again while it fails because the engine gave its transaction up for the sake of another one (deadlock,
/// serialization failure, busy). `work` opens the transaction and does nothing outside of it.
pub async fn retrying<T, F: Future<Output = Result<T>>>(work: impl Fn() -> F) -> Result<T> {
    let mut tries = 1;
    loop {
        match work().await {
            Err(fault) if tries < TRIES && lost(&fault) => tries += 1,
            outcome => return outcome,
        }
    }
}

/// Whether this, or what goes along with the transaction, lost.
fn lost(fault: &Fault) -> bool {
    let causes = std::iter::successors(fault.source(), |cause| (**cause).source());
    causes.filter_map(|cause| cause.downcast_ref::<StoreError>()).any(StoreError::is_retry)
}

/// Whether a unique index kept the work's row out: somebody else was first.
pub fn is_duplicate(fault: &Fault) -> bool {
    let causes = std::iter::successors(fault.source(), |cause| (**cause).source());
    causes.filter_map(|cause| cause.downcast_ref::<StoreError>()).any(StoreError::is_duplicate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::DbErr;
    use std::sync::atomic::{AtomicUsize, Ordering};

    async fn tried(error: fn() -> StoreError) -> usize {
        let times = AtomicUsize::new(0);
        let outcome = retrying(|| async {
            times.fetch_add(1, Ordering::Relaxed);
            Err::<(), _>(Fault::from(error()))
        });
        assert!(outcome.await.is_err());
        times.into_inner()
    }

    #[tokio::test]
    async fn only_what_lost_against_another_one_is_tried_again() {
        assert_eq!(tried(|| StoreError::Retry(DbErr::Custom("deadlock".into()))).await, TRIES);
        let along =
            || StoreError::companion(Fault::from(StoreError::Retry(DbErr::Custom("deadlock".into()))));
        assert_eq!(tried(along).await, TRIES);
        assert_eq!(tried(|| StoreError::Away(DbErr::Custom("away".into()))).await, 1);
        assert_eq!(tried(|| StoreError::Broken(DbErr::Custom("x".into()))).await, 1);
    }
}
