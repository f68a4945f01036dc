//! Stores for tests: each gets its own empty database.
//!
//! PostgreSQL is used where `TURNPIKE_TEST_POSTGRES` names a server (`postgres://user@host/database`).
//! Without it the PostgreSQL half is skipped, loudly; with `TURNPIKE_TEST_REQUIRE=1` a skip is a failure.

#![allow(clippy::expect_used, reason = "a test store that cannot be made is the failing test")]

use crate::Store;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use turnpike_base::Clock;

/// A store of its own, and what has to live as long as it does.
pub struct TestStore {
    /// The store.
    pub store: Store,
    _dir: Option<TempDir>,
}

/// A fresh SQLite store in a temporary folder.
pub async fn sqlite() -> TestStore {
    let dir = TempDir::new().expect("a temporary folder");
    let store = Store::open_sqlite(dir.path()).await.expect("a fresh SQLite store");
    TestStore { store, _dir: Some(dir) }
}

static COUNT: AtomicU64 = AtomicU64::new(0);

/// A fresh PostgreSQL store (a schema of its own), or `None` where no server is named.
pub async fn postgres() -> Option<TestStore> {
    let Ok(url) = std::env::var("TURNPIKE_TEST_POSTGRES") else {
        assert!(
            std::env::var_os("TURNPIKE_TEST_REQUIRE").is_none(),
            "TURNPIKE_TEST_POSTGRES is not set, and a skip is a failure here"
        );
        eprintln!("SKIPPED: the PostgreSQL half of this test (set TURNPIKE_TEST_POSTGRES)");
        return None;
    };
    let url = fresh_schema(&url).await;
    Some(TestStore { store: Store::open_postgres(&url).await.expect("a fresh PostgreSQL store"), _dir: None })
}

/// Makes an empty schema on a PostgreSQL server; gives the URL of a store in it.
pub async fn fresh_schema(url: &str) -> String {
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let schema = format!("test_{}_{count}_{}", std::process::id(), turnpike_base::time::SystemClock.now().0);
    let pool = sqlx::PgPool::connect(url).await.expect("the PostgreSQL server of the tests");
    let create = sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
    sqlx::query(create).execute(&pool).await.expect("a schema of its own");
    pool.close().await;
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options=-c%20search_path%3D{schema}")
}

/// Does for the tables of a store what PostgreSQL does by itself within minutes.
pub async fn vacuum(url: &str) {
    let pool = sqlx::PgPool::connect(url).await.expect("the PostgreSQL server of the tests");
    sqlx::query("VACUUM ANALYZE").execute(&pool).await.expect("a vacuum");
    pool.close().await;
}

/// Writes one test for each engine: `both_engines!(name, |store| async move { … });`
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($store:ident: Store) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            async fn run($store: $crate::Store) $body

            #[tokio::test]
            async fn on_sqlite() {
                let test = $crate::testing::sqlite().await;
                run(test.store.clone()).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                if let Some(test) = $crate::testing::postgres().await {
                    run(test.store.clone()).await;
                }
            }
        }
    )*};
}
