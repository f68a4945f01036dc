//! Extraction: endpoints work without a password, are their customer's own, last their life and no longer.

use crate::client::{Customer, auth, connect};
use crate::common::{Demo, eventually};
use serde_json::json;
use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const PORTS: &[&str] = &["--endpoint-ports", "0+40"];

/// CONNECT, SOCKS5 or SOCKS4a to the echo origin.
fn open(
    demo: &Demo,
    from: &str,
    at: &str,
    hello: &[u8],
    heard: &[u8],
    request: &[u8],
    skip: usize,
) -> TcpStream {
    let mut stream = connect(from, at).unwrap();
    stream.write_all(hello).unwrap();
    let mut got = vec![0; heard.len()];
    stream.read_exact(&mut got).unwrap();
    assert_eq!(got, heard, "{}", demo.text("/proxy"));
    stream.write_all(request).unwrap();
    stream.read_exact(&mut vec![0; skip]).unwrap();
    stream
}

fn echo_address(demo: &Demo) -> ([u8; 4], u16) {
    let (ip, port) = demo.echo_host().split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    (ip.parse::<std::net::Ipv4Addr>().unwrap().octets(), port.parse().unwrap())
}

#[test]
fn every_protocol_works_on_an_extracted_port_without_a_password() {
    let demo = Demo::start(PORTS);
    let me = Customer::own(&demo);
    let at = &me.extract(&demo, "cc=us&city=houston")[0];
    let exit = me.get(&demo, at, "").ip();
    let (ip, port) = echo_address(&demo);
    let mut socks5 = vec![5, 1, 0, 1];
    socks5.extend(ip);
    socks5.extend(port.to_be_bytes());
    let mut socks4 = vec![4, 1];
    socks4.extend(port.to_be_bytes());
    socks4.extend(b"\0\0\0\x01me\x00127.0.0.1\0");
    let connect_head = format!("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n\r\n", demo.echo_host());
    for _ in 0..2 {
        assert_eq!(me.get(&demo, at, &auth("nobody")).ip(), exit, "wrong credentials are ignored");
        let mut tunnel = connect(me.from, at).unwrap();
        tunnel.write_all(connect_head.as_bytes()).unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            tunnel.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.contains("X-Proxy-Exit: id=") && head.contains("city=\"Houston\""), "{head}");
        assert_eq!(me.get_inside(&demo, &mut tunnel).ip(), exit);
        let mut stream = open(&demo, me.from, at, &[5, 1, 0], &[5, 0], &socks5, 10);
        assert_eq!(me.get_inside(&demo, &mut stream).ip(), exit);
        let mut stream = open(&demo, me.from, at, &socks4, &[0, 90, 0, 0, 0, 0, 0, 0], &[], 0);
        assert_eq!(me.get_inside(&demo, &mut stream).ip(), exit);
    }
    let stranger = Customer { from: "127.0.0.29", ..me };
    let (status, told) = stranger.get(&demo, at, "").refusal();
    assert!(status == 403 && told.starts_with("not_allowed") && told.contains("127.0.0.29"), "{told}");
    let usage = demo.api("user-usage-flow/total?product_type=9", None);
    assert!(usage["data"]["list"].as_array().is_some());
    let drawn = || demo.api("user-product/summary", None)["data"]["used"].as_i64().unwrap() > 0;
    assert!(eventually(Duration::from_secs(2), drawn), "type 9 is drawn from");
}

#[test]
fn two_customers_on_the_same_port_have_their_own_exits() {
    let demo = Demo::start(PORTS);
    let (me, other) = (Customer::own(&demo), Customer::new(&demo, "two@example.com", "127.0.0.22"));
    let (mine, his) = (me.extract(&demo, "num=40&cc=us"), other.extract(&demo, "num=40&cc=de"));
    assert_eq!(mine, his, "all ports, for each of them");
    let exits = |who: &Customer, list: &[String]| -> HashSet<String> {
        list.iter().map(|at| who.get(&demo, at, "").ip()).collect()
    };
    let (my_exits, his_exits) = (exits(&me, &mine), exits(&other, &his));
    assert!(my_exits.is_disjoint(&his_exits) && my_exits.len() > 1, "{my_exits:?} {his_exits:?}");
    for at in mine.iter().take(5) {
        assert_eq!(me.get(&demo, at, "").ip(), me.get(&demo, at, "").ip(), "sticky");
    }
    let full = me.api(&demo, "ip/v3", None);
    assert!(
        full["code"] == 410 && full["msg"].as_str().unwrap().contains("the next one frees at 20"),
        "{full}"
    );
    // Who can't wait ends what he does not need: its port refuses and is free at once, the other's goes on.
    assert_eq!(me.get(&demo, &mine[0], "").ip(), me.get(&demo, &mine[0], "").ip());
    let port = mine[0].rsplit_once(':').unwrap().1;
    let ended = me.api(&demo, "endpoint/end", Some(json!({"ports": port})));
    assert_eq!(ended["data"]["ended"], 1, "{ended}");
    let over = || me.get(&demo, &mine[0], "").refusal().0 == 403;
    assert!(eventually(Duration::from_secs(2), over), "it refuses");
    assert!(his_exits.contains(&other.get(&demo, &mine[0], "").ip()));
    assert_eq!(me.extract(&demo, "num=1&cc=de"), [mine[0].clone()]);
    assert!(his_exits.contains(&me.get(&demo, &mine[0], "").ip()));
}

