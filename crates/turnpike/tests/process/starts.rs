//! Which directories and stores a demo takes, and what it says of others.

use std::io::{BufRead, BufReader, Read as _, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use turnpike_store::{Read, Store, args};

fn demo(dir: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_turnpike"));
    command
        .args(["up", "--demo", "--api-listen", "127.0.0.1:0", "--proxy-listen", "127.0.0.1:0", "--data-dir"])
        .arg(dir)
        .args(more)
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// What a start that fails says.
fn refusal(dir: &Path, more: &[&str]) -> String {
    let Output { status, stderr, .. } = demo(dir, more).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    said
}

/// A demo that is ready, or was stopped before; killed when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ready(dir: &Path, more: &[&str]) -> Running {
    let running = Running(demo(dir, more).stderr(Stdio::null()).spawn().unwrap());
    let deadline = Instant::now() + Duration::from_secs(60);
    while !dir.join("demo.json").exists() {
        assert!(Instant::now() < deadline, "not ready after a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
    running
}

#[test]
fn a_directory_with_something_else_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("thesis.txt"), "mine").unwrap();
    let said = refusal(dir.path(), &[]);
    assert!(said.contains("holds thesis.txt") && said.contains("name another --data-dir"), "{said}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing was put there");
}

#[test]
fn an_installation_that_no_demo_filled_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let admin = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_turnpike"));
        command.arg("admin").args(words).arg("--data-dir").arg(dir.path()).env_clear().output().unwrap()
    };
    assert!(admin(&["site", "create", "Mine"]).status.success());
    let said = refusal(dir.path(), &[]);
    assert!(said.contains("was not filled by --demo; name another --data-dir"), "{said}");
    let listed = String::from_utf8(admin(&["site", "list", "--json"]).stdout).unwrap();
    assert!(listed.contains("Mine") && !listed.contains("Turnpike Demo"), "{listed}");
}

