//! Exits that are elsewhere than they claim, as the operator's database of addresses says.

use crate::common::{Demo, eventually};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../network/fixtures").join(name)
}

/// Puts other contents in place of a file, as an updater does.
fn replace(file: &Path, with: &str) {
    let fresh = file.with_extension("new");
    std::fs::copy(fixture(with), &fresh).unwrap();
    std::fs::rename(fresh, file).unwrap();
}

fn offers_berlin(demo: &Demo) -> bool {
    let answer = demo.api("ip/dynamic-citys/search?country_code=DE&state=Berlin", None);
    answer["data"]["list"] == json!(["Berlin"])
}

/// How many German addresses of type 14 could be bought.
fn german_stock(demo: &Demo) -> i64 {
    let answer = demo.api("ip/static-ip-region?isp=0", None);
    let rows = answer["data"]["list"].as_array().cloned().unwrap_or_default();
    rows.iter().find(|row| row["code"] == "DE").map_or(0, |row| row["number"].as_i64().unwrap())
}

#[test]
fn an_exit_that_is_elsewhere_is_told_and_not_sold_until_it_is_back() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("places.mmdb");
    replace(&file, "elsewhere.mmdb");
    let demo = Demo::start(&[
        "--endpoint-ports",
        "0+1",
        "--place-databases",
        file.to_str().unwrap(),
        "--withhold-misplaced",
        "country",
    ]);
    let within = Duration::from_secs(60);
    assert!(
        eventually(within, || !offers_berlin(&demo)),
        "Berlin is not sold: both of its exits are in Paris"
    );
    assert!(eventually(within, || german_stock(&demo) == 1));
    let list = demo.operator("exit/list", json!({"mismatched": true}));
    assert_eq!(list["total"], 3, "{list}");
    let rows = list["list"].as_array().or(list["rows"].as_array()).cloned().unwrap_or_default();
    let berlin: &Value = rows.iter().find(|row| row["target"] == "127.0.0.6").unwrap();
    assert_eq!(
        (&berlin["mismatch"], &berlin["withheld"], &berlin["measured"]["city"]),
        (&json!("country: claims DE, is FR"), &json!(true), &json!("Paris"))
    );
    replace(&file, "there.mmdb");
    assert!(eventually(within, || offers_berlin(&demo)), "the file changed, no signal was needed");
    assert!(eventually(within, || german_stock(&demo) == 2));
    assert_eq!(demo.operator("exit/list", json!({"mismatched": true}))["total"], 0);
}

#[test]
fn other_databases_are_taken_on_sighup() {
    let folder = tempfile::TempDir::new().unwrap();
    let config = folder.path().join("turnpike.toml");
    let name = |database: &str| {
        let text = format!("place-databases = [{:?}]\nwithhold-misplaced = \"country\"\n", fixture(database));
        std::fs::write(&config, text).unwrap();
    };
    name("there.mmdb");
    let demo = Demo::start(&["--endpoint-ports", "0+1", "--config", config.to_str().unwrap()]);
    let within = Duration::from_secs(60);
    assert!(eventually(within, || offers_berlin(&demo) && german_stock(&demo) == 2));
    name("elsewhere.mmdb");
    demo.signal("HUP");
    assert!(eventually(within, || !offers_berlin(&demo) && german_stock(&demo) == 1));
    // A list with a file that is none changes nothing.
    name("make.py");
    demo.signal("HUP");
    assert!(eventually(within, || demo.log().contains("make.py")));
    assert!(!offers_berlin(&demo));
    name("there.mmdb");
    demo.signal("HUP");
    assert!(eventually(within, || offers_berlin(&demo) && german_stock(&demo) == 2));
}
