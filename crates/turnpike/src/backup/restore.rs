//! Filling a data directory from a backup: unpacked and proved inside it, then renamed into place.

use super::archive::{self, Manifest};
use super::make;
use crate::data_dir::{self, DataDir, InstallationKey, KEY_FILE, STORE_FILE};
use anyhow::{Context, Result, ensure};
use std::fs::{self, File};
use std::path::Path;

/// Fills the directory.
pub(super) async fn run(file: &Path, dir: &Path) -> Result<Manifest> {
    let from = File::open(file).with_context(|| format!("{} can't be read", file.display()))?;
    // Looked at before the lock is made in it: it may be somebody else's directory.
    refuse_filled(dir)?;
    let held = DataDir::take(dir)?;
    refuse_filled(dir)?;
    let half = tempfile::Builder::new()
        .prefix(".restore-")
        .tempdir_in(held.path())
        .with_context(|| format!("{} can't be written", dir.display()))?;
    let manifest = archive::read(from, half.path())
        .with_context(|| format!("{} is no whole backup of turnpike", file.display()))?;
    make::prove(half.path()).await?;
    if manifest.with_key {
        InstallationKey::find(half.path(), None)?;
        fs::rename(half.path().join(KEY_FILE), dir.join(KEY_FILE))?;
    }
    // The store goes last: with it the directory is an installation.
    fs::rename(half.path().join(STORE_FILE), dir.join(STORE_FILE))?;
    make::sync(dir)?;
    Ok(manifest)
}

fn refuse_filled(dir: &Path) -> Result<()> {
    let empty = data_dir::is_empty(dir)?;
    ensure!(empty, "{} is not empty; restore into a new --data-dir", dir.display());
    Ok(())
}
