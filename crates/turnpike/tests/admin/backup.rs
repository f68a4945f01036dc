//! Backups and what comes of them.

use crate::kit::{Place, on, run};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use turnpike::data_dir::{DataDir, KEY_FILE};
use turnpike_store::{Store, args};

fn furnished() -> Place {
    let place = Place::new();
    place.admin("site create default");
    place.admin("customer create --email ann@example.com");
    place
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Makes a backup called `ours`.
fn backup(place: &Place, more: &[&str]) -> PathBuf {
    let file = place.path("ours");
    let made = place.on_data(&[&["backup", text(&file)], more].concat());
    assert_eq!((made.code, made.out.trim_end()), (Some(0), text(&file)), "{}", made.err);
    assert_eq!(made.err.contains("the key is not in it"), more.is_empty(), "{}", made.err);
    file
}

/// Names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_with_its_key_is_a_whole_installation() {
    let place = furnished();
    let app_key = place.admin("customer key ann@example.com")["app_key"].clone();
    let file = backup(&place, &["--with-key"]);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(names(&place.path(".")), ["data", "ours"]);
    let fresh = place.path("fresh");
    let restored = on(&fresh, &["restore", text(&file)]);
    assert_eq!((restored.code, restored.out.trim_end()), (Some(0), text(&fresh)), "{}", restored.err);
    assert!(!restored.err.contains(KEY_FILE), "{}", restored.err);
    assert_eq!(names(&fresh), ["lock", "secret.key", "turnpike.db"]);
    assert_eq!(on(&fresh, &["check"]).code, Some(0));
    let told = on(&fresh, &["admin", "customer", "key", "ann@example.com", "--json"]).json();
    assert_eq!(told["app_key"], app_key);
}

#[test]
fn without_its_key_a_backup_says_how_to_give_it() {
    let place = furnished();
    let file = backup(&place, &[]);
    let fresh = place.path("fresh");
    let restored = on(&fresh, &["restore", text(&file)]);
    assert_eq!(restored.code, Some(0), "{}", restored.err);
    assert!(
        restored.err.contains("TURNPIKE_SECRET_KEY") && restored.err.contains("mode 0600"),
        "{}",
        restored.err
    );
    assert!(!fresh.join(KEY_FILE).exists());
    let key = || on(&fresh, &["admin", "customer", "key", "ann@example.com", "--json"]);
    assert!(key().refusal().contains(KEY_FILE));
    std::fs::copy(place.data().join(KEY_FILE), fresh.join(KEY_FILE)).unwrap();
    assert_eq!(key().json()["email"], "ann@example.com");
    assert_eq!(on(&fresh, &["check"]).code, Some(0));
}

#[tokio::test]
async fn a_backup_beside_a_server_holds_what_was_committed() {
    let place = furnished();
    let held = DataDir::take(&place.data()).unwrap();
    let store = Store::open_sqlite(held.path()).await.unwrap();
    let tx = store.write().await.unwrap();
    tx.exec("UPDATE customers SET verified = 1", args![]).await.unwrap();
    let file = backup(&place, &["--with-key"]);
    tx.commit().await.unwrap();
    let fresh = place.path("fresh");
    assert_eq!(on(&fresh, &["restore", text(&file)]).code, Some(0));
    let shown = on(&fresh, &["admin", "customer", "show", "ann@example.com", "--json"]).json();
    assert_eq!(shown["verified"], false);
}

#[test]
fn nothing_is_overwritten() {
    let place = furnished();
    let file = backup(&place, &[]);
    let before = std::fs::read(&file).unwrap();
    assert!(place.on_data(&["backup", text(&file)]).refusal().contains("overwrites nothing"));
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert!(place.on_data(&["restore", text(&file)]).refusal().contains("is not empty"));
    let other = place.path("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("note"), "mine").unwrap();
    assert!(on(&other, &["restore", text(&file)]).refusal().contains("is not empty"));
    assert_eq!(names(&other), ["note"]);
}

#[test]
fn a_directory_that_is_held_is_not_restored_into() {
    let place = furnished();
    let file = backup(&place, &[]);
    let fresh = place.path("fresh");
    let held = DataDir::take(&fresh).unwrap();
    assert!(on(&fresh, &["restore", text(&file)]).refusal().contains("held by another"));
    drop(held);
    assert_eq!(on(&fresh, &["restore", text(&file)]).code, Some(0));
}

#[test]
fn a_backup_that_is_damaged_leaves_an_empty_directory() {
    let place = furnished();
    let file = backup(&place, &[]);
    let mut bytes = std::fs::read(&file).unwrap();
    // Behind the manifest and the store's first pages.
    bytes[12_288..40_960].fill(0xa5);
    std::fs::write(&file, &bytes).unwrap();
    let fresh = place.path("fresh");
    let refused = on(&fresh, &["restore", text(&file)]);
    assert!(refused.refusal().contains("damaged"), "{}", refused.err);
    assert_eq!(names(&fresh), ["lock"]);
    std::fs::write(&file, &bytes[..30_000]).unwrap();
    assert!(on(&fresh, &["restore", text(&file)]).refusal().contains("no whole backup"));
    assert_eq!(names(&fresh), ["lock"]);
}

#[test]
fn a_store_that_is_not_there_gives_no_file() {
    let place = Place::new();
    let file = place.path("ours");
    let refused = place.on_data(&["backup", text(&file)]);
    assert!(refused.refusal().contains("does not exist"), "{}", refused.err);
    assert!(names(&place.path(".")).is_empty());
}

#[test]
fn postgresql_is_left_to_its_own_tools() {
    let url = [("TURNPIKE_DATABASE_URL", "postgres://u:hunter2@h/db")];
    let refused = run(&["backup", "x.dump"], &url, "");
    assert!(refused.refusal().contains("pg_dump --format=custom --file='x.dump' 'postgres://u@h/db'"));
    let other = run(&["restore", "x.dump"], &url, "");
    assert!(other.refusal().contains("pg_restore"), "{}", other.err);
    assert!(!format!("{}{}", refused.err, other.err).contains("hunter2"));
}
