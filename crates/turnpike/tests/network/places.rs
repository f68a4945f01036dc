//! Username targeting against the world's names.

use crate::client::{Customer, auth};
use crate::common::Demo;
use serde_json::json;

#[test]
fn places_are_known_in_all_their_spellings_and_near_misses_are_told() {
    let demo = Demo::start(&["--endpoint-ports", "0+1"]);
    demo.account("place01", json!({}));
    let (me, proxy) = (Customer::own(&demo), demo.text("/proxy"));
    for name in [
        "area-US_city-LosAngeles",
        "area-us_city-los angeles",
        "country-USA_city-LOS-ANGELES",
        "area-美国_state-CA_city-洛杉矶",
        "city-Los.Angeles_state-california_area-UnitedStates",
        "AREA-US_STATE-US-CA_CITY-losangeles_asn-AS7922",
    ] {
        let ip = me.get(&demo, &proxy, &auth(&format!("place01_{name}"))).ip();
        // Exits 127.0.0.2 and .32 stand there; those of other pools don't serve this account.
        assert!(["127.0.0.2", "127.0.0.32"].contains(&ip.as_str()), "{name}: {ip}");
    }
    for (name, status, told) in [
        ("area-US_city-Chicago", 503, "no_exit"),
        ("area-US_state-Ohio", 503, "no_exit"),
        ("area-IT", 503, "no_exit"),
        (
            "area-US_city-LosAngelas",
            400,
            "unknown_place \"There is no city \\\"LosAngelas\\\"; did you mean Los Angeles",
        ),
        ("area-US_state-Califronia", 400, "did you mean California"),
        ("area-Germny", 400, "did you mean Germany"),
        ("city-Berlin", 400, "unknown_place \"A city needs a country"),
    ] {
        let refusal = me.get(&demo, &proxy, &auth(&format!("place01_{name}"))).refusal();
        assert!(refusal.0 == status && refusal.1.contains(told), "{name}: {refusal:?}");
    }
}
