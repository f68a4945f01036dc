//! From arguments to calls: names and values arrive where the operator's commands look for them, and every
//! verb exists there.

use super::*;
use clap::Parser;
use serde_json::json;
use std::sync::Arc;
use turnpike_base::time::SystemClock;
use turnpike_control::{Control, operator};
use turnpike_store::{Store, Vault};

#[derive(Debug, Parser)]
struct Line {
    #[command(subcommand)]
    noun: Noun,
}

fn parse(line: &str) -> Result<Noun, clap::Error> {
    Line::try_parse_from(std::iter::once("admin").chain(line.split(' '))).map(|line| line.noun)
}

fn call(line: &str) -> Call {
    parse(line).unwrap().call().unwrap()
}

fn is(line: &str, path: &str, input: &Value) {
    let call = call(line);
    assert_eq!((call.path.as_str(), &call.input), (path, input), "{line}");
}

#[test]
fn what_is_not_said_is_left_out() {
    is("customer create --email a@b.c", "customer/create", &json!({"email": "a@b.c"}));
    is("customer list", "customer/list", &json!({}));
    is("site list", "site/list", &json!({}));
}

#[test]
fn money_goes_back_by_its_number_or_by_its_order() {
    is("payment return 3 --reference R", "payment/return", &json!({"id": 3, "reference": "R"}));
    is(
        "payment return --order 2026 --amount 12.50",
        "payment/return",
        &json!({"trade_no": "2026", "amount": "12.50"}),
    );
    for neither in ["payment return", "payment return 3 --order 2026", "payment return 3 --amount 1"] {
        assert!(parse(neither).is_err(), "{neither}");
    }
}

#[test]
fn people_and_packages_become_json() {
    is(
        "site create Brand --prefix /a --prefix /b --lang en --currency USD --demands-verification",
        "site/create",
        &json!({"name": "Brand", "prefixes": ["/a", "/b"], "lang": "en", "currency": "USD",
            "allow_private_clients": false, "demands_verification": true, "hosts": [], "look": {}}),
    );
    is(
        "customer create --email a@b.c --password hunter2hunter2 --site Brand",
        "customer/create",
        &json!({"email": "a@b.c", "password": "hunter2hunter2", "site": "Brand"}),
    );
    is("customer key a@b.c --rotate", "customer/key", &json!({"email": "a@b.c", "rotate": true}));
    is(
        "package grant a@b.c --type 9 --gb 10 --days 30",
        "package/grant",
        &json!({"customer": "a@b.c", "type": 9, "gb": 10, "days": 30}),
    );
    is(
        "package list a@b.c --page 2 --size 5",
        "package/list",
        &json!({"customer": "a@b.c", "page": 2, "size": 5}),
    );
    is("account show alice", "account/show", &json!({"username": "alice"}));
}

#[test]
fn exits_addresses_and_usage_become_json() {
    is(
        "exit add 10.0.0.0/24 --pool residential,isp --pool datacenter --country US --asn 64500 --resolve gateway",
        "exit/add",
        &json!({"target": "10.0.0.0/24", "pools": ["residential", "isp", "datacenter"], "country": "US",
            "asn": 64500, "resolve": "gateway"}),
    );
    is("exit drain 7", "exit/drain", &json!({"id": 7}));
    is("exit disable 7", "exit/disable", &json!({"id": 7}));
    is("job run 3", "job/run", &json!({"id": 3}));
    is(
        "static-ip maintain 192.0.2.1 --off",
        "static-ip/maintain",
        &json!({"address": "192.0.2.1", "off": true}),
    );
    is(
        "static-ip grant a@b.c --type 14 --country US --count 2",
        "static-ip/grant",
        &json!({"customer": "a@b.c", "type": 14, "country": "US", "count": 2}),
    );
    is(
        "usage trace --exit 192.0.2.1 --at 2026-11-24T12:00:00Z",
        "usage/trace",
        &json!({"exit": "192.0.2.1", "at": "2026-11-24T12:00:00Z"}),
    );
}

