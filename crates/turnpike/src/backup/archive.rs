//! The backup's file: a plain tar, so that every machine can look into it. First the manifest, then the
//! store, then perhaps the key.

use crate::data_dir::{InstallationKey, KEY_FILE, STORE_FILE};
use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use tar::{Archive, Builder, Entry, EntryType, Header};
use turnpike_base::Timestamp;

/// What this version writes, and the newest that it reads.
pub(super) const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
/// A manifest that is larger is none.
const LARGEST_MANIFEST: u64 = 64 * 1_024;

/// What a backup says of itself.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Of the file.
    pub(super) format: u32,
    /// Of turnpike.
    pub(super) version: String,
    /// RFC 3339, UTC.
    pub(super) created_at: String,
    /// Whether the key is in it.
    pub(super) with_key: bool,
}

/// Writes a fresh file that only its owner can read, down to the disk.
pub(super) fn write(to: &Path, store: &Path, key: Option<&InstallationKey>, now: Timestamp) -> Result<()> {
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        created_at: format!("{}Z", now.wall(&jiff::tz::TimeZone::UTC).replace(' ', "T")),
        with_key: key.is_some(),
    };
    let mut tar = Builder::new(private(to)?);
    let text = serde_json::to_string_pretty(&manifest)? + "\n";
    add(&mut tar, MANIFEST, text.len() as u64, text.as_bytes(), now)?;
    let store = File::open(store)?;
    add(&mut tar, STORE_FILE, store.metadata()?.len(), store, now)?;
    if let Some(key) = key {
        let text: String =
            key.bytes().iter().map(|byte| format!("{byte:02x}")).chain(["\n".to_owned()]).collect();
        add(&mut tar, KEY_FILE, text.len() as u64, text.as_bytes(), now)?;
    }
    tar.into_inner()?.sync_all()?;
    Ok(())
}

fn add(tar: &mut Builder<File>, name: &str, size: u64, from: impl Read, now: Timestamp) -> Result<()> {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_size(size);
    header.set_mtime(u64::try_from(now.0 / 1_000).unwrap_or(0));
    Ok(tar.append_data(&mut header, name, from)?)
}

/// Unpacks into an empty directory: every part whole, nothing that does not belong.
pub(super) fn read(from: File, into: &Path) -> Result<Manifest> {
    let mut archive = Archive::new(from);
    let mut entries = archive.entries()?;
    let manifest = manifest(sound(entries.next().context("it is empty")?)?)?;
    let mut found = Vec::new();
    for entry in entries {
        found.push(part(sound(entry)?, into)?);
    }
    let wanted = if manifest.with_key { &[STORE_FILE, KEY_FILE][..] } else { &[STORE_FILE][..] };
    ensure!(found == wanted, "it holds {found:?} where {wanted:?} is expected");
    Ok(manifest)
}

/// What the reader of archives says of a file that is none quotes the file.
fn sound(entry: std::io::Result<Entry<'_, File>>) -> Result<Entry<'_, File>> {
    entry.or_else(|_| bail!("it is no archive, or a part of one"))
}

fn manifest(entry: Entry<'_, File>) -> Result<Manifest> {
    ensure!(*entry.path_bytes() == *MANIFEST.as_bytes(), "it does not begin with {MANIFEST}");
    let mut text = String::new();
    entry.take(LARGEST_MANIFEST).read_to_string(&mut text)?;
    let manifest: Manifest =
        serde_json::from_str(&text).with_context(|| format!("its {MANIFEST} can't be read"))?;
    ensure!(
        manifest.format <= FORMAT,
        "its format is {}, which a newer turnpike wrote ({})",
        manifest.format,
        manifest.version
    );
    Ok(manifest)
}

/// Unpacks one part and gives its name.
fn part(mut entry: Entry<'_, File>, into: &Path) -> Result<&'static str> {
    let known = [STORE_FILE, KEY_FILE].into_iter().find(|name| *entry.path_bytes() == *name.as_bytes());
    let regular = entry.header().entry_type() == EntryType::Regular;
    let Some(name) = known.filter(|_| regular) else {
        bail!("it holds {:?}, which no backup does", String::from_utf8_lossy(&entry.path_bytes()))
    };
    let size = entry.size();
    // One that comes twice is refused here.
    let mut file = private(&into.join(name))?;
    let copied = std::io::copy(&mut entry, &mut file)?;
    ensure!(copied == size, "{name} ends after {copied} of {size} bytes");
    file.flush()?;
    file.sync_all()?;
    Ok(name)
}

fn private(path: &Path) -> Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("{} can't be written", path.display()))
}
