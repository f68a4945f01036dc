//! A demo started from the real binary, and a client of its API and its proxy.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    reason = "a failed assumption here is the failing test; not every test needs every helper"
)]

use serde_json::{Value, json};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tempfile::{NamedTempFile, TempDir};

/// Demos run one at a time: what has to happen within a second must not depend on what else the tests do.
static TURN: Mutex<()> = Mutex::new(());

/// A running demo; killed when dropped.
pub(crate) struct Demo {
    child: Child,
    more: Vec<String>,
    /// What it wrote to its error output.
    log: NamedTempFile,
    _turn: MutexGuard<'static, ()>,
    pub(crate) dir: TempDir,
    pub(crate) told: Value,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Fin,
    Rst,
}

fn spawn(dir: &TempDir, more: &[String], log: &NamedTempFile) -> Child {
    let log = std::fs::OpenOptions::new().append(true).open(log.path()).expect("the log can be written");
    let _ = std::fs::remove_file(dir.path().join("demo.json"));
    Command::new(env!("CARGO_BIN_EXE_turnpike"))
        .args(["up", "--demo", "--api-listen", "127.0.0.1:0", "--proxy-listen", "127.0.0.1:0"])
        .arg("--data-dir")
        .arg(dir.path())
        .args(more)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("the binary starts")
}

fn ready(dir: &TempDir) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let text = std::fs::read_to_string(dir.path().join("demo.json")).unwrap_or_default();
        if let Ok(told) = serde_json::from_str(&text) {
            return told;
        }
        assert!(Instant::now() < deadline, "the demo is not ready after a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Demo {
    pub(crate) fn start(more: &[&str]) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let dir = TempDir::new().expect("a temporary folder");
        let more: Vec<String> = more.iter().map(ToString::to_string).collect();
        let log = NamedTempFile::new().expect("a temporary file");
        let child = spawn(&dir, &more, &log);
        let told = ready(&dir);
        Self { child, dir, told, more, log, _turn: turn }
    }

    /// The server's process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What the server logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).expect("the log can be read")
    }

    /// Sends the process a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.pid());
        assert!(Command::new("sh").args(["-c", &kill]).status().expect("a shell").success());
    }

    /// Waits for the end of the process; says how it ended.
    pub(crate) fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().expect("it ends")
    }

    /// Waits for the end of a process that was killed.
    pub(crate) fn reap(&mut self) {
        self.child.wait().expect("it ends");
    }

    /// Kills the process without warning.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.reap();
    }

    /// Starts it again on the same directory, with the same flags.
    pub(crate) fn restart(&mut self) {
        self.child = spawn(&self.dir, &self.more, &self.log);
        self.told = ready(&self.dir);
    }

    pub(crate) fn text(&self, pointer: &str) -> String {
        self.told.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    pub(crate) fn echo_host(&self) -> String {
        self.text("/echo").trim_start_matches("http://").trim_end_matches('/').to_owned()
    }

    /// Asks the customer API; gives the envelope.
    pub(crate) fn api(&self, path: &str, body: Option<Value>) -> Value {
        self.api_as(&self.text("/app_key"), path, body)
    }

    /// The same as another customer.
    pub(crate) fn api_as(&self, key: &str, path: &str, body: Option<Value>) -> Value {
        self.ask(&format!("/gateway/{path}"), key, body)
    }

    /// Runs an operator's command; gives its data.
    pub(crate) fn operator(&self, command: &str, input: Value) -> Value {
        let answer = self.ask(&format!("/operator/{command}"), &self.text("/operator/token"), Some(input));
        assert!(answer.get("data").is_some(), "{command}: {answer}");
        answer["data"].clone()
    }

    /// Runs an operator's command that is to be refused; gives the whole answer.
    pub(crate) fn refused(&self, command: &str, input: Value) -> Value {
        let answer = self.ask(&format!("/operator/{command}"), &self.text("/operator/token"), Some(input));
        assert!(answer.get("error").is_some(), "{command}: {answer}");
        answer
    }

    /// Bytes that an account used, read beside the running server.
    pub(crate) fn bytes_of(&self, name: &str) -> i64 {
        use turnpike_store::{Read, Store, args};
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let store = Store::look_sqlite(self.dir.path()).await.unwrap();
            let tx = store.read().await.unwrap();
            let sql = "SELECT used FROM accounts WHERE username = $1";
            tx.row(sql, args![name]).await.unwrap().unwrap().get("used").unwrap()
        })
    }

    /// Asks any path of the API; gives the answer's JSON.
    pub(crate) fn ask(&self, path: &str, bearer: &str, body: Option<Value>) -> Value {
        let host = self.text("/api").trim_start_matches("http://").to_owned();
        let (method, body) = body.map_or(("GET", String::new()), |b| ("POST", b.to_string()));
        let mut stream = TcpStream::connect(&host).expect("the API listens");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {bearer}\r\nLanguage: en\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").map_or("", |(_, body)| body))
            .unwrap_or(Value::Null)
    }

    /// Adds an account of type 9 with the password `pass`.
    pub(crate) fn account(&self, name: &str, more: Value) {
        let mut body = json!({"accounts": format!("{name}:pass")});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        let answer = self.api("whitelist-account/add", Some(body));
        assert_eq!(answer["code"], 200, "{answer}");
    }

    /// The account's row in the customer's list.
    pub(crate) fn account_row(&self, name: &str) -> Value {
        let answer = self.api("whitelist-account/list", None);
        let list = answer["data"]["list"].as_array().cloned().unwrap_or_default();
        list.into_iter().find(|row| row["username"] == name).unwrap_or(Value::Null)
    }

    /// A CONNECT tunnel to the echo origin; the head of the answer tells whether it was let in.
    pub(crate) fn tunnel(&self, user: &str, password: &str) -> (TcpStream, String) {
        self.tunnel_to(user, password, &self.echo_host())
    }

    /// As [`Demo::tunnel`], to any `host:port`.
    pub(crate) fn tunnel_to(&self, user: &str, password: &str, host: &str) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(self.text("/proxy")).expect("the proxy listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let login = base64(&format!("{user}:{password}"));
        let head =
            format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\nProxy-Authorization: Basic {login}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let mut byte = [0];
        while !answer.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
            answer.push(byte[0]);
        }
        (stream, String::from_utf8_lossy(&answer).into_owned())
    }

    /// Downloads through a tunnel; gives the bytes that came and how it ended.
    pub(crate) fn download(&self, stream: &mut TcpStream, bytes: u64) -> (u64, End) {
        let host = self.echo_host();
        let head = format!("GET /bytes/{bytes} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        drain(stream)
    }

    /// The address that the origin sees of a request through a tunnel.
    pub(crate) fn seen_address(&self, user: &str, password: &str) -> String {
        let (mut stream, _) = self.tunnel(user, password);
        let head = format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.echo_host());
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str::<Value>(body).unwrap()["ip"].as_str().unwrap().to_owned()
    }
}

/// Reads to the end.
pub(crate) fn drain(stream: &mut TcpStream) -> (u64, End) {
    let mut buffer = vec![0; 1 << 18];
    let mut sum = 0;
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return (sum, End::Fin),
            Ok(n) => sum += n as u64,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return (sum, End::Rst),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Polls until it is so.
pub(crate) fn eventually(within: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + within;
    while Instant::now() < deadline {
        if is_so() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    is_so()
}

pub(crate) fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let n = three.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = LETTERS[usize::try_from(n >> (18 - 6 * at) & 63).unwrap()];
            out.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    out
}
