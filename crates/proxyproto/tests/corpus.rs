//! Replays the corpora of the fuzz targets (`fuzz/corpus/TARGET`) through the same checks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test, in helpers too"
)]

mod checks;

use std::fs;
use std::path::PathBuf;

/// Runs a check over every file of a target's corpus; says which file failed.
fn replay(target: &str, check: fn(&[u8])) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(files.len() >= 8, "only {} files in {}", files.len(), folder.display());
    let failed: Vec<String> = files
        .iter()
        .filter(|file| std::panic::catch_unwind(|| check(&fs::read(file).unwrap())).is_err())
        .map(|file| file.display().to_string())
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn socks_messages_mean_one_thing() {
    replay("socks5", checks::socks5::check);
}

#[test]
fn datagrams_mean_one_thing() {
    replay("udp", checks::udp::check);
}

#[test]
fn http_heads_and_bodies_mean_one_thing() {
    replay("http", checks::http::check);
}

#[test]
fn usernames_mean_one_thing() {
    replay("username", checks::username::check);
}

#[test]
fn the_balancer_is_believed_to_the_letter() {
    replay("proxy_header", checks::proxy_header::check);
}
