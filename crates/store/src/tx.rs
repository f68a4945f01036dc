//! Reading and writing are two types. A [`WriteTx`] that is dropped without `commit` rolls back.

use crate::along::Party;
use crate::connect::Reader;
use crate::snapshot::Snapshot;
use crate::{Args, Engine, Row, Store, StoreError};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};
use serde::Serialize;
use std::future::Future;
use std::sync::Arc;

/// Anything that can be read from: functions in `queries.rs` that only read take `&impl Read`.
pub trait Read: Sync {
    /// All rows of a query.
    fn rows(&self, sql: &str, args: Args) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;

    /// The first row of a query, if there is one.
    fn row(&self, sql: &str, args: Args) -> impl Future<Output = Result<Option<Row>, StoreError>> + Send;

    /// Which engine answers; for the few statements that can't be said once.
    fn engine(&self) -> Engine;
}

/// A transaction that reads one consistent state, that of its first statement, and can't write.
#[derive(Debug)]
pub struct ReadTx(Reading);

#[derive(Debug)]
enum Reading {
    /// Every transaction of SQLite sees one state; the readers' connections refuse to write.
    Sqlite(DatabaseTransaction),
    Postgres(Snapshot),
}

/// A transaction that reads and writes. SQLite has one at a time (BEGIN IMMEDIATE); on PostgreSQL rows
/// that a decision rests on are locked with [`WriteTx::lock`] before they are read.
#[derive(Debug)]
pub struct WriteTx {
    inner: DatabaseTransaction,
    store: Store,
    party: Option<Arc<Party>>,
}

fn statement(backend: DbBackend, sql: &str, args: Args) -> Statement {
    Statement::from_sql_and_values(backend, sql, args)
}

fn engine_of(tx: &DatabaseTransaction) -> Engine {
    if tx.get_database_backend() == DbBackend::Postgres { Engine::Postgres } else { Engine::Sqlite }
}

async fn all(tx: &DatabaseTransaction, sql: &str, args: Args) -> Result<Vec<Row>, StoreError> {
    let found = tx.query_all_raw(statement(tx.get_database_backend(), sql, args)).await?;
    Ok(found.into_iter().map(Row).collect())
}

async fn one(tx: &DatabaseTransaction, sql: &str, args: Args) -> Result<Option<Row>, StoreError> {
    Ok(tx.query_one_raw(statement(tx.get_database_backend(), sql, args)).await?.map(Row))
}

impl Read for ReadTx {
    async fn rows(&self, sql: &str, args: Args) -> Result<Vec<Row>, StoreError> {
        match &self.0 {
            Reading::Sqlite(tx) => all(tx, sql, args).await,
            Reading::Postgres(snapshot) => snapshot.rows(sql, args).await,
        }
    }
    async fn row(&self, sql: &str, args: Args) -> Result<Option<Row>, StoreError> {
        match &self.0 {
            Reading::Sqlite(tx) => one(tx, sql, args).await,
            Reading::Postgres(snapshot) => snapshot.row(sql, args).await,
        }
    }
    fn engine(&self) -> Engine {
        match &self.0 {
            Reading::Sqlite(_) => Engine::Sqlite,
            Reading::Postgres(_) => Engine::Postgres,
        }
    }
}

impl Read for WriteTx {
    async fn rows(&self, sql: &str, args: Args) -> Result<Vec<Row>, StoreError> {
        all(&self.inner, sql, args).await
    }
    async fn row(&self, sql: &str, args: Args) -> Result<Option<Row>, StoreError> {
        one(&self.inner, sql, args).await
    }
    fn engine(&self) -> Engine {
        engine_of(&self.inner)
    }
}

impl WriteTx {
    /// Runs a statement; gives the number of rows it touched.
    pub async fn exec(&self, sql: &str, args: Args) -> Result<u64, StoreError> {
        let done = self.inner.execute_raw(statement(self.inner.get_database_backend(), sql, args)).await?;
        Ok(done.rows_affected())
    }

    /// Selects rows and keeps them locked until the end of the transaction. `sql` is a plain SELECT of
    /// one table with an ORDER BY, so that two transactions lock in the same order.
    pub async fn lock(&self, sql: &str, args: Args) -> Result<Vec<Row>, StoreError> {
        match self.engine() {
            // BEGIN IMMEDIATE already keeps every other writer out.
            Engine::Sqlite => self.rows(sql, args).await,
            Engine::Postgres => self.rows(&format!("{sql} FOR UPDATE"), args).await,
        }
    }

    /// Makes everything of this transaction last, then wakes those who wait for its changes, jobs
    /// and messages.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.inner.commit().await?;
        if let Some(party) = &self.party {
            party.committed();
        }
        self.store.wake();
        Ok(())
    }

    /// The same, and tells those who came along (see [`crate::along`]) the answer that is true from then on.
    pub async fn commit_with(self, answer: &impl Serialize) -> Result<(), StoreError> {
        if let Some(party) = &self.party {
            let answer = serde_json::to_string(answer).map_err(StoreError::companion)?;
            party.answered(&self, &answer).await?;
        }
        self.commit().await
    }
}

impl Store {
    /// Begins a transaction that reads.
    pub async fn read(&self) -> Result<ReadTx, StoreError> {
        Ok(ReadTx(match self.reader() {
            Reader::Sqlite(connection) => Reading::Sqlite(connection.begin().await?),
            Reader::Postgres(pool) => Reading::Postgres(Snapshot::begin(pool).await?),
        }))
    }

    /// Begins a transaction that writes; what the work around it wants along (see [`crate::along`]) is written
    /// first.
    pub async fn write(&self) -> Result<WriteTx, StoreError> {
        let mut options = TransactionOptions::default();
        if self.engine() == Engine::Sqlite {
            options.sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
        }
        let inner = self.writer().begin_with_options(options).await?;
        let tx = WriteTx { inner, store: self.clone(), party: Party::present() };
        if let Some(party) = &tx.party {
            party.join(&tx).await?;
        }
        Ok(tx)
    }
}
