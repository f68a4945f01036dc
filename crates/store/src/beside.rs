//! Looking at a store beside the process that serves from it: for checks and copies.

use crate::connect::{PATIENCE, connect_error};
use crate::{Engine, Read, Store, StoreError, args, migrate};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::path::Path;

/// The SQLite file of a data directory.
pub const FILE: &str = "turnpike.db";

impl Store {
    /// Opens the SQLite file of a data directory as it is: no migration, nothing is created or written.
    /// Another process may serve from it meanwhile.
    pub async fn look_sqlite(dir: &Path) -> Result<Self, StoreError> {
        let options = guest_options(dir).pragma("query_only", "ON");
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        Ok(Self::over_sqlite(pool.map_err(connect_error)?))
    }

    /// What the engine finds wrong with its own files; empty if nothing. SQLite only: PostgreSQL has
    /// checksums and tools of its own.
    pub async fn damage(&self) -> Result<Vec<String>, StoreError> {
        if self.engine() != Engine::Sqlite {
            return Ok(Vec::new());
        }
        let tx = self.read().await?;
        let found = tx.rows("SELECT integrity_check AS told FROM pragma_integrity_check", args![]).await?;
        let told = found.iter().map(|row| row.get::<String>("told"));
        told.filter(|line| !matches!(line.as_deref(), Ok("ok"))).collect()
    }

    /// Numbers of migrations that are still to be applied, or of ones this version does not know.
    pub async fn schema_gap(&self) -> Result<Vec<i64>, StoreError> {
        let tx = self.read().await?;
        let sql = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";
        let rows = tx.rows(sql, args![]).await?;
        let applied: Vec<i64> = rows.iter().map(|row| row.get("version")).collect::<Result<_, _>>()?;
        let known = migrate::versions();
        let one_sided =
            |a: &[i64], b: &[i64]| a.iter().copied().filter(|v| !b.contains(v)).collect::<Vec<_>>();
        Ok([one_sided(&known, &applied), one_sided(&applied, &known)].concat())
    }
}

/// Copies the SQLite store of a data directory into a fresh file, as of one moment, while another
/// process may write. Fails if the file exists.
pub async fn copy_sqlite(dir: &Path, to: &Path) -> Result<(), StoreError> {
    let target = to.to_str().ok_or_else(|| StoreError::Config("the file's name is not UTF-8".into()))?;
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(guest_options(dir))
        .await
        .map_err(connect_error)?;
    let done = sqlx::query("VACUUM INTO ?1").bind(target).execute(&pool).await;
    pool.close().await;
    done.map(drop).map_err(connect_error)
}

/// A guest creates nothing and sets nothing that would have to wait for the writer.
fn guest_options(dir: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(dir.join(FILE)).busy_timeout(PATIENCE)
}
