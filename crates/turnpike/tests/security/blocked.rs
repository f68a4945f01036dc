//! A customer's own block list, from the endpoint to the gateway.

use crate::common::{Demo, drain, eventually};
use serde_json::json;
use std::time::{Duration, Instant};

fn refusal(head: &str) -> Option<&str> {
    head.lines().find_map(|line| line.strip_prefix("X-Proxy-Error: "))
}

#[test]
fn what_a_customer_blocks_is_refused_and_cut_at_once() {
    let demo = Demo::start(&[]);
    let (user, password) = (demo.text("/account/username"), demo.text("/account/password"));
    let (mut running, head) = demo.tunnel(&user, &password);
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let began = Instant::now();
    let blocked = demo.api("blocked-host/add", Some(json!({"hosts": "tracker.example, 127.0.0.1"})));
    assert_eq!(blocked["code"], 200, "{blocked}");
    drain(&mut running);
    assert!(began.elapsed() < Duration::from_secs(1), "cut after {:?}", began.elapsed());
    let (_, head) = demo.tunnel(&user, &password);
    assert_eq!(refusal(&head), Some("destination_denied"), "{head}");
    let (_, head) = demo.tunnel_to(&user, &password, "cdn.tracker.example:443");
    assert_eq!(refusal(&head), Some("destination_denied"), "{head}");
    let told = || demo.api("proxy-account/refusals", None).to_string();
    assert!(eventually(Duration::from_secs(5), || told().contains("destination_denied")), "{}", told());
    let list = demo.api("blocked-host/list", None);
    let hosts: Vec<_> = list["data"]["list"].as_array().unwrap().iter().map(|row| &row["host"]).collect();
    assert_eq!(hosts, [&json!("127.0.0.1"), &json!("tracker.example")]);
    let opened = demo.api("blocked-host/delete", Some(json!({"hosts": "127.0.0.1"})));
    assert_eq!(opened["code"], 200, "{opened}");
    let open = || demo.tunnel(&user, &password).1.starts_with("HTTP/1.1 200");
    assert!(eventually(Duration::from_secs(1), open), "opened again within a second");
}
