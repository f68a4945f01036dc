//! Ways out (parents, interfaces, blocks) and ways that are closed (design notes, section 3, "Destinations").

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::client::Response;
use common::control::local_exit;
use common::origin::read_until;
use common::{Lab, Origin, Setup, auth, eventually};
use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use turnpike_base::ExitId;
use turnpike_gateway::AddressPage;
use turnpike_wire::{Bind, Change, ExitHealth, ExitKind, ExitRecord, ParentProtocol, Resolve};

/// A parent that wants `u` and `p`, says what it was asked for, and leads to one origin whatever that is.
async fn parent(
    protocol: ParentProtocol,
    origin: SocketAddr,
) -> (Origin, std::sync::Arc<std::sync::Mutex<Vec<String>>>) {
    let asked = std::sync::Arc::<std::sync::Mutex<Vec<String>>>::default();
    let seen = std::sync::Arc::clone(&asked);
    let parent = Origin::raw(move |mut stream| {
        let seen = std::sync::Arc::clone(&seen);
        async move {
            let told = match protocol {
                ParentProtocol::Http => http_parent(&mut stream).await,
                ParentProtocol::Socks5 => socks_parent(&mut stream).await,
            };
            let Some(told) = told else { return };
            seen.lock().unwrap().push(told);
            let mut onward = TcpStream::connect(origin).await.unwrap();
            let _ = copy_bidirectional(&mut stream, &mut onward).await;
        }
    })
    .await;
    (parent, asked)
}

