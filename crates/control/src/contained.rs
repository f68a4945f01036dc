//! Keeps a panic where it happened: a piece of work that breaks has failed, and what runs beside and after it goes on.

use futures_util::FutureExt;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;

/// The work panicked. What it said stands in the log alone, where the panic wrote it: it may quote what was worked on.
#[derive(Debug)]
pub(crate) struct Broke;

impl fmt::Display for Broke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it broke; the log says where")
    }
}

impl std::error::Error for Broke {}

/// Does the work; a panic in it is an error. What the work shares with others has to bear that it stops anywhere: locks
/// of the standard library are taken although poisoned, transactions roll back.
pub(crate) async fn contained<T>(work: impl Future<Output = T>) -> Result<T, Broke> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| Broke)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_that_quotes_nothing() {
        assert_eq!(contained(async { 7 }).await.unwrap(), 7);
        let broke = contained(async {
            tokio::task::yield_now().await;
            let numbers: [u8; 0] = [];
            numbers[usize::from(std::hint::black_box(3_u8))]
        });
        assert_eq!(broke.await.unwrap_err().to_string(), "it broke; the log says where");
    }
}
