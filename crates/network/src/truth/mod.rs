//! Where exits really are: each public address is looked up in the operator's databases of addresses (MMDB files)
//! when the exit joins, when its address changes, daily, and when a file changes. What differs from the claim is
//! told to the operator, and as far as the policy says the exit is not sold as that place.

mod database;
pub mod flow;
mod queries;
mod rules;
#[cfg(test)]
mod tests;

pub use database::{DatabaseError, Databases, Found};
pub use rules::Policy;

use arc_swap::ArcSwap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// The databases of a process with what follows from them; read anew while it runs.
#[derive(Debug, Default)]
pub struct Truth {
    now: ArcSwap<Settled>,
    /// One reload at a time.
    turn: Mutex<()>,
}

/// The files and the policy in force.
#[derive(Debug, Default)]
pub struct Settled {
    /// The databases; none: nothing is measured.
    pub databases: Databases,
    /// What is withheld.
    pub policy: Policy,
}

impl Truth {
    /// Takes these files and this policy from now on.
    ///
    /// # Errors
    /// A file can't be read as MMDB; then everything stays as it was.
    pub fn set(&self, files: &[PathBuf], policy: Policy) -> Result<(), DatabaseError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let databases = Databases::open(files)?;
        self.now.store(std::sync::Arc::new(Settled { databases, policy }));
        Ok(())
    }

    /// Reads the files again if one of them changed; whether it did.
    ///
    /// # Errors
    /// A file can't be read as MMDB; then the old contents stay.
    pub fn refresh(&self) -> Result<bool, DatabaseError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.now.load_full();
        if !old.databases.is_stale() {
            return Ok(false);
        }
        let databases = Databases::open(&old.databases.files())?;
        self.now.store(std::sync::Arc::new(Settled { databases, policy: old.policy }));
        Ok(true)
    }

    /// What holds now.
    pub fn settled(&self) -> std::sync::Arc<Settled> {
        self.now.load_full()
    }
}
