//! What the demo is made of.

use serde_json::{Value, json};

/// Country, state, city, ASN.
const PLACES: &[(&str, Option<&str>, &str, u32)] = &[
    ("US", Some("California"), "Los Angeles", 7922),
    ("US", Some("California"), "San Francisco", 7018),
    ("US", Some("New York"), "New York City", 701),
    ("US", Some("Texas"), "Houston", 7922),
    ("DE", Some("Berlin"), "Berlin", 3320),
    ("DE", Some("Bavaria"), "Munich", 3209),
    ("GB", Some("England"), "London", 2856),
    ("FR", None, "Paris", 3215),
    ("JP", None, "Tokyo", 2516),
    ("SG", None, "Singapore", 9506),
    ("BR", None, "São Paulo", 27699),
    ("AU", None, "Sydney", 1221),
];

/// The pools an exit of each round serves in, and the first address of the round.
const ROUNDS: &[(&str, u8)] = &[("residential", 2), ("residential", 32), ("datacenter", 62), ("isp", 92)];

/// Exits on 127.0.0.x, never 127.0.0.1.
pub(super) fn exits() -> impl Iterator<Item = Value> {
    ROUNDS.iter().flat_map(|(pool, first)| {
        (*first..).zip(PLACES).map(move |(last, (country, state, city, asn))| {
            json!({"target": format!("127.0.0.{last}"), "pools": [pool], "country": country, "state": state,
                "city": city, "asn": asn})
        })
    })
}

/// Entries that `ep` names; all of them lead to this machine.
pub(super) const ENTRIES: &[&str] = &["us", "hk", "de"];

/// Static stock; DE has no shared addresses.
pub(super) const STATICS: &str = "address,type,country,city,asn,isp,sharing,holders
127.0.9.1,14,US,Los Angeles,7922,Comcast,exclusive,
127.0.9.2,14,US,Los Angeles,7922,Comcast,exclusive,
127.0.9.3,14,US,New York City,701,Verizon,shared,3
127.0.9.4,14,DE,Berlin,3320,Deutsche Telekom,exclusive,
127.0.9.5,14,DE,Munich,3320,Deutsche Telekom,exclusive,
127.0.9.6,14,SG,Singapore,9506,Singtel,shared,2
127.0.9.7,14,SG,Singapore,9506,Singtel,exclusive,
127.0.9.17,25,US,Los Angeles,7018,AT&T,exclusive,
127.0.9.18,25,US,Houston,7018,AT&T,shared,3
127.0.9.19,25,GB,London,2856,BT,exclusive,
127.0.9.20,25,GB,London,2856,BT,shared,2
127.0.9.21,25,JP,Tokyo,2516,KDDI,exclusive,
";

/// What is sold, as a catalogue file.
pub(super) const SHOP: &str = include_str!("catalogue.toml");

/// Balance for two hundred purchases.
pub(super) const BALANCE: &str = "100000.00";

/// Purchases of the main types.
pub(super) const PURCHASES: &[&str] = &[
    r#"{"product": "residential-20"}"#,
    r#"{"product": "residential-100"}"#,
    r#"{"product": "unmetered", "bandwidth": 200, "concurrency": 200, "days": 30}"#,
    r#"{"product": "datacenter-50"}"#,
    r#"{"product": "isp-50"}"#,
    r#"{"product": "rotating-20"}"#,
    r#"{"product": "extraction-1000"}"#,
    r#"{"product": "static-datacenter", "regions": "US,1"}"#,
];