#[test]
fn a_database_that_no_demo_filled_is_refused_from_an_empty_directory() {
    let Ok(url) = std::env::var("TURNPIKE_TEST_POSTGRES") else {
        assert!(std::env::var_os("TURNPIKE_TEST_REQUIRE").is_none(), "TURNPIKE_TEST_POSTGRES is not set");
        eprintln!("SKIPPED: a demo on a used PostgreSQL (set TURNPIKE_TEST_POSTGRES)");
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let schema = runtime.block_on(turnpike_store::testing::fresh_schema(&url));
    let on = ["--database-url", schema.as_str()];
    let own = tempfile::tempdir().unwrap();
    let made = Command::new(env!("CARGO_BIN_EXE_turnpike"))
        .args(["admin", "site", "create", "Mine", "--data-dir"])
        .arg(own.path())
        .args(on)
        .env_clear()
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let said = refusal(tempfile::tempdir().unwrap().path(), &on);
    assert!(
        said.contains("the database of --database-url is not empty and was not filled by --demo"),
        "{said}"
    );
    // One that a demo filled goes on with its own directory, and with no other: the key lies there.
    let schema = runtime.block_on(turnpike_store::testing::fresh_schema(&url));
    let on = ["--database-url", schema.as_str()];
    let dir = tempfile::tempdir().unwrap();
    drop(ready(dir.path(), &on));
    let said = refusal(tempfile::tempdir().unwrap().path(), &on);
    assert!(said.contains("filled from another --data-dir"), "{said}");
    std::fs::remove_file(dir.path().join("demo.json")).unwrap();
    drop(ready(dir.path(), &on));
}

/// Starts a demo and kills it while it fills the store; false: it was faster.
fn cut_short(dir: &Path) -> bool {
    let mut child = demo(dir, &[]).stderr(Stdio::null()).spawn().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let began = |dir: &Path| {
        runtime.block_on(async {
            let Ok(store) = Store::look_sqlite(dir).await else { return false };
            let Ok(tx) = store.read().await else { return false };
            let row = tx.row("SELECT 1 AS one FROM facts WHERE name = 'demo_begun'", args![]).await;
            row.is_ok_and(|row| row.is_some())
        })
    };
    while !(dir.join("demo.json").exists() || dir.join("turnpike.db").exists() && began(dir)) {
        assert!(child.try_wait().unwrap().is_none(), "the demo ended by itself");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    began(dir)
}

#[test]
fn a_demo_that_was_killed_while_it_filled_says_what_to_do() {
    let cut = (0..20).map(|_| tempfile::tempdir().unwrap()).find(|dir| cut_short(dir.path()));
    let dir = cut.expect("one of twenty is cut short");
    let said = refusal(dir.path(), &[]);
    let told = format!("cut short while it was filled; remove {} and start again", dir.path().display());
    assert!(said.contains(&told), "{said}");
    std::fs::remove_dir_all(dir.path()).unwrap();
    drop(ready(dir.path(), &[]));
}

/// Starts without a demo; gives what it said until it was ready, and the lines that come then.
fn fresh(dir: &Path) -> (Running, String, impl Iterator<Item = String> + use<>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_turnpike"));
    command.args(["up", "--api-listen", "127.0.0.1:0", "--proxy-listen", "127.0.0.1:0"]);
    command.args(["--endpoint-ports", "0+4", "--data-dir"]).arg(dir).env_clear().stderr(Stdio::piped());
    let mut running = Running(command.spawn().unwrap());
    let mut lines = BufReader::new(running.0.stderr.take().unwrap()).lines().map_while(Result::ok);
    let ready = lines.by_ref().find(|line| line.starts_with("ready API")).unwrap();
    (running, ready, lines)
}

/// What an operator who logs in is told.
fn enter(host: &str, email: &str, password: &str) -> String {
    let body = format!("{{\"email\": \"{email}\", \"password\": \"{password}\"}}");
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!(
        "POST /operator_v1/login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_fresh_installation_says_what_to_do_next() {
    let dir = tempfile::tempdir().unwrap();
    let (running, ready, lines) = fresh(dir.path());
    let said: Vec<String> = lines.take(4).collect();
    let said = said.join("\n");
    for what in [
        "no site (a brand with its customers) and no operator",
        "admin operator create",
        "/control and make a site under Sites & brands",
    ] {
        assert!(said.contains(what), "{what}: {said}");
    }
    let host = ready.split("http://").nth(1).unwrap().split(',').next().unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head =
        format!("GET /web_v1/site HTTP/1.1\r\nHost: {host}\r\nLanguage: en\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404") && answer.contains("has no site yet"), "{answer}");
    let admin = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_turnpike"));
        let made =
            command.arg("admin").args(words).arg("--data-dir").arg(dir.path()).env_clear().output().unwrap();
        (made.status.success(), String::from_utf8(made.stderr).unwrap())
    };
    let operator = |email: &str, role: &str| {
        admin(&["operator", "create", "--email", email, "--password", "correct horse", "--role", role])
    };
    let (made, said) = operator("you@example.com", "support");
    assert!(!made && said.contains("has to be an owner: --role owner"), "{said}");
    let (made, said) = operator("you@example.com", "owner");
    assert!(made, "while it runs: {said}");
    let entered = enter(host, "you@example.com", "correct horse");
    assert!(entered.contains("second_factor") && entered.contains("otpauth://"), "{entered}");
    let (made, said) = operator("another@example.com", "owner");
    assert!(!made && said.contains("is held by another turnpike process"), "the first one alone: {said}");
    assert!(!admin(&["site", "create", "Mine"]).0, "and nothing else");
    drop(running);
    let (made, said) = admin(&["site", "create", "Mine"]);
    assert!(made, "{said}");
    let (running, _, lines) = fresh(dir.path());
    drop(running);
    assert_eq!(lines.filter(|line| line.contains("next:")).count(), 0, "nothing is left to do");
}
