//! How soon running connections end with what let them in: disabled and deleted accounts, addresses off the
//! allowlist, packages that expire. `TURNPIKE_TEST_ROUNDS` says how often each (10 if it does not); the worst of all
//! has to stay under a second.

use crate::common::{Demo, drain};
use serde_json::json;
use socket2::{Domain, SockAddr, Socket, Type};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

fn rounds() -> usize {
    std::env::var("TURNPIKE_TEST_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(10)
}

fn tell_worst(what: &str, all: &[Duration]) {
    let worst = all.iter().max().unwrap();
    eprintln!("{what}: worst of {} is {} ms", all.len(), worst.as_millis());
    assert!(*worst < Duration::from_secs(1), "{what}: {all:?}");
}

/// From the moment at which the API is asked to the end of the connection.
fn closed_by(stream: &mut TcpStream, act: impl FnOnce()) -> Duration {
    let began = Instant::now();
    act();
    drain(stream);
    began.elapsed()
}

#[test]
fn accounts_and_addresses_take_their_connections_along_within_a_second() {
    let demo = Demo::start(&[]);
    for command in ["disable", "delete"] {
        let all: Vec<_> = (0..rounds())
            .map(|n| {
                let name = format!("{command}{n}");
                demo.account(&name, json!({}));
                let (mut stream, head) = demo.tunnel(&name, "pass");
                assert!(head.starts_with("HTTP/1.1 200"), "{head}");
                closed_by(&mut stream, || {
                    let path = format!("whitelist-account/{command}");
                    assert_eq!(demo.api(&path, Some(json!({"accounts": name})))["code"], 200);
                })
            })
            .collect();
        tell_worst(command, &all);
    }
    let from = "127.0.0.177";
    let all: Vec<_> = (0..rounds())
        .map(|_| {
            assert_eq!(demo.api("proxy-ip/add", Some(json!({"ips": from})))["code"], 200);
            let mut stream = tunnel_from(&demo, from);
            closed_by(&mut stream, || {
                assert_eq!(demo.api("proxy-ip/delete", Some(json!({"ips": from})))["code"], 200);
            })
        })
        .collect();
    tell_worst("allowlist removal", &all);
}

/// A tunnel that the address alone lets in.
fn tunnel_from(demo: &Demo, from: &str) -> TcpStream {
    let host = demo.echo_host();
    // The gateways hear of a new address a moment after the API has answered.
    for _ in 0..500 {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SockAddr::from(SocketAddr::new(from.parse().unwrap(), 0))).unwrap();
        socket.connect(&SockAddr::from(demo.text("/proxy").parse::<SocketAddr>().unwrap())).unwrap();
        let mut stream: TcpStream = socket.into();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
        let mut answer = Vec::new();
        let mut byte = [0];
        while !answer.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
            answer.push(byte[0]);
        }
        if answer.starts_with(b"HTTP/1.1 200") {
            return stream;
        }
    }
    panic!("{from} is never let in");
}

#[test]
fn an_expired_package_ends_its_connections_within_a_second() {
    const LIFE: Duration = Duration::from_secs(3);
    const AT_ONCE: usize = 10;
    let demo = Demo::start(&[]);
    let one = |n: usize| {
        let email = format!("short{n}@example.com");
        let made = demo.operator("customer/create", json!({"email": email}));
        let key = made["app_key"].as_str().unwrap().to_owned();
        let name = format!("short{n:03}");
        assert_eq!(
            demo.api_as(&key, "whitelist-account/add", Some(json!({"accounts": format!("{name}:pass")})))["code"],
            200
        );
        let asked = Instant::now();
        demo.operator(
            "package/grant",
            json!({"customer": email, "type": 9, "gb": 1, "seconds": LIFE.as_secs()}),
        );
        let granted = Instant::now();
        let (mut stream, head) = demo.tunnel(&name, "pass");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        drain(&mut stream);
        assert!(granted.elapsed() > LIFE - (granted - asked), "not before its time");
        // It expired at the earliest so long after it was asked for.
        asked.elapsed().saturating_sub(LIFE)
    };
    let one = &one;
    let (mut all, mut next) = (Vec::new(), 0);
    while next < rounds() {
        let until = (next + AT_ONCE).min(rounds());
        all.extend(std::thread::scope(|scope| {
            let running: Vec<_> = (next..until).map(|n| scope.spawn(move || one(n))).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        }));
        next = until;
    }
    tell_worst("package expiry", &all);
}
