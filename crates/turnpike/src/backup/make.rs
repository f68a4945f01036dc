//! Making a backup, beside a server or without one: a copy of the store as of one moment, proved and packed
//! beside the file to be, which appears whole or not at all.

use super::archive;
use crate::data_dir::{InstallationKey, KEY_FILE, KEY_VARIABLE, STORE_FILE};
use anyhow::{Context, Result, bail, ensure};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::fs::{self, File};
use std::path::Path;
use turnpike_base::Timestamp;
use turnpike_store::{Store, beside};

/// What to back up, and where to.
pub(super) struct Wish<'a> {
    pub(super) dir: &'a Path,
    pub(super) file: &'a Path,
    /// Goes in as well.
    pub(super) key: Option<InstallationKey>,
}

/// The key that has to go in.
pub(super) fn key(dir: &Path, variable: Option<&str>) -> Result<InstallationKey> {
    InstallationKey::find(dir, variable)?.with_context(|| {
        format!("there is no key: neither {} nor {KEY_VARIABLE}", dir.join(KEY_FILE).display())
    })
}

/// Makes the file.
pub(super) async fn run(wish: &Wish<'_>, now: Timestamp) -> Result<()> {
    refuse_existing(wish.file)?;
    let store = wish.dir.join(STORE_FILE);
    ensure!(store.exists(), "{} does not exist; is --data-dir right?", store.display());
    // On the same file system as the file, private, and gone whatever happens.
    let half = tempfile::Builder::new()
        .prefix(".turnpike-backup-")
        .tempdir_in(folder(wish.file))
        .with_context(|| format!("{} can't be written", folder(wish.file).display()))?;
    beside::copy_sqlite(wish.dir, &half.path().join(STORE_FILE))
        .await
        .context("the store can't be copied")?;
    prove(half.path()).await?;
    let packed = half.path().join("backup.tar");
    archive::write(&packed, &half.path().join(STORE_FILE), wish.key.as_ref(), now)
        .with_context(|| format!("{} can't be written", wish.file.display()))?;
    appear(&packed, wish.file)
}

/// Refuses a store that its engine finds damaged.
pub(super) async fn prove(dir: &Path) -> Result<()> {
    let store = Store::look_sqlite(dir).await.context("the store can't be read")?;
    let damage = store.damage().await;
    store.close().await?;
    let damage = damage.context("the store is damaged")?;
    ensure!(damage.is_empty(), "the store is damaged: {}", damage.join("; "));
    Ok(())
}

/// Renames without overwriting, also where another made the file meanwhile.
fn appear(packed: &Path, file: &Path) -> Result<()> {
    match renameat_with(CWD, packed, CWD, file, RenameFlags::NOREPLACE) {
        Ok(()) => {}
        // Some network file systems can't promise it.
        Err(Errno::INVAL | Errno::NOSYS) => {
            refuse_existing(file)?;
            fs::rename(packed, file)?;
        }
        Err(Errno::EXIST) => return refuse_existing(file),
        Err(error) => return Err(error).with_context(|| format!("{} can't be written", file.display())),
    }
    sync(folder(file))
}

/// Makes renames in a directory last.
pub(super) fn sync(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(|| format!("{}", folder.display()))
}

fn refuse_existing(file: &Path) -> Result<()> {
    if file.symlink_metadata().is_ok() {
        bail!("{} exists; a backup overwrites nothing", file.display());
    }
    Ok(())
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
