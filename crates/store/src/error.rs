//! What can go wrong with the store, sorted by what a caller can do about it.

use sea_orm::{DbErr, RuntimeErr, SqlErr};
use turnpike_base::{Code, Fault};

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique index refuses the row: somebody else was first.
    #[error("a unique index refuses the row")]
    Duplicate(#[source] DbErr),
    /// The engine gave up for the sake of another transaction, or is busy: begin again.
    #[error("the transaction has to be tried again")]
    Retry(#[source] DbErr),
    /// A twin of this request was first; what it answered is remembered.
    #[error("a twin of the request was first")]
    Twin,
    /// Who came along (see [`crate::along`]) could not write.
    #[error("what goes along with a transaction can't be written")]
    Companion(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store does not answer.
    #[error("the store does not answer")]
    Away(#[source] DbErr),
    /// Anything else: our mistake.
    #[error("the store refuses a statement")]
    Broken(#[source] DbErr),
    /// Migrations could not be applied.
    #[error("the schema could not be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The URL or path names no database.
    #[error("{0}")]
    Config(String),
}

impl StoreError {
    /// A companion's own failure.
    pub fn companion(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Companion(cause.into())
    }

    /// Whether a unique index refused the row.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Duplicate(_))
    }

    /// Whether the same transaction may succeed when begun anew.
    pub fn is_retry(&self) -> bool {
        matches!(self, Self::Retry(_))
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
            return Self::Duplicate(error);
        }
        match code_of(&error).as_deref() {
            // PostgreSQL: serialization failure, deadlock. SQLite: busy, locked, busy snapshot.
            Some("40001" | "40P01" | "5" | "6" | "517") => Self::Retry(error),
            Some("23505" | "2067" | "1555") => Self::Duplicate(error),
            _ if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) => Self::Away(error),
            _ => Self::Broken(error),
        }
    }
}

fn code_of(error: &DbErr) -> Option<String> {
    let (DbErr::Conn(RuntimeErr::SqlxError(inner))
    | DbErr::Exec(RuntimeErr::SqlxError(inner))
    | DbErr::Query(RuntimeErr::SqlxError(inner))) = error
    else {
        return None;
    };
    Some(inner.as_database_error()?.code()?.into_owned())
}

/// Towards customers a store failure is 500, or 503 where trying again helps; the cause goes to the log.
impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Retry(_) | StoreError::Away(_) => {
                Fault::new(Code::Unavailable, "store_busy").because(error)
            }
            StoreError::Twin => Fault::new(Code::Conflict, "idempotency_twin"),
            other => Fault::internal("store_failed", other),
        }
    }
}
