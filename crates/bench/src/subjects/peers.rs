//! The peers and their settings: no logs, no caches, room for the idle tunnels, passwords where they can.

use super::{Ground, Running, login};
use crate::dial::Entry;
use std::path::{Path, PathBuf};
use std::process::Command;

/// More connections than any load opens, within the 20,000 files that a container may have.
const CONNECTIONS: usize = 6_000;
/// The hash of [`login`]'s password, in the form that `htpasswd -m` writes.
const HASH: &str = "$apr1$bench000$QEsSm3SU1qcIFt2toR1UB/";

/// TCP mode, splicing where haproxy thinks it pays.
pub(super) fn haproxy_auto(ground: &Ground) -> Result<Running, String> {
    haproxy(ground, "option splice-auto")
}

/// TCP mode, splicing always.
pub(super) fn haproxy_forced(ground: &Ground) -> Result<Running, String> {
    haproxy(ground, "option splice-request\n  option splice-response")
}

fn haproxy(ground: &Ground, splice: &str) -> Result<Running, String> {
    let (listen, origin) = (ground.listen, ground.origin);
    let file = write(
        ground,
        "haproxy.cfg",
        &format!(
            "global\n  maxconn {CONNECTIONS}\n\
             defaults\n  mode tcp\n  {splice}\n  timeout connect 10s\n  timeout client 10m\n  timeout server 10m\n\
             listen bench\n  bind {listen}\n  server origin {origin}\n"
        ),
    )?;
    Running::peer(
        Command::new(&ground.program).arg("-db").arg("-f").arg(file),
        &ground.folder,
        listen,
        Entry::Raw,
    )
}

/// One worker, basic authentication by its own helper, no cache.
pub(super) fn squid(ground: &Ground) -> Result<Running, String> {
    let helper = Path::new("/usr/lib/squid/basic_ncsa_auth");
    if !helper.is_file() {
        return Err(format!("{} is absent", helper.display()));
    }
    let passwords = write(ground, "passwords", &format!("{}:{HASH}\n", login().name))?;
    let (helper, passwords) = (helper.display(), passwords.display());
    let listen = ground.listen;
    let file = write(
        ground,
        "squid.conf",
        &format!(
            "http_port {listen}\nvisible_hostname bench\npid_filename none\naccess_log none\n\
             cache_log /dev/null\ncache_store_log none\nnetdb_filename none\npinger_enable off\n\
             coredump_dir none\nmax_filedescriptors 16384\nshutdown_lifetime 0 seconds\ncache deny all\n\
             cache_mem 8 MB\nvia off\nforwarded_for delete\n\
             auth_param basic program {helper} {passwords}\nauth_param basic children 2\n\
             acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n"
        ),
    )?;
    let mut command = Command::new(&ground.program);
    Running::peer(command.arg("-N").arg("-f").arg(file), &ground.folder, listen, Entry::Http(login()))
}

/// A thread for each connection; it keeps no connection for a second request.
pub(super) fn tinyproxy(ground: &Ground) -> Result<Running, String> {
    let (listen, login) = (ground.listen, login());
    let log = ground.folder.join("log");
    let file = write(
        ground,
        "tinyproxy.conf",
        &format!(
            "Listen {}\nPort {}\nTimeout 600\nMaxClients {CONNECTIONS}\nLogFile \"{}\"\nLogLevel Critical\n\
             DisableViaHeader Yes\nBasicAuth {} {}\n",
            listen.ip(),
            listen.port(),
            log.display(),
            login.name,
            login.password
        ),
    )?;
    let mut command = Command::new(&ground.program);
    Running::peer(command.arg("-d").arg("-c").arg(file), &ground.folder, listen, Entry::Http(login))
}

/// Without a password: it knows users of the system only.
pub(super) fn danted(ground: &Ground) -> Result<Running, String> {
    let listen = ground.listen;
    let users = if rustix::process::geteuid().is_root() {
        "user.privileged: root\nuser.unprivileged: nobody\n"
    } else {
        ""
    };
    let file = write(
        ground,
        "danted.conf",
        &format!(
            "logoutput: /dev/null\ninternal: {} port = {}\nexternal: {}\nsocksmethod: none\nclientmethod: none\n\
             {users}client pass {{\n  from: 127.0.0.0/8 to: 0.0.0.0/0\n}}\n\
             socks pass {{\n  from: 127.0.0.0/8 to: 0.0.0.0/0\n}}\n",
            listen.ip(),
            listen.port(),
            listen.ip()
        ),
    )?;
    let mut command = Command::new(&ground.program);
    let pid = ground.folder.join("pid");
    Running::peer(command.arg("-f").arg(file).arg("-p").arg(pid), &ground.folder, listen, Entry::Socks5(None))
}

/// A thread for each connection, with a password.
pub(super) fn microsocks(ground: &Ground) -> Result<Running, String> {
    let (listen, login) = (ground.listen, login());
    let mut command = Command::new(&ground.program);
    command.args(["-i", &listen.ip().to_string(), "-p", &listen.port().to_string()]);
    command.args(["-u", &login.name, "-P", &login.password]);
    Running::peer(&mut command, &ground.folder, listen, Entry::Socks5(Some(login)))
}

fn write(ground: &Ground, name: &str, text: &str) -> Result<PathBuf, String> {
    let file = ground.folder.join(name);
    std::fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(file)
}
