//! The data directory: one holder, a private key, and what counts as empty.

use super::*;
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_second_holder_is_refused_until_the_first_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let held = DataDir::take(dir.path()).unwrap();
    let told = DataDir::take(dir.path()).unwrap_err().to_string();
    assert!(told.contains(&format!("process {}", std::process::id())), "{told}");
    drop(held);
    assert!(DataDir::take(dir.path()).is_ok());
}

#[test]
fn a_missing_directory_is_made_for_its_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a/b");
    let held = DataDir::take(&path).unwrap();
    assert_eq!(fs::metadata(held.path()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_lock_alone_is_an_empty_directory() {
    let dir = tempfile::tempdir().unwrap();
    assert!(is_empty(&dir.path().join("missing")).unwrap());
    let held = DataDir::take(dir.path()).unwrap();
    assert!(is_empty(held.path()).unwrap());
    fs::write(dir.path().join("note"), "").unwrap();
    assert!(!is_empty(held.path()).unwrap());
}

#[test]
fn a_strangers_file_is_told_apart_from_an_installation() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(stranger(&dir.path().join("missing")).unwrap(), None);
    let held = DataDir::take(dir.path()).unwrap();
    assert_eq!(stranger(held.path()).unwrap(), None);
    fs::write(dir.path().join("note"), "").unwrap();
    assert_eq!(stranger(held.path()).unwrap().as_deref(), Some("note"));
    InstallationKey::create(dir.path()).unwrap();
    assert_eq!(stranger(held.path()).unwrap(), None, "an installation lives here");
}

#[test]
fn the_key_is_private_and_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(InstallationKey::find(dir.path(), None).unwrap(), None);
    let key = InstallationKey::create(dir.path()).unwrap();
    assert_eq!(fs::metadata(dir.path().join(KEY_FILE)).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(InstallationKey::find(dir.path(), None).unwrap(), Some(key.clone()));
    assert_eq!(format!("{key:?}"), "InstallationKey(***)");
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    InstallationKey::create(dir.path()).unwrap();
    fs::set_permissions(dir.path().join(KEY_FILE), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(InstallationKey::find(dir.path(), None).unwrap_err().to_string().contains("chmod 600"));
}

#[test]
fn variable_and_file_must_not_disagree() {
    let dir = tempfile::tempdir().unwrap();
    let said = "ab".repeat(32);
    assert!(InstallationKey::find(dir.path(), Some(&said)).unwrap().is_some());
    InstallationKey::create(dir.path()).unwrap();
    assert!(
        InstallationKey::find(dir.path(), Some(&said)).unwrap_err().to_string().contains("different keys")
    );
    let told = InstallationKey::find(dir.path(), Some("hunter2")).unwrap_err().to_string();
    assert!(told.contains("64 hexadecimal") && !told.contains("hunter2"));
}
