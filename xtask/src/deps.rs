//! Who may know whom: the direction of crates, checked against the cargo graph.

use crate::Faults;
use crate::repo::Repo;
use serde_json::Value;

/// Each crate with the crates of the workspace it may use. A crate that is not named here is a fault.
const ALLOWED: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("wire", &["base"]),
    ("proxyproto", &["base"]),
    ("places", &["base"]),
    ("store", &["base"]),
    ("fetch", &[]),
    ("courier", &["base", "fetch"]),
    ("web", &["base", "wire", "store", "places"]),
    ("identity", &["base", "wire", "store", "web", "places"]),
    ("access", &["base", "wire", "store", "web", "places", "identity"]),
    ("network", &["base", "wire", "store", "web", "places", "identity", "access"]),
    ("metering", &["base", "wire", "store", "web", "places", "identity", "access", "network"]),
    (
        "commerce",
        &["base", "wire", "store", "fetch", "web", "places", "identity", "access", "network", "metering"],
    ),
    (
        "control",
        &[
            "base",
            "wire",
            "store",
            "web",
            "places",
            "identity",
            "access",
            "network",
            "metering",
            "commerce",
            "courier",
            "proxyproto",
        ],
    ),
    ("gateway", &["base", "wire", "proxyproto"]),
    ("console", &["base"]),
    ("bench", &["base"]),
    ("stand-in", &["fetch"]),
];

/// Crates from elsewhere that only these may use, because they stand behind them.
const KEPT: &[(&str, &[&str])] = &[("sea-orm", &["store"]), ("sqlx", &["store"])];

pub(crate) fn check(repo: &Repo) -> Result<Faults, String> {
    let text = repo.run("cargo", &["metadata", "--format-version", "1", "--no-deps", "--offline"])?;
    let graph: Value = serde_json::from_str(&text).map_err(|e| format!("cargo metadata: {e}"))?;
    let packages = graph["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    Ok(packages.iter().flat_map(faults_of).collect())
}

fn faults_of(package: &Value) -> Faults {
    let name = package["name"].as_str().unwrap_or_default();
    let Some(part) = name.strip_prefix("turnpike-") else { return Vec::new() };
    let Some((_, allowed)) = ALLOWED.iter().find(|(n, _)| *n == part) else {
        return vec![format!("{name} has no place in xtask/src/deps.rs")];
    };
    used(package).iter().filter_map(|used| fault(part, allowed, used)).collect()
}

/// Names of what a package uses outside its tests.
fn used(package: &Value) -> Vec<String> {
    let all = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
    let kept = all.iter().filter(|d| d["kind"].as_str() != Some("dev"));
    kept.filter_map(|d| d["name"].as_str().map(str::to_owned)).collect()
}

fn fault(part: &str, allowed: &[&str], used: &str) -> Option<String> {
    if let Some(other) = used.strip_prefix("turnpike-") {
        return (!allowed.contains(&other)).then(|| format!("{part} must not know {other}"));
    }
    let (_, owners) = KEPT.iter().find(|(name, _)| *name == used)?;
    (!owners.contains(&part)).then(|| format!("{part} must not use {used}: only {} does", owners.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(name: &str, used: &str, kind: Option<&str>) -> Value {
        json!({"name": name, "dependencies": [{"name": used, "kind": kind}]})
    }

    #[test]
    fn a_gateway_must_not_know_the_store() {
        let faults = faults_of(&package("turnpike-gateway", "turnpike-store", None));
        assert_eq!(faults, ["gateway must not know store"]);
        assert!(faults_of(&package("turnpike-gateway", "turnpike-wire", None)).is_empty());
    }

    #[test]
    fn tests_may_use_more() {
        assert!(faults_of(&package("turnpike-gateway", "turnpike-store", Some("dev"))).is_empty());
    }

    #[test]
    fn only_the_store_talks_to_a_database() {
        assert_eq!(
            faults_of(&package("turnpike-web", "sqlx", None)),
            ["web must not use sqlx: only store does"]
        );
        assert!(faults_of(&package("turnpike-store", "sqlx", None)).is_empty());
    }

    #[test]
    fn an_unknown_crate_is_a_fault() {
        assert_eq!(faults_of(&package("turnpike-misc", "x", None)).len(), 1);
    }
}
