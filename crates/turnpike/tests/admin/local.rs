//! Commands on a data directory.

use crate::kit::{Place, run};
use std::os::unix::fs::PermissionsExt;
use turnpike::data_dir::{DataDir, KEY_FILE};

/// A site and a customer.
fn furnished() -> Place {
    let place = Place::new();
    place.admin("site create default --lang en --currency USD");
    place.admin("customer create --email ann@example.com --password hunter2hunter2");
    place
}

#[test]
fn an_installation_is_run_without_a_server() {
    let place = Place::new();
    assert_eq!(place.admin("site create default")["id"], 1);
    let customer = place.admin("customer create --email ann@example.com");
    assert_eq!(customer["app_key"].as_str().unwrap().len(), 32);
    assert_eq!(place.admin("customer key ann@example.com")["app_key"], customer["app_key"]);
    let package = place.admin("package grant ann@example.com --type 9 --gb 10");
    assert_eq!(package["type"], 9);
    let exit = place.admin("exit add 127.0.9.1 --pool residential --country US");
    let listed = place.admin("exit list");
    assert_eq!((&listed["total"], &listed["list"][0]["id"]), (&1.into(), &exit["id"]));
    let mode = |path: std::path::PathBuf| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(place.data()), mode(place.data().join(KEY_FILE))), (0o700, 0o600));
}

#[test]
fn people_get_tables_and_lines() {
    let place = furnished();
    let listed = place.on_data(&["admin", "customer", "list"]);
    let lines: Vec<&str> = listed.out.lines().collect();
    assert_eq!(lines.len(), 2, "{}", listed.out);
    assert!(lines[0].starts_with("id  email") && lines[1].contains("ann@example.com"), "{}", listed.out);
    assert!(!listed.out.contains('\x1b') && listed.err.is_empty(), "{}{}", listed.out, listed.err);
    let shown = place.on_data(&["admin", "customer", "show", "ann@example.com"]);
    assert!(shown.out.lines().any(|line| line.split_whitespace().eq(["verified", "no"])), "{}", shown.out);
    let none = place.on_data(&["admin", "exit", "list"]);
    assert_eq!((none.out.as_str(), none.err.as_str()), ("", "none\n"));
}

#[test]
fn refusals_name_fields_with_bounds_and_units() {
    let place = furnished();
    let words = ["admin", "package", "grant", "ann@example.com", "--type", "9", "--gb", "0"];
    let refused = place.on_data(&words);
    assert!(refused.refusal().contains("\n  gb: must be a whole number from 1 to 10000000 GB"));
    let refused = place.on_data(&["admin", "customer", "create", "--email", "ann"]);
    assert!(refused.refusal().contains("\n  email: must be an e-mail address"));
    let refused = place.on_data(&["admin", "customer", "create", "--email", "Ann@example.com", "--json"]);
    assert!(refused.refusal().contains("[email_taken]"));
}

#[test]
fn a_directory_that_is_held_is_refused() {
    let place = furnished();
    let held = DataDir::take(&place.data()).unwrap();
    let refused = place.on_data(&["admin", "customer", "list"]);
    assert!(refused.refusal().contains("held by another turnpike process"), "{}", refused.err);
    assert!(refused.err.contains("TURNPIKE_API"), "{}", refused.err);
    drop(held);
    assert_eq!(place.admin("customer list")["total"], 1);
}

#[test]
fn nowhere_to_work_names_both_ways() {
    let told = run(&["admin", "customer", "list"], &[], "");
    assert!(told.refusal().contains("TURNPIKE_API") && told.err.contains("--data-dir"), "{}", told.err);
}

#[test]
fn a_store_never_gets_a_second_key() {
    let place = furnished();
    std::fs::remove_file(place.data().join(KEY_FILE)).unwrap();
    let refused = place.on_data(&["admin", "customer", "list"]);
    assert!(refused.refusal().contains("TURNPIKE_SECRET_KEY"), "{}", refused.err);
    assert!(!place.data().join(KEY_FILE).exists());
}

#[test]
fn secrets_can_come_by_the_standard_input() {
    let place = furnished();
    let data = place.data();
    let dir = data.to_str().unwrap();
    let words = ["admin", "customer", "create", "--email", "bo@example.com", "--data-dir", dir, "--password"];
    let short = run(&words, &[], "short\n");
    assert!(short.refusal().contains("\n  password: ") && !short.err.contains("short\n"), "{}", short.err);
    assert_eq!(run(&words, &[], "hunter2hunter2\n").code, Some(0));
    assert!(run(&words, &[], "").refusal().contains("nothing came"));
    let words = ["admin", "exit", "add", "-", "--pool", "isp", "--country", "US", "--data-dir", dir];
    let added = run(&words, &[], "socks5://me:hunter2@parent.example:1080\n");
    assert_eq!(added.code, Some(0), "{}", added.err);
    assert_eq!(place.admin("exit list")["list"][0]["target"], "socks5://me@parent.example:1080");
    let stock = "address,type,country\n192.0.2.1,14,US\n192.0.2.2,14,US\n";
    let words = ["admin", "static-ip", "import", "-", "--data-dir", dir, "--json"];
    assert_eq!(run(&words, &[], stock).json()["imported"], 2);
    let granted = place.admin("static-ip grant ann@example.com --type 14 --country US --count 2");
    assert_eq!(granted["addresses"].as_array().unwrap().len(), 2);
}
