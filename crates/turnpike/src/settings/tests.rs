//! Settings: who wins, what is refused, and that all faults come at once with their places.

use super::value::EndpointPorts;
use super::*;
use std::collections::BTreeMap;

fn with(
    flags: &[(&'static str, &str)],
    variables: &[(&str, &str)],
    file: &str,
) -> Result<load::Resolved, SettingFaults> {
    let flags: BTreeMap<_, _> = flags.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
    let variable = |name: &str| variables.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned());
    resolve(&flags, &variable, Some(File { path: "t.toml", text: file }))
}

fn faults(flags: &[(&'static str, &str)], variables: &[(&str, &str)], file: &str) -> String {
    with(flags, variables, file).unwrap_err().to_string()
}

#[test]
fn defaults_are_those_of_the_manual() {
    let settings = with(&[], &[], "").unwrap().settings;
    assert_eq!(settings.data_dir.to_str(), Some("./turnpike-data"));
    assert_eq!(settings.api_listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.proxy_listen.to_string(), "127.0.0.1:3120");
    assert_eq!(settings.echo_listen.to_string(), "127.0.0.1:8081");
    assert_eq!(settings.endpoint_ports, EndpointPorts::Usual(20000..=23999));
    assert!(!settings.allow_private_destinations && settings.proxy_protocol.is_none());
    assert!(settings.operator_token.is_none() && settings.database_url.is_none());
}

#[test]
fn flags_win_over_environment_over_file_over_defaults() {
    let file = "api-listen = '127.0.0.1:1'\nproxy-listen = '127.0.0.1:2'\necho-listen = '127.0.0.1:3'";
    let variables = [("TURNPIKE_API_LISTEN", "127.0.0.1:4"), ("TURNPIKE_PROXY_LISTEN", "127.0.0.1:5")];
    let resolved = with(&[("api-listen", "127.0.0.1:6")], &variables, file).unwrap();
    let shown = show(&resolved);
    let line = |name| {
        shown.iter().find(|s| s.name == name).map(|s| (s.value.clone().unwrap(), s.origin.clone())).unwrap()
    };
    assert_eq!(line("api-listen"), ("127.0.0.1:6".into(), "--api-listen".into()));
    assert_eq!(line("proxy-listen"), ("127.0.0.1:5".into(), "TURNPIKE_PROXY_LISTEN".into()));
    assert_eq!(line("echo-listen"), ("127.0.0.1:3".into(), "t.toml:3".into()));
    assert_eq!(line("log-level"), ("info".into(), "default".into()));
}

#[test]
fn every_fault_is_reported_at_once_with_its_place() {
    let file = "# ours\nlog-level = 'loud'\napi_listen = '127.0.0.1:1'\n\n[tls]\ncert = 'x'\n";
    let told = faults(&[("proxy-listen", "here")], &[("TURNPIKE_DRAIN_SECONDS", "soon")], file);
    for part in [
        "t.toml:2: log-level: \"loud\" is none of",
        "t.toml:3: there is no setting \"api_listen\"",
        "t.toml:5: there is no setting \"tls\"",
        "--proxy-listen: \"here\" is not ADDRESS:PORT",
        "TURNPIKE_DRAIN_SECONDS: \"soon\" is not a number of seconds",
    ] {
        assert!(told.contains(part), "{part}\n--\n{told}");
    }
    assert_eq!(told.lines().count(), 5, "{told}");
}

#[test]
fn a_broken_file_is_named_with_its_line() {
    let told = faults(&[], &[], "log-level = 'info'\nlog-format = = 'x'\n");
    assert!(told.contains("t.toml:2: "), "{told}");
}

#[test]
fn port_zero_of_the_api_takes_the_echo_along() {
    let settings = with(&[("api-listen", "127.0.0.1:0")], &[], "").unwrap().settings;
    assert_eq!(settings.echo_listen.to_string(), "127.0.0.1:0");
    let flags = [("api-listen", "127.0.0.1:0"), ("echo-listen", "127.0.0.1:99")];
    assert_eq!(with(&flags, &[], "").unwrap().settings.echo_listen.to_string(), "127.0.0.1:99");
}

#[test]
fn free_ports_follow_a_free_entry_unless_they_are_said() {
    let ports = |flags: &[(&'static str, &str)]| with(flags, &[], "").unwrap().settings.endpoint_ports;
    let free = ("proxy-listen", "127.0.0.1:0");
    assert_eq!(ports(&[free]), EndpointPorts::Free(2_000));
    assert_eq!(ports(&[free, ("endpoint-ports", "30000-30001")]), EndpointPorts::Range(30_000..=30_001));
    let shown = show(&with(&[free], &[], "").unwrap());
    assert!(shown.iter().any(|s| s.name == "endpoint-ports" && s.value.as_deref() == Some("0+2000")));
    assert!(faults(&[("proxy-host", "a b"), ("static-rest-hours", "x")], &[], "").contains("0 to 8784"));
}

#[test]
fn endpoint_ports_are_a_range_or_a_count() {
    let ports = |text: &str| with(&[("endpoint-ports", text)], &[], "").map(|r| r.settings.endpoint_ports);
    assert_eq!(ports("0+4000").unwrap(), EndpointPorts::Free(4000));
    assert_eq!(ports("5-5").unwrap(), EndpointPorts::Range(5..=5));
    for wrong in ["", "5", "9-5", "0-5", "0+0", "0+70000", "a-b", "1-70000"] {
        assert!(ports(wrong).is_err(), "{wrong}");
    }
    assert!(ports("3000-4000").unwrap_err().to_string().contains("port 3120 of proxy-listen"));
}

#[test]
fn secrets_are_neither_shown_nor_repeated() {
    let variables = [("TURNPIKE_OPERATOR_TOKEN", "hunter2hunter2hunter2")];
    let resolved = with(&[], &variables, "").unwrap();
    let shown = serde_json::to_string(&show(&resolved)).unwrap();
    assert!(shown.contains("***") && !shown.contains("hunter2"));
    let told = faults(&[("operator-token", "hunter2"), ("database-url", "mysql://u:hunter2@h")], &[], "");
    assert!(told.contains("at least 16") && told.contains("postgres://") && !told.contains("hunter2"));
    assert!(!format!("{:?}", resolved.settings).contains("hunter2"));
}

#[test]
fn a_certificate_needs_its_key() {
    assert!(faults(&[("api-tls-cert", "c.pem")], &[], "").contains("api-tls-cert needs api-tls-key"));
    assert!(faults(&[("proxy-tls-key", "k.pem")], &[], "").contains("proxy-tls-key needs proxy-tls-cert"));
    let both = [("api-tls-cert", "c.pem"), ("api-tls-key", "k.pem")];
    assert!(with(&both, &[], "").unwrap().settings.api_tls.is_some());
}

#[test]
fn the_proxy_protocol_wants_to_know_whom_to_believe() {
    assert!(faults(&[("proxy-protocol", "true")], &[], "").contains("proxy-protocol-from"));
    let file = "proxy-protocol = true\nproxy-protocol-from = ['10.0.0.1', '::1']\n";
    assert_eq!(with(&[], &[], file).unwrap().settings.proxy_protocol.unwrap().len(), 2);
    assert_eq!(faults(&[("proxy-protocol-from", "10.0.0.256")], &[], "").lines().count(), 1);
}

#[test]
fn names_of_settings_are_unique_and_kebab() {
    let mut names: Vec<_> = ALL.iter().map(|s| s.name).collect();
    assert!(names.iter().all(|n| n.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ALL.len());
}
