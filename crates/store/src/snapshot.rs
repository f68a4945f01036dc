//! Read transactions of PostgreSQL: one snapshot for all their statements, and no way to write. They are opened by one
//! statement that says both, so that a snapshot costs no round trip more than a transaction without.

use crate::{Args, Row, StoreError};
use sea_orm::{DbErr, QueryResult, RuntimeErr, Value};
use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres, Transaction};
use std::sync::Arc;
use tokio::sync::Mutex;

/// PostgreSQL takes the snapshot at the first statement after it, as SQLite does.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A transaction that sees what was committed when it read first, and nothing later.
#[derive(Debug)]
pub(crate) struct Snapshot(Mutex<Transaction<'static, Postgres>>);

impl Snapshot {
    pub(crate) async fn begin(pool: &PgPool) -> Result<Self, StoreError> {
        let begun = pool.begin_with(BEGIN).await.map_err(crate::connect::connect_error)?;
        Ok(Self(Mutex::new(begun)))
    }

    pub(crate) async fn rows(&self, sql: &str, args: Args) -> Result<Vec<Row>, StoreError> {
        let mut tx = self.0.lock().await;
        let found = bound(sql, args)?.fetch_all(&mut **tx).await.map_err(refused)?;
        Ok(found.into_iter().map(row).collect())
    }

    pub(crate) async fn row(&self, sql: &str, args: Args) -> Result<Option<Row>, StoreError> {
        let mut tx = self.0.lock().await;
        Ok(bound(sql, args)?.fetch_optional(&mut **tx).await.map_err(refused)?.map(row))
    }
}

fn row(row: PgRow) -> Row {
    Row(QueryResult::from(row))
}

fn refused(error: sqlx::Error) -> StoreError {
    StoreError::from(DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))))
}

/// A statement with its values; they are of the kinds that [`crate::Arg`] makes.
fn bound(sql: &str, args: Args) -> Result<Query<'_, Postgres, PgArguments>, StoreError> {
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for value in args {
        query = match value {
            Value::BigInt(number) => query.bind(number),
            Value::String(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
            other => return Err(StoreError::Broken(DbErr::Type(format!("{other:?} can't be bound")))),
        };
    }
    Ok(query)
}
