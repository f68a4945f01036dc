//! SIGTERM: no new connections, running ones end in the time of the drain, the last byte is reported, exit code 0.

use crate::common::{Demo, End, drain, eventually};
use serde_json::json;
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

const MIB: u64 = 1 << 20;
const DRAIN: Duration = Duration::from_secs(6);

#[test]
fn running_tunnels_end_in_the_time_of_the_drain_and_new_ones_are_refused() {
    let mut demo = Demo::start(&["--drain-seconds", "6"]);
    demo.account("drain01", json!({}));
    let (mut idle, head) = demo.tunnel("drain01", "pass");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let (mut busy, _) = demo.tunnel("drain01", "pass");
    let size = 64 * MIB;
    let get =
        format!("GET /bytes/{size} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", demo.echo_host());
    busy.write_all(get.as_bytes()).unwrap();
    let began = Instant::now();
    demo.signal("TERM");
    let proxy = demo.text("/proxy");
    let refused = || TcpStream::connect(&proxy).is_err();
    assert!(eventually(Duration::from_secs(4), refused), "new connections are refused at once");
    let (bytes, end) = drain(&mut busy);
    assert!(bytes >= size && end == End::Fin, "a download goes on to its end: {bytes} {end:?}");
    drain(&mut idle);
    let waited = began.elapsed();
    assert!(waited >= DRAIN - Duration::from_secs(1), "an idle tunnel has the whole time: {waited:?}");
    let status = demo.wait();
    let waited = began.elapsed();
    assert_eq!(status.code(), Some(0), "{status}");
    assert!(waited < DRAIN + Duration::from_secs(60), "{waited:?}");
    let used = demo.bytes_of("drain01");
    assert!(used >= i64::try_from(size).unwrap(), "what moved while draining is booked: {used}");
}

#[test]
fn without_connections_it_goes_at_once() {
    let mut demo = Demo::start(&["--drain-seconds", "600"]);
    let began = Instant::now();
    demo.signal("TERM");
    assert_eq!(demo.wait().code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}