#[test]
fn an_import_carries_the_files_text() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "address,type,country\n").unwrap();
    let line = format!("static-ip import {}", file.path().display());
    is(&line, "static-ip/import", &json!({"file": "address,type,country\n"}));
    let missing = parse("static-ip import /nowhere/stock.csv").unwrap().call().unwrap_err();
    assert!(missing.to_string().contains("/nowhere/stock.csv"), "{missing}");
}

#[test]
fn nonsense_is_refused_before_it_goes_out() {
    for line in [
        "customer create",
        "exit add 10.0.0.1 --country US",
        "usage trace --exit here --at now",
        "static-ip grant a@b.c --type 14 --country US --count 1001",
        "package grant a@b.c --type 9 --gb many",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
    // Bounds of the operator's own commands are told by them, with their units.
    assert_eq!(call("package grant a@b.c --type 9 --gb -1").input["gb"], json!(-1));
}

/// A line for every verb, in an order in which each finds what it works on.
const EVERY: &[&str] = &[
    "site create default --allow-private-clients",
    "site list",
    "site entry us --host us.gate.example",
    "site change default --title Brand --colour #1c5d99 --host brand.example --closed true",
    "customer create --email a@b.co --password hunter2hunter2",
    "customer list --page 1",
    "customer show a@b.co",
    "customer verify a@b.co --seen 0",
    "customer waiting",
    "customer refuse a@b.co --reason unreadable",
    "customer phone a@b.co +8613800000000",
    "customer reset a@b.co",
    "customer see-as a@b.co",
    "customer disable a@b.co",
    "customer enable a@b.co",
    "customer key a@b.co --rotate",
    "operator create --email op@b.co --password hunter2hunter2 --role owner",
    "operator create --email two@b.co --password hunter2hunter2",
    "operator list",
    "operator role two@b.co network",
    "operator reset two@b.co --password hunter3hunter3",
    "operator disable two@b.co",
    "operator enable two@b.co",
    "audit list --customer a@b.co",
    "mail list",
    "article list",
    "article show first-steps",
    "article save first-steps --position 70 --hidden true",
    "article remove first-steps",
    "package grant a@b.co --type 9 --gb 10",
    "package list a@b.co",
    "account list a@b.co",
    "exit add 127.0.9.1 --pool residential --country US --state California",
    "exit list",
    "rule list",
    "rule close --host a.example --port 6667",
    "rule open --port 6667",
    "exit drain 1",
    "exit disable 1",
    "exit enable 1",
    "exit probe 1",
    "exit remove 1",
    "static-ip list",
    "usage days a@b.co --days 2 --username alice",
    "usage trace --exit 127.0.9.1 --at 2026-11-24T12:00:00Z",
];
/// Verbs whose objects no other verb makes, or that need a file: they have to be found, and to say that
/// theirs is not there.
const WITHOUT_OBJECT: &[(&str, &str)] = &[
    ("account show alice", "account_unknown"),
    ("job run 999", "job_busy"),
    ("mail show 999", "mail_unknown"),
    ("static-ip release 7", "static_unknown"),
    ("static-ip maintain 192.0.2.1", "static_not_in_stock"),
    ("static-ip remove 192.0.2.1", "static_not_in_stock"),
    ("static-ip grant a@b.co --type 14 --country US", "static_out_of_stock"),
];

#[tokio::test]
async fn every_verb_is_one_of_the_operators_commands() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_sqlite(dir.path()).await.unwrap();
    let control = Control::open(store, Vault::new([7; 32]), Arc::new(SystemClock)).await.unwrap();
    for line in EVERY {
        let Call { path, input } = call(line);
        let outcome = operator::run(&control, &path, input).await;
        assert!(outcome.is_ok(), "{line}: {}", outcome.unwrap_err());
    }
    for (line, slug) in WITHOUT_OBJECT {
        let Call { path, input } = call(line);
        assert_eq!(operator::run(&control, &path, input).await.unwrap_err().slug, *slug, "{line}");
    }
}
