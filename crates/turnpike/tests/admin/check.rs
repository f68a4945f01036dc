//! What a check finds in a store, beside a server that writes to it.

use crate::kit::{Ended, Place};
use serde_json::Value;
use turnpike::data_dir::{DataDir, KEY_FILE, STORE_FILE};
use turnpike_store::{Store, args};

fn furnished() -> Place {
    let place = Place::new();
    place.admin("site create default");
    place.admin("customer create --email ann@example.com");
    place.admin("package grant ann@example.com --type 9 --gb 10");
    place
}

fn check(place: &Place) -> Ended {
    place.on_data(&["check"])
}

/// Changes the store by hand.
async fn exec(place: &Place, sql: &str) {
    let store = Store::open_sqlite(&place.data()).await.unwrap();
    let tx = store.write().await.unwrap();
    assert_eq!(tx.exec(sql, args![]).await.unwrap(), 1, "{sql}");
    tx.commit().await.unwrap();
    store.close().await.unwrap();
}

/// The only line that is not ok, of a check that fails.
fn fault(place: &Place) -> String {
    let ended = check(place);
    let faults: Vec<&str> = ended.out.lines().filter(|line| !line.starts_with("ok ")).collect();
    assert_eq!((ended.code, faults.len()), (Some(1), 1), "{}{}", ended.out, ended.err);
    faults[0].to_owned()
}

#[test]
fn a_right_installation_is_clean() {
    let ended = check(&furnished());
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{}", ended.out);
    let items: Vec<&str> = ended.out.lines().map(|line| line[7..20].trim_end()).collect();
    let all = ["configuration", "store", "schema", "key", "usage", "ledger", "orders", "clock", "open files"];
    assert_eq!(items, all);
    assert!(ended.out.lines().all(|line| line.starts_with("ok ")), "{}", ended.out);
}

#[tokio::test]
async fn a_check_runs_beside_a_server_in_the_middle_of_a_write() {
    let place = furnished();
    let held = DataDir::take(&place.data()).unwrap();
    let store = Store::open_sqlite(held.path()).await.unwrap();
    let tx = store.write().await.unwrap();
    tx.exec("UPDATE packages SET used = 5", args![]).await.unwrap();
    let before = check(&place);
    assert_eq!(before.code, Some(0), "{}", before.out);
    tx.commit().await.unwrap();
    let fault = fault(&place);
    assert!(fault.starts_with("FAULT  usage"), "{fault}");
    assert!(fault.ends_with("it is 5 bytes against 0"), "{fault}");
}

#[tokio::test]
async fn programs_get_one_document() {
    let place = furnished();
    assert_eq!(place.on_data(&["check", "--json"]).json()["ok"], true);
    exec(&place, "UPDATE packages SET reserved = 1").await;
    let ended = place.on_data(&["check", "--json"]);
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((ended.code, &told["ok"]), (Some(1), &Value::Bool(false)));
    let usage = told["items"].as_array().unwrap().iter().find(|item| item["item"] == "usage").unwrap();
    assert_eq!((usage["ok"].as_bool(), usage["faults"].as_array().unwrap().len()), (Some(false), 1));
}

#[tokio::test]
async fn a_clock_behind_the_last_report_is_a_fault() {
    let place = furnished();
    exec(&place, "INSERT INTO gateway_lives VALUES ('g', 1, 1, 4102444800000)").await;
    let fault = fault(&place);
    assert!(fault.starts_with("FAULT  clock") && fault.contains("2100-01-01"), "{fault}");
}

#[tokio::test]
async fn a_schema_that_is_not_whole_is_a_fault() {
    let place = furnished();
    exec(&place, "INSERT INTO _sqlx_migrations VALUES (9999, 'later', '2100-01-01', 1, x'00', 1)").await;
    let fault = fault(&place);
    assert!(fault.starts_with("FAULT  schema") && fault.contains("9999"), "{fault}");
}

#[test]
fn a_key_of_another_installation_is_a_fault() {
    let place = furnished();
    std::fs::write(place.data().join(KEY_FILE), format!("{}\n", "ab".repeat(32))).unwrap();
    assert!(fault(&place).starts_with("FAULT  key"));
    // Where the key is kept elsewhere, whoever checks need not have it.
    std::fs::remove_file(place.data().join(KEY_FILE)).unwrap();
    let ended = check(&place);
    assert!(ended.code == Some(0) && ended.out.contains("TURNPIKE_SECRET_KEY"), "{}", ended.out);
}

#[test]
fn a_store_that_is_broken_or_missing_is_a_fault() {
    let place = furnished();
    let file = place.data().join(STORE_FILE);
    let mut bytes = std::fs::read(&file).unwrap();
    let end = bytes.len();
    bytes[8_192..end].fill(0xa5);
    std::fs::write(&file, bytes).unwrap();
    let ended = check(&place);
    assert!(ended.code == Some(1) && ended.out.contains("FAULT  store"), "{}{}", ended.out, ended.err);
    std::fs::remove_file(&file).unwrap();
    let fault = fault(&place);
    assert!(fault.contains("does not exist"), "{fault}");
    assert!(!file.exists(), "a check makes nothing");
}

#[test]
fn wrong_settings_are_told_with_their_place() {
    let place = furnished();
    let file = place.path("turnpike.toml");
    std::fs::write(&file, "log-level = 'loud'\n").unwrap();
    let ended = place.on_data(&["check", "--config", file.to_str().unwrap()]);
    assert!(ended.code == Some(1) && ended.out.contains("turnpike.toml:1: log-level"), "{}", ended.out);
}
