//! The data directory: one process holds it at a time, the installation's key lives in it.

mod key;
#[cfg(test)]
mod tests;

pub use key::{InstallationKey, KEY_FILE, KEY_VARIABLE};

use anyhow::{Context, Result, bail};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Held by the process that serves or changes the directory; its text is that process's id.
pub const LOCK_FILE: &str = "lock";
/// The SQLite store.
pub const STORE_FILE: &str = "turnpike.db";

/// A data directory that this process holds. The lock goes with the value, and with the process.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Creates the directory where it is missing (mode 0700) and takes its lock.
    ///
    /// # Errors
    /// Another process holds it; it can't be created or written.
    pub fn take(path: &Path) -> Result<Self> {
        match Self::try_take(path)? {
            Some(taken) => Ok(taken),
            None => bail!(
                "{} is held by another turnpike process{}; talk to it over the operator API (TURNPIKE_API, \
                 TURNPIKE_TOKEN) or stop it",
                path.display(),
                holder(&path.join(LOCK_FILE)),
            ),
        }
    }

    /// The same; `None` where another process holds it.
    ///
    /// # Errors
    /// The directory can't be created or written.
    pub fn try_take(path: &Path) -> Result<Option<Self>> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("the data directory {} can't be created", path.display()))?;
        let lock_path = path.join(LOCK_FILE);
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&lock_path)
            .with_context(|| format!("{} can't be opened", lock_path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("{} can't be locked", lock_path.display()));
            }
        }
        lock.set_len(0)
            .and_then(|()| writeln!(lock, "{}", std::process::id()))
            .context("the lock can't be written")?;
        Ok(Some(Self { path: path.to_owned(), _lock: lock }))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn holder(lock_path: &Path) -> String {
    let pid = fs::read_to_string(lock_path).unwrap_or_default();
    if pid.trim().is_empty() { String::new() } else { format!(" (process {})", pid.trim()) }
}

/// Whether nothing but a lock lies in the directory. One that does not exist is empty.
pub fn is_empty(path: &Path) -> Result<bool> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error).with_context(|| format!("{} can't be read", path.display())),
    };
    for entry in entries {
        let name = entry.with_context(|| format!("{} can't be read", path.display()))?.file_name();
        if name != LOCK_FILE && name != "lost+found" {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Something in the directory that no installation put there, where there is no installation. One that does not exist
/// holds nothing.
pub fn stranger(path: &Path) -> Result<Option<String>> {
    if is_empty(path)? || path.join(KEY_FILE).exists() || path.join(STORE_FILE).exists() {
        return Ok(None);
    }
    let named = |entry: std::io::Result<fs::DirEntry>| entry.ok().map(|entry| entry.file_name());
    let mut names = fs::read_dir(path)
        .with_context(|| format!("{} can't be read", path.display()))?
        .filter_map(named)
        .filter(|name| name != LOCK_FILE && name != "lost+found");
    Ok(names.next().map(|name| name.to_string_lossy().into_owned()))
}

/// Writes a file that only its owner can read, all or nothing: readers see the old text or the new one.
pub fn write_private(path: &Path, text: &str) -> Result<()> {
    let fresh = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().with_context(|| format!("{} can't be written", path.display()))
}