#[test]
fn an_endpoint_keeps_its_exit_over_a_kill_and_ends_with_its_life() {
    let mut demo = Demo::start(PORTS);
    let me = Customer::own(&demo);
    let list = me.extract(&demo, "num=8");
    let exits: Vec<String> = list.iter().map(|at| me.get(&demo, at, "").ip()).collect();
    demo.kill();
    // Nobody waits for a minute: the first one's life is made to end two seconds from now.
    let soon = turnpike_base::Timestamp(jiff::Timestamp::now().as_millisecond()).plus_seconds(2);
    let port: i64 = list[0].rsplit_once(':').unwrap().1.parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = turnpike_store::Store::open_sqlite(demo.dir.path()).await.unwrap();
        let tx = store.write().await.unwrap();
        let sql = "UPDATE endpoints SET expires_at = $1 WHERE port = $2";
        assert_eq!(tx.exec(sql, turnpike_store::args![soon, port]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        store.close().await.unwrap();
    });
    demo.restart();
    let again: Vec<String> = list.iter().skip(1).map(|at| me.get(&demo, at, "").ip()).collect();
    assert_eq!(again, exits[1..], "the same ports, the same exits");
    let over = || {
        me.get(&demo, &list[0], "").refusal()
            == (403, "not_allowed \"The extracted endpoint's life is over\"".into())
    };
    assert!(eventually(Duration::from_secs(4), over), "{:?}", me.get(&demo, &list[0], ""));
    assert!(me.extract(&demo, "num=33").contains(&list[0]), "the port is free again");
    assert!(
        me.get(&demo, &list[0], "").head.starts_with("HTTP/1.1 200"),
        "and stands for a new endpoint at once"
    );
}

#[test]
fn counted_endpoints_cost_one_each_and_their_traffic_is_free_but_logged() {
    let demo = Demo::start(PORTS);
    let me = Customer::own(&demo);
    let left =
        || demo.api("user-product/summary?product_type=17", None)["data"]["effective"].as_i64().unwrap();
    let before = left();
    let list = me.extract(&demo, "num=3&pt=17");
    assert_eq!(left(), before - 3);
    me.get(&demo, &list[0], "").ip();
    let logged = || {
        let answer = demo.api("user-usage-flow/total?product_type=17", None);
        answer["data"]["list"]
            .as_array()
            .is_some_and(|days| days.iter().any(|day| day["flow"].as_i64() > Some(0)))
    };
    assert!(eventually(Duration::from_secs(3), logged));
    assert_eq!(left(), before - 3, "only the endpoints were taken");
}

#[test]
fn an_endpoint_that_lost_its_exit_moves_within_its_place_for_good() {
    let mut demo = Demo::start(PORTS);
    let me = Customer::own(&demo);
    let at = &me.extract(&demo, "cc=gb&life=60")[0];
    let first = me.get(&demo, at, "").ip();
    let exits = demo.operator("exit/list", json!({}));
    let exits = exits["list"].as_array().unwrap().clone();
    let id = exits.iter().find(|exit| exit["target"] == first.as_str()).unwrap()["id"].clone();
    demo.operator("exit/drain", json!({"id": id}));
    let moved = || me.get(&demo, at, "").ip() != first;
    assert!(eventually(Duration::from_secs(2), moved));
    let now = me.get(&demo, at, "").ip();
    let country = exits.iter().find(|exit| exit["target"] == now.as_str()).unwrap()["country"].clone();
    assert_eq!(country, "GB");
    demo.operator("exit/enable", json!({"id": id}));
    demo.kill();
    demo.restart();
    assert_eq!(me.get(&demo, at, "").ip(), now, "also after a kill it does not go back");
}
