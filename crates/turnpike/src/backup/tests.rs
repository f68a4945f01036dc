//! The backup's file: whole or refused. Its round trip is tested with the real binary (tests/admin).

use super::archive::{self, FORMAT, Manifest};
use crate::data_dir::{InstallationKey, KEY_FILE, STORE_FILE};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use turnpike_base::Timestamp;

const NOW: Timestamp = Timestamp(1_795_521_600_000);

/// A backup of a store of 100,000 bytes.
fn made(folder: &Path, key: Option<&InstallationKey>) -> PathBuf {
    let store = folder.join("store");
    fs::write(&store, vec![7; 100_000]).unwrap();
    let file = folder.join("backup.tar");
    archive::write(&file, &store, key, NOW).unwrap();
    file
}

fn unpacked(file: &Path) -> (tempfile::TempDir, anyhow::Result<Manifest>) {
    let into = tempfile::tempdir().unwrap();
    let read = archive::read(File::open(file).unwrap(), into.path());
    (into, read)
}

fn refusal(file: &Path) -> String {
    format!("{:#}", unpacked(file).1.unwrap_err())
}

#[test]
fn what_goes_in_comes_out() {
    let folder = tempfile::tempdir().unwrap();
    let key = InstallationKey::create(folder.path()).unwrap();
    let (into, read) = unpacked(&made(folder.path(), Some(&key)));
    let manifest = read.unwrap();
    assert_eq!((manifest.format, manifest.with_key), (FORMAT, true));
    assert_eq!(manifest.created_at, "2026-11-24T12:00:00Z");
    assert_eq!(fs::read(into.path().join(STORE_FILE)).unwrap(), vec![7; 100_000]);
    assert_eq!(InstallationKey::find(into.path(), None).unwrap(), Some(key));
}

#[test]
fn the_key_stays_out_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let (into, read) = unpacked(&made(folder.path(), None));
    assert!(!read.unwrap().with_key && !into.path().join(KEY_FILE).exists());
}

#[test]
fn half_a_backup_is_refused_wherever_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let file = made(folder.path(), None);
    let whole = fs::read(&file).unwrap();
    for length in [0, 100, 600, 1_500, 2_000, 60_000, 101_000] {
        fs::write(&file, &whole[..length]).unwrap();
        assert!(!refusal(&file).is_empty(), "{length}");
    }
}

#[test]
fn other_files_and_newer_formats_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other");
    fs::write(&file, vec![b'x'; 4_096]).unwrap();
    refusal(&file);
    let packed = |entries: &[(&str, &str)]| {
        let mut tar = tar::Builder::new(File::create(&file).unwrap());
        for (name, text) in entries {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o600);
            tar.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        tar.finish().unwrap();
        refusal(&file)
    };
    let manifest =
        |format| format!(r#"{{"format":{format},"version":"9.9","created_at":"x","with_key":false}}"#);
    let (ours, newer) = (manifest(1), manifest(2));
    assert!(packed(&[(STORE_FILE, "")]).contains("does not begin with manifest.json"));
    assert!(packed(&[("manifest.json", &newer), (STORE_FILE, "")]).contains("newer turnpike wrote (9.9)"));
    assert!(packed(&[("manifest.json", &ours)]).contains("turnpike.db"));
    assert!(packed(&[("manifest.json", &ours), ("etc/passwd", "")]).contains("etc/passwd"));
    assert!(packed(&[("manifest.json", &ours), (STORE_FILE, ""), (STORE_FILE, "")]).contains(STORE_FILE));
    assert!(packed(&[("manifest.json", &ours), (STORE_FILE, ""), (KEY_FILE, "")]).contains(KEY_FILE));
}
