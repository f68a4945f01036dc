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
    /// One reload at a time; what was wrong at the last one, as long as it stays wrong.
    turn: Mutex<Option<DatabaseError>>,
}

/// What became of a look at the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// None changed.
    Unchanged,
    /// They were read again.
    Anew,
    /// One can't be read, and that is news; the old contents stay.
    Broke(DatabaseError),
    /// It still can't.
    StillBroken,
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
        let mut wrong = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let databases = Databases::open(files)?;
        self.now.store(std::sync::Arc::new(Settled { databases, policy }));
        *wrong = None;
        Ok(())
    }

    /// Reads the files again if one of them changed. One that can't be read is tried again each time, but told of
    /// once.
    pub fn refresh(&self) -> Refreshed {
        let mut wrong = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.now.load_full();
        if !old.databases.is_stale() {
            *wrong = None;
            return Refreshed::Unchanged;
        }
        match Databases::open(&old.databases.files()) {
            Ok(databases) => {
                self.now.store(std::sync::Arc::new(Settled { databases, policy: old.policy }));
                *wrong = None;
                Refreshed::Anew
            }
            Err(error) if wrong.as_ref() == Some(&error) => Refreshed::StillBroken,
            Err(error) => {
                *wrong = Some(error.clone());
                Refreshed::Broke(error)
            }
        }
    }

    /// What holds now.
    pub fn settled(&self) -> std::sync::Arc<Settled> {
        self.now.load_full()
    }
}
