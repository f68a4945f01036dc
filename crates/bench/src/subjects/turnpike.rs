//! Turnpike: the demo installation, entered with its proxy account's password, limits and metering on.

use super::running::Process;
use super::{Ground, Running};
use crate::dial::{Entry, Login};
use serde::Deserialize;
use std::net::SocketAddr;
use std::process::Command;

/// What the benchmark reads of `demo.json`.
#[derive(Deserialize)]
struct Demo {
    proxy: SocketAddr,
    account: Account,
}

#[derive(Deserialize)]
struct Account {
    username: String,
    password: String,
}

/// Starts it on a data directory of its own; a second start continues that one.
pub(super) fn start(ground: &Ground) -> Result<Running, String> {
    let data = ground.folder.join("data");
    let ready = data.join("demo.json");
    // The file of an earlier start would name its ports.
    let _ = std::fs::remove_file(&ready);
    let mut command = Command::new(&ground.program);
    command.args(["up", "--demo", "--api-listen", "127.0.0.1:0", "--proxy-listen", "127.0.0.1:0"]);
    command.args(["--endpoint-ports", "0+16", "--allow-private-destinations"]);
    command.arg("--data-dir").arg(&data);
    let mut process = Process::start(&mut command, &ground.folder)?;
    // It is written when everything answers. Half a file does not parse yet.
    let demo: Demo = process.until(|| serde_json::from_slice(&std::fs::read(&ready).ok()?).ok())?;
    let login = Login { name: demo.account.username, password: demo.account.password };
    Ok(process.running(demo.proxy, Entry::Http(login.clone()), Some(Entry::Socks5(Some(login)))))
}
