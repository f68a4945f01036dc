//! Opening a store.

use crate::{StoreError, migrate};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Which engine stands behind a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A handle on the store; cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: Engine,
    /// SQLite has one writer connection, so that writers queue here and not in busy loops.
    writer: DatabaseConnection,
    reader: Reader,
    committed: Notify,
}

/// Where read transactions are begun.
#[derive(Debug)]
pub(crate) enum Reader {
    /// Connections that can't write.
    Sqlite(DatabaseConnection),
    /// The pool that writers use too: each read transaction says that it writes nothing.
    Postgres(PgPool),
}

/// Connections that read at once. SQLite readers never block each other; more than a few per core
/// only cost memory.
const READERS: u32 = 4;
/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a transaction waits for a connection or a lock before it fails as busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

impl Store {
    /// Opens (and creates) `turnpike.db` in a data directory and brings its schema up to date.
    ///
    /// The file is in WAL mode with `synchronous=FULL`: it holds money, and has to survive a power cut.
    pub async fn open_sqlite(dir: &Path) -> Result<Self, StoreError> {
        let options = sqlite_options(&dir.join(crate::beside::FILE));
        let pool = |n: u32| {
            SqlitePoolOptions::new()
                .max_connections(n)
                .min_connections(1)
                .acquire_timeout(PATIENCE)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = pool(1).connect_with(options.clone()).await.map_err(connect_error)?;
        migrate::run_sqlite(&writer).await?;
        let reader =
            pool(READERS).connect_with(options.pragma("query_only", "ON")).await.map_err(connect_error)?;
        Ok(Self::assemble(
            Engine::Sqlite,
            SqlxSqliteConnector::from_sqlx_sqlite_pool(writer),
            Reader::Sqlite(SqlxSqliteConnector::from_sqlx_sqlite_pool(reader)),
        ))
    }

    /// Connects to PostgreSQL (`postgres://user:password@host:port/database`) and brings the schema up
    /// to date; processes that start together wait for each other.
    pub async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|e| StoreError::Config(format!("database-url is not a PostgreSQL URL: {e}")))?
            .application_name("turnpike");
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await
            .map_err(connect_error)?;
        migrate::run_postgres(&pool).await?;
        let writer = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
        Ok(Self::assemble(Engine::Postgres, writer, Reader::Postgres(pool)))
    }

    /// Over one pool that reads and never writes.
    pub(crate) fn over_sqlite(pool: sqlx::SqlitePool) -> Self {
        let connection = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
        Self::assemble(Engine::Sqlite, connection.clone(), Reader::Sqlite(connection))
    }

    fn assemble(engine: Engine, writer: DatabaseConnection, reader: Reader) -> Self {
        Self(Arc::new(Inner { engine, writer, reader, committed: Notify::new() }))
    }

    /// Which engine stands behind it.
    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.0.writer
    }

    pub(crate) fn reader(&self) -> &Reader {
        &self.0.reader
    }

    pub(crate) fn wake(&self) {
        self.0.committed.notify_waiters();
    }

    /// Completes after the next commit of this process. For those who publish changes and run jobs;
    /// they look by themselves now and then, because other processes commit too.
    pub fn committed(&self) -> tokio::sync::futures::Notified<'_> {
        self.0.committed.notified()
    }

    /// Closes every connection; SQLite folds its log into the file.
    pub async fn close(&self) -> Result<(), StoreError> {
        if let Reader::Sqlite(connection) = &self.0.reader {
            connection.clone().close().await?;
        }
        Ok(self.0.writer.clone().close().await?)
    }
}

/// How every connection to a SQLite file is set.
fn sqlite_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("cache_size", "-32768")
        .pragma("temp_store", "MEMORY")
        .optimize_on_close(true, None)
}

pub(crate) fn connect_error(error: sqlx::Error) -> StoreError {
    StoreError::Away(sea_orm::DbErr::Conn(sea_orm::RuntimeErr::SqlxError(Arc::new(error))))
}
