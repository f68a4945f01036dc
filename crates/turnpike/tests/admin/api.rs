//! Commands on a running server, plain and with TLS.

use crate::kit::{Ended, run};
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use turnpike::server::HttpServer;
use turnpike::server::tls::{self, Certificates};
use turnpike::settings::TlsFiles;
use turnpike_base::Secret;
use turnpike_base::time::SystemClock;
use turnpike_control::Control;
use turnpike_store::{Store, Vault};

const TOKEN: &str = "a-token-of-the-operator";

/// An operator API with a site.
async fn serve(dir: &Path, certificates: Option<Certificates>) -> HttpServer {
    let store = Store::open_sqlite(dir).await.unwrap();
    let control = Control::open(store, Vault::new([7; 32]), Arc::new(SystemClock)).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    HttpServer::start(listener, control.router(vec![Secret::new(TOKEN)]), certificates).unwrap()
}

/// `turnpike admin LINE` with this environment, while the server goes on.
async fn admin(line: &'static str, variables: Vec<(&'static str, String)>) -> Ended {
    let work = move || {
        let variables: Vec<_> = variables.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let words: Vec<_> = ["admin"].into_iter().chain(line.split(' ')).collect();
        run(&words, &variables, "")
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn environment(url: &str, token: &str) -> Vec<(&'static str, String)> {
    vec![("TURNPIKE_API", url.to_owned()), ("TURNPIKE_TOKEN", token.to_owned())]
}

#[tokio::test]
async fn a_server_runs_the_same_commands() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(dir.path(), None).await;
    let there = || environment(&format!("http://{}/", server.address()), TOKEN);
    assert_eq!(admin("site create default --json", there()).await.json()["id"], 1);
    let made = admin("customer create --email ann@example.com --json", there()).await.json();
    assert_eq!(made["email"], "ann@example.com");
    let listed = admin("customer list", there()).await;
    assert!(listed.out.contains("ann@example.com"), "{}{}", listed.out, listed.err);
    let refused = admin("package grant ann@example.com --type 9 --gb 0", there()).await;
    assert!(refused.refusal().contains("\n  gb: must be a whole number from 1 to 10000000 GB"));
    let refused = admin("customer show bo@example.com --json", there()).await;
    assert!(refused.refusal().contains("[customer_unknown]"), "{}", refused.err);
}

#[tokio::test]
async fn a_wrong_token_and_a_server_that_is_away_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(dir.path(), None).await;
    let url = format!("http://{}", server.address());
    let refused = admin("site list", environment(&url, "another")).await;
    assert!(refused.refusal().contains("[token_required]"), "{}", refused.err);
    server.drain(std::time::Duration::ZERO).await;
    let away = admin("site list", environment(&url, TOKEN)).await;
    assert!(away.refusal().contains("is the server running?"), "{}", away.err);
    assert!(!away.err.contains(TOKEN), "{}", away.err);
}

#[tokio::test]
async fn a_server_with_a_certificate_is_believed_by_its_authority_only() {
    let dir = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let files = TlsFiles { cert: dir.path().join("cert.pem"), key: dir.path().join("key.pem") };
    std::fs::write(&files.cert, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let server = serve(dir.path(), Some(Certificates::new(tls::read(&files).unwrap()))).await;
    let stranger = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let strange = dir.path().join("strange.pem");
    std::fs::write(&strange, stranger.cert.pem()).unwrap();
    let believing = |file: &Path| {
        let mut there = environment(&format!("https://{}", server.address()), TOKEN);
        there.push(("SSL_CERT_FILE", file.display().to_string()));
        there
    };
    let refused = admin("site list", believing(&strange)).await;
    assert!(refused.refusal().contains("the TLS handshake failed"), "{}", refused.err);
    assert_eq!(admin("site list --json", believing(&files.cert)).await.json()["total"], 0);
    let plain = admin("site list", environment(&format!("http://{}", server.address()), TOKEN)).await;
    assert!(plain.refusal().contains("does it speak TLS?"), "{}", plain.err);
}
