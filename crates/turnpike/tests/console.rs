//! The console in a real browser, against the real binary. Needs Node and Chromium: without them it is skipped, loudly;
//! with `TURNPIKE_CONSOLE=require` that is a failure.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failed assumption here is the failing test"
)]

mod common;
#[path = "security/mailbox.rs"]
#[allow(dead_code, reason = "the walks read their mails from a file")]
mod mailbox;

use common::Demo;
use mailbox::Mailbox;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::NamedTempFile;
use tokio::runtime::Runtime;
use turnpike_stand_in::{Clock, KEY, Stripe, WEBHOOK_SECRET};

const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../console/app");
const BROWSERS: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// Whether walks can run here.
fn equipped() -> bool {
    let missing = [
        (node_runs(), "Node"),
        (Path::new(APP).join("node_modules/playwright-core").exists(), "the console's packages"),
        (Path::new(APP).join("dist/index.html").exists(), "the built console"),
        (
            std::env::var_os("CHROMIUM").is_some() || BROWSERS.iter().any(|path| Path::new(path).exists()),
            "Chromium",
        ),
    ];
    let missing: Vec<&str> = missing.iter().filter(|(there, _)| !there).map(|(_, name)| *name).collect();
    let required = std::env::var("TURNPIKE_CONSOLE").is_ok_and(|wish| wish == "require");
    assert!(missing.is_empty() || !required, "the console can't be tested without {}", missing.join(", "));
    if !missing.is_empty() {
        eprintln!("SKIPPED: the console's walk needs {}", missing.join(", "));
    }
    missing.is_empty()
}

fn node_runs() -> bool {
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
    node.is_ok_and(|status| status.success())
}

/// Runs a walk of `app/e2e`; what it says is shown when it fails.
fn walk(script: &str, told: &Value) {
    let output = Command::new("node")
        .arg(format!("e2e/{script}"))
        .current_dir(APP)
        .env("CONSOLE_E2E", told.to_string())
        .stdin(Stdio::null())
        .output()
        .expect("node runs");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{script}:\n{said}");
    eprintln!("{said}");
}

/// Each mail as one line of JSON, as it comes.
fn keep(mailbox: Mailbox, file: &NamedTempFile) {
    let mut file = file.reopen().unwrap();
    std::thread::spawn(move || {
        while let Some(text) = mailbox.wait() {
            writeln!(file, "{}", json!(text)).unwrap();
        }
    });
}

#[test]
fn a_customers_life() {
    if !equipped() {
        return;
    }
    let runtime = Runtime::new().unwrap();
    let stripe = runtime.block_on(Stripe::start("127.0.0.1:0", Clock::System)).unwrap();
    let mailbox = Mailbox::open();
    let mails = NamedTempFile::new().unwrap();
    let flags = [
        "--endpoint-ports",
        "0+20",
        "--smtp-url",
        &mailbox.url,
        "--smtp-from",
        "noreply@example.com",
        "--stripe-api",
        stripe.address(),
        "--stripe-secret-key",
        KEY,
        "--stripe-webhook-secret",
        WEBHOOK_SECRET,
    ];
    let demo = Demo::start(&flags);
    keep(mailbox, &mails);
    demo.operator("payment-method/set", json!({"id": 1}));
    stripe.deliver_to(Some(format!("{}/notices/stripe", demo.text("/api"))));
    walk(
        "customer.mjs",
        &json!({"api": demo.text("/api"), "echo": demo.text("/echo"), "proxy": demo.text("/proxy"), "mails": mails.path(),
            "customer": demo.told["customer"]}),
    );
}

#[test]
fn an_operators_day() {
    if !equipped() {
        return;
    }
    let demo = Demo::start(&["--endpoint-ports", "0+20"]);
    let told = &demo.told;
    walk(
        "operator.mjs",
        &json!({"api": told["api"], "echo": told["echo"], "proxy": told["proxy"], "account": told["account"],
            "operator": told["operator"]}),
    );
}