async fn http_parent(stream: &mut TcpStream) -> Option<String> {
    let head = String::from_utf8(read_until(stream, b"\r\n\r\n").await?).unwrap();
    if !head.contains("Proxy-Authorization: Basic dTpw\r\n") {
        let _ = stream.write_all(b"HTTP/1.1 407 No\r\n\r\n").await;
        return None;
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n").await.unwrap();
    head.split(' ').nth(1).map(str::to_owned)
}

async fn socks_parent(stream: &mut TcpStream) -> Option<String> {
    let mut greeting = [0; 3];
    stream.read_exact(&mut greeting).await.ok()?;
    stream.write_all(&[5, 2]).await.unwrap();
    let mut login = [0; 5];
    stream.read_exact(&mut login).await.ok()?;
    let is_right = login == *b"\x01\x01u\x01p";
    stream.write_all(&[1, u8::from(!is_right)]).await.unwrap();
    let mut head = [0; 5];
    stream.read_exact(&mut head).await.ok().filter(|_| is_right)?;
    let length = if head[3] == 3 { usize::from(head[4]) + 2 } else { 5 };
    let mut rest = vec![0; length];
    stream.read_exact(&mut rest).await.ok()?;
    stream.write_all(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00").await.unwrap();
    Some(String::from_utf8_lossy(&rest[..length - 2]).into_owned())
}

fn upstream(protocol: ParentProtocol, parent: &Origin, password: &str) -> ExitKind {
    ExitKind::Upstream {
        protocol,
        host: parent.address.ip().to_string(),
        port: parent.address.port(),
        credentials: Some(("u".into(), password.into())),
        resolve: Resolve::Exit,
    }
}

/// A lab whose only exit is this one.
async fn through(kind: ExitKind, origins: &[SocketAddr]) -> Lab {
    set_up(kind, origins).start().await
}

/// The same without probes, which would take it out before it is used.
async fn through_unprobed(kind: ExitKind, origins: &[SocketAddr]) -> Lab {
    let mut setup = set_up(kind, origins);
    setup.config.probes_per_second = 0;
    setup.start().await
}

/// The same before it starts; the exit is 7.
fn set_up(kind: ExitKind, origins: &[SocketAddr]) -> Setup {
    let setup = Setup::new(origins);
    setup.control.drop_exits();
    let mut exit = local_exit(7, "127.0.0.2".parse().unwrap());
    exit.kind = kind;
    setup.control.put_exit(exit);
    setup
}

/// CONNECT to anything, by alice.
async fn connect(lab: &Lab, to: &str) -> (common::Wire, Response) {
    let mut wire = lab.dial().await;
    wire.send(format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{}\r\n", auth("alice"))).await;
    let response = wire.response().await;
    (wire, response)
}

#[tokio::test]
async fn parents_of_both_kinds_are_asked_for_the_name() {
    let origin = Origin::echo().await;
    for protocol in [ParentProtocol::Http, ParentProtocol::Socks5] {
        let (parent, asked) = parent(protocol, origin.address).await;
        let lab = through(upstream(protocol, &parent, "p"), &[]).await;
        let (mut wire, response) = connect(&lab, "far.example:443").await;
        assert_eq!(response.status, 200, "{protocol:?}");
        wire.send("ping").await;
        wire.expect("ping").await;
        assert!(asked.lock().unwrap().iter().any(|to| to.contains("far.example")), "{asked:?}");
        for private in
            ["127.0.0.1:80", "[::ffff:10.0.0.1]:80", "localhost:80", "printer:80", "169.254.169.254:80"]
        {
            let (_, response) = connect(&lab, private).await;
            assert_eq!(response.field("x-proxy-error"), Some("destination_denied"), "{private}");
        }
        // Probes ask for what can't be reached.
        asked.lock().unwrap().retain(|to| !to.contains("probe.invalid"));
        assert_eq!(asked.lock().unwrap().len(), 1, "none of these reached the parent");
    }
}

#[tokio::test]
async fn a_parent_that_refuses_is_an_exit_that_failed() {
    let origin = Origin::echo().await;
    for protocol in [ParentProtocol::Http, ParentProtocol::Socks5] {
        let (parent, _) = parent(protocol, origin.address).await;
        let lab = through_unprobed(upstream(protocol, &parent, "wrong"), &[]).await;
        let (_, response) = connect(&lab, "far.example:443").await;
        assert_eq!(
            (response.status, response.field("x-proxy-error")),
            (502, Some("exit_failed")),
            "{protocol:?}"
        );
    }
}

/// A parent that answers like this to whatever it hears, or never.
async fn parent_that_says(answer: &'static [u8]) -> Origin {
    Origin::raw(move |mut stream| async move {
        let mut heard = [0; 1_024];
        while let Ok(1..) = stream.read(&mut heard).await {
            let _ = stream.write_all(answer).await;
        }
    })
    .await
}

#[tokio::test]
async fn a_parent_that_says_nothing_is_left_for_another() {
    let origin = Origin::echo().await;
    for protocol in [ParentProtocol::Http, ParentProtocol::Socks5] {
        let mut setup = Setup::new(&[]);
        setup.config.timeouts.connect = Duration::from_millis(900);
        setup.control.drop_exits();
        let (silent, good) = (parent_that_says(b"").await, parent(protocol, origin.address).await.0);
        for (id, parent) in [(7, &silent), (8, &good)] {
            let mut exit = local_exit(id, "127.0.0.2".parse().unwrap());
            exit.kind = upstream(protocol, parent, "p");
            setup.control.put_exit(exit);
        }
        let lab = setup.start().await;
        for _ in 0..6 {
            assert_eq!(connect(&lab, "far.example:443").await.1.status, 200, "{protocol:?}");
        }
        let out = |e: &ExitHealth| e.exit == ExitId(7) && !e.healthy;
        eventually("the silent one leaves the index", || lab.control.health().iter().any(out)).await;
    }
}

#[tokio::test]
async fn a_parent_that_refuses_everything_leaves_and_stays_out() {
    let parent = parent_that_says(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n").await;
    let lab = through(upstream(ParentProtocol::Http, &parent, "p"), &[]).await;
    eventually("it leaves", || lab.control.health().iter().any(|e| !e.healthy)).await;
    let seen = lab.control.health().len();
    eventually("it is probed again", || lab.control.health().len() > seen + 2).await;
    let later = lab.control.health().split_off(seen);
    assert!(
        later.iter().all(|e| !e.healthy && e.error.as_deref() == Some("the parent answers 407")),
        "{later:?}"
    );
    assert_eq!(connect(&lab, "far.example:443").await.1.field("x-proxy-error"), Some("no_exit"));
}

/// One of hundreds, with a budget that would come to it minutes later.
#[tokio::test]
async fn an_exit_that_joins_is_looked_at_at_once_and_is_out_where_it_never_worked() {
    let mut setup = Setup::new(&[]);
    setup.config.probes_per_second = 2;
    for id in 100..400 {
        setup.control.put_exit(local_exit(id, "127.0.0.2".parse().unwrap()));
    }
    let lab = setup.start().await;
    let parent = parent_that_says(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n").await;
    let exit = ExitRecord {
        kind: upstream(ParentProtocol::Http, &parent, "p"),
        ..local_exit(999, "127.0.0.2".parse().unwrap())
    };
    lab.control.put_exit(exit.clone());
    lab.control.tell(Change::Exit(Box::new(exit)));
    let of_it = || lab.control.health().into_iter().find(|seen| seen.exit == ExitId(999));
    eventually("it is looked at", || of_it().is_some()).await;
    assert!(!of_it().unwrap().healthy, "by the first look");
}

#[tokio::test]
async fn a_parent_that_reaches_nothing_may_still_be_well() {
    let parent = parent_that_says(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n").await;
    let lab = through(upstream(ParentProtocol::Http, &parent, "p"), &[]).await;
    for _ in 0..4 {
        let (_, response) = connect(&lab, "far.example:443").await;
        assert_eq!(response.field("x-proxy-error"), Some("destination_failed"));
    }
    eventually("it is probed", || lab.control.health().len() > 2).await;
    assert!(lab.control.health().iter().all(|e| e.healthy));
}

#[tokio::test]
async fn the_public_address_of_each_exit_is_learned() {
    let origin = Origin::mirror().await;
    let mut setup = Setup::new(&[origin.address]);
    setup.config.address_page = AddressPage::parse(&format!("http://{}/", origin.address));
    let lab = setup.start().await;
    let knows = |last: u8| {
        let address = IpAddr::from([127, 0, 0, last]);
        let seen = |e: &ExitHealth| e.exit == ExitId(i64::from(last)) && e.public == Some(address);
        lab.control.health().iter().any(seen)
    };
    eventually("each address is seen", || (2..=4).all(knows)).await;
    let asked = origin.connections();
    let heard = lab.control.health().len();
    eventually("they are probed on", || lab.control.health().len() > heard + 6).await;
    assert_eq!((asked, origin.connections()), (3, 3), "each is asked once a day");
}

#[tokio::test]
async fn the_public_address_of_a_parent_is_what_the_page_tells_through_it() {
    let page = Origin::http(|asked| {
        let body = format!("{{\"ip\": \"203.0.113.77\", \"path\": \"{}\"}}", asked.path());
        format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    })
    .await;
    for protocol in [ParentProtocol::Http, ParentProtocol::Socks5] {
        let (parent, asked) = parent(protocol, page.address).await;
        let mut setup = set_up(upstream(protocol, &parent, "p"), &[]);
        setup.config.address_page = AddressPage::parse("http://page.example/me");
        let lab = setup.start().await;
        let public = || lab.control.health().iter().filter_map(|seen| seen.public).next_back();
        eventually("the parent's address is learned", || public().is_some()).await;
        assert_eq!(public(), "203.0.113.77".parse::<IpAddr>().ok(), "not the parent's own address");
        let names = asked.lock().unwrap().clone();
        assert!(
            names.iter().any(|name| name.starts_with("page.example")),
            "the parent gets the name: {names:?}"
        );
    }
}

#[tokio::test]
async fn an_interface_and_a_block_are_exits() {
    let origin = Origin::mirror().await;
    let at = origin.address;
    let lab = through(ExitKind::Local { bind: Bind::Interface("lo".into()) }, &[at]).await;
    assert_eq!(lab.dial().await.get(at, "/", "").await.status, 200);
    let bind = Bind::Block { network: "127.9.8.0".parse().unwrap(), prefix: 24 };
    let lab = through(ExitKind::Local { bind }, &[at]).await;
    let mut seen = HashSet::new();
    for _ in 0..10 {
        let got = lab.dial().await.get(at, "/", "").await;
        seen.insert(got.body.lines().next().unwrap().to_owned());
    }
    assert!(seen.len() > 3 && seen.iter().all(|ip| ip.starts_with("127.9.8.")), "{seen:?}");
    let mut sticky = HashSet::new();
    for _ in 0..5 {
        let got = lab.dial().await.ask("alice_session-a", at, "/", "").await;
        sticky.insert(got.body.lines().next().unwrap().to_owned());
    }
    assert_eq!(sticky.len(), 1, "a session keeps its address of the block");
    let lab = through_unprobed(ExitKind::Local { bind: Bind::Interface("nothing0".into()) }, &[at]).await;
    assert_eq!(lab.dial().await.get(at, "/", "").await.field("x-proxy-error"), Some("exit_failed"));
}

#[tokio::test]
async fn closed_destinations_stay_closed_in_every_disguise() {
    let origin = Origin::mirror().await;
    let mut setup = Setup::new(&[origin.address]);
    let api = Origin::mirror().await;
    setup.config.destinations.closed = vec![api.address];
    setup.control.edit("alice", |account| account.permit.blocked_hosts = vec!["blocked.test".into()]);
    let lab = setup.start().await;
    let (own, port) = (lab.proxy, origin.address.port());
    let mut closed: Vec<String> = [
        "10.0.0.1:80",
        "172.16.0.1:80",
        "192.168.1.1:80",
        "169.254.169.254:80",
        "0.0.0.0:80",
        "[::1]:80",
        "[::]:80",
        "[::ffff:127.0.0.1]:80",
        "[::ffff:7f00:1]:80",
        "[64:ff9b::7f00:1]:80",
        "[64:ff9b::169.254.169.254]:80",
        "[2002:7f00:1::]:80",
        "[fd00:ec2::254]:80",
        "[fe80::1]:80",
        "localhost:80",
        "1.1.1.1:25",
        "1.1.1.1:7",
        "denied.test:80",
        "sub.denied.test.:80",
        "blocked.test:443",
        "a.blocked.test:443",
    ]
    .map(str::to_owned)
    .into();
    closed.extend([own.to_string(), api.address.to_string(), format!("0.0.0.0:{}", own.port())]);
    for to in closed {
        let (_, response) = connect(&lab, &to).await;
        assert_eq!(
            (response.status, response.field("x-proxy-error")),
            (403, Some("destination_denied")),
            "{to}"
        );
    }
    assert_eq!((api.connections(), origin.connections()), (0, 0));
    // The exempt origin in other clothes is the same origin.
    let (_, response) = connect(&lab, &format!("[::ffff:127.0.0.1]:{port}")).await;
    assert_eq!(response.status, 200);
}

#[tokio::test]
async fn a_laboratory_opens_all_but_the_installation_itself() {
    let (origin, api) = (Origin::mirror().await, Origin::mirror().await);
    let mut setup = Setup::new(&[]);
    setup.config.destinations.allow_private = true;
    setup.config.destinations.closed = vec![api.address];
    let lab = setup.start().await;
    assert_eq!(connect(&lab, &origin.address.to_string()).await.1.status, 200);
    for to in [lab.proxy, api.address, SocketAddr::new([0, 0, 0, 0].into(), api.address.port())] {
        assert_eq!(connect(&lab, &to.to_string()).await.1.status, 403, "{to}");
    }
}

#[tokio::test]
async fn a_port_that_refuses_is_told_as_such() {
    let origin = Origin::mirror().await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let lab = Setup::new(&[origin.address, gone]).start().await;
    let (_, refused) = connect(&lab, &gone.to_string()).await;
    assert_eq!((refused.status, refused.field("x-proxy-error")), (502, Some("destination_failed")));
    assert_eq!(lab.dial().await.socks5("alice", gone).await, 5, "connection refused");
}

/// Set in the process that has a network of its own.
const ALONE: &str = "TURNPIKE_TEST_OWN_NETWORK";

/// A route to a whole block is nothing that a test may leave behind: it runs itself again in a network of its own.
#[test]
fn a_whole_ipv6_block_is_an_exit() {
    if std::env::var_os(ALONE).is_some() {
        return tokio::runtime::Runtime::new().unwrap().block_on(through_the_block());
    }
    let route = "ip link set lo up && ip -6 route add local 2001:db8:9::/64 dev lo";
    let alone = |then: &str| {
        let me = std::env::current_exe().unwrap();
        let script = format!("{route} && {then}");
        let mut command = std::process::Command::new("unshare");
        command.args(["-rn", "sh", "-c", &script]).arg(me).args(["--exact", "a_whole_ipv6_block_is_an_exit"]);
        command.env(ALONE, "1").output()
    };
    if !alone("true").is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: a whole IPv6 block (needs unshare and ip, and the right to use them)");
        return;
    }
    let output = alone("exec \"$0\" \"$@\"").unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

async fn through_the_block() {
    let origin = Origin::http_on("[::1]:0", common::origin::mirror).await;
    let at = origin.address;
    let bind = Bind::Block { network: "2001:db8:9::".parse().unwrap(), prefix: 64 };
    let lab = through(ExitKind::Local { bind }, &[at]).await;
    let (mut seen, mut sticky) = (HashSet::new(), HashSet::new());
    for _ in 0..10 {
        let got = lab.dial().await.get(at, "/", "").await;
        seen.insert(got.body.lines().next().unwrap().to_owned());
        let got = lab.dial().await.ask("alice_session-a", at, "/", "").await;
        sticky.insert(got.body.lines().next().unwrap().to_owned());
    }
    assert!(seen.len() > 8 && seen.iter().all(|ip| ip.starts_with("2001:db8:9:")), "{seen:?}");
    assert_eq!(sticky.len(), 1, "a session keeps its address of the block");
    let response = connect(&lab, "127.0.0.1:9").await.1;
    assert_ne!(response.status, 200, "the other family is not reached: {response:?}");
}
