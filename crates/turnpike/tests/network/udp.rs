//! UDP ASSOCIATE through the whole product: on by the API, counted to the byte, off again.

use crate::client::{Customer, connect};
use crate::common::{Demo, eventually};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

/// SOCKS5 with an account; the reply to UDP ASSOCIATE, and the relay address.
fn associate(demo: &Demo, from: &str, name: &str) -> (TcpStream, u8, SocketAddr) {
    let mut tcp = connect(from, &demo.text("/proxy")).unwrap();
    tcp.write_all(&[5, 1, 2]).unwrap();
    tcp.read_exact(&mut [0; 2]).unwrap();
    let mut login = vec![1, u8::try_from(name.len()).unwrap()];
    login.extend(name.as_bytes());
    login.extend(b"\x04pass");
    tcp.write_all(&login).unwrap();
    tcp.read_exact(&mut [0; 2]).unwrap();
    tcp.write_all(&[5, 3, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
    let mut reply = [0; 10];
    tcp.read_exact(&mut reply).unwrap();
    let ip = <[u8; 4]>::try_from(&reply[4..8]).unwrap();
    (tcp, reply[1], SocketAddr::from((ip, u16::from_be_bytes([reply[8], reply[9]]))))
}

/// A DNS query for the address of example.com (RFC 1035 section 4).
const QUERY: &[u8] = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x03com\0\0\x01\0\x01";

/// Answers DNS queries with 192.0.2.7; tells from where they came.
fn name_server() -> (SocketAddr, std::sync::mpsc::Receiver<SocketAddr>) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = socket.local_addr().unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let mut answer = buffer[..length].to_vec();
            answer[2] |= 0x80;
            answer[7] = 1;
            answer.extend(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x07");
            if tell.send(from).is_err() || socket.send_to(&answer, from).is_err() {
                return;
            }
        }
    });
    (at, told)
}

#[test]
fn a_name_is_asked_for_through_an_association_and_every_byte_is_counted() {
    let demo = Demo::start(&["--endpoint-ports", "0+1", "--allow-private-destinations"]);
    let me = Customer::own(&demo);
    let body = json!({"accounts": "mine14:pass", "product_type": 14});
    assert_eq!(demo.api("whitelist-account/add", Some(body))["code"], 200);
    assert_eq!(associate(&demo, me.from, "mine14").1, 7, "off until it is switched on");
    let switch = |on: i64| demo.api("proxy-account/change", Some(json!({"account": "mine14", "udp": on})));
    let switched = switch(1);
    assert_eq!(switched["code"], 200, "{switched}");
    let mut found = None;
    let is_on = eventually(Duration::from_secs(1), || {
        let (tcp, code, relay) = associate(&demo, me.from, "mine14");
        found = Some((tcp, relay));
        code == 0
    });
    assert!(is_on, "within a second");
    let (tcp, relay) = found.unwrap();
    let (server, told) = name_server();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut datagram = vec![0, 0, 0, 1, 127, 0, 0, 1];
    datagram.extend(server.port().to_be_bytes());
    datagram.extend(QUERY);
    for _ in 0..3 {
        socket.send_to(&datagram, relay).unwrap();
        let mut answer = [0; 512];
        let (length, _) = socket.recv_from(&mut answer).unwrap();
        assert_eq!(answer[..10], datagram[..10], "from where it was sent to");
        assert!(answer[..length].ends_with(&[192, 0, 2, 7]));
        assert_eq!(told.recv().unwrap().ip().to_string(), "127.0.9.1", "from his own address");
    }
    drop(tcp);
    let bytes = 3 * (2 * QUERY.len() + 16);
    let counted = || demo.account_row("mine14")["usage_flow"].as_u64() == Some(bytes.div_ceil(1_024) as u64);
    assert!(eventually(Duration::from_secs(3), counted), "{}", demo.account_row("mine14"));
    assert_eq!(demo.bytes_of("mine14"), i64::try_from(bytes).unwrap());
    switch(0);
    let is_off = || associate(&demo, me.from, "mine14").1 == 7;
    assert!(eventually(Duration::from_secs(1), is_off));
    demo.account("usual09", json!({}));
    assert_eq!(associate(&demo, me.from, "usual09").1, 7, "a type that has none");
}
