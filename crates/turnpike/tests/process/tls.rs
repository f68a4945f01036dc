//! Certificates are read anew on SIGHUP, for API and proxy; what runs goes on, and a broken file changes nothing.

use crate::common::{Demo, eventually};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Takes any certificate: the test compares it itself.
#[derive(Debug)]
struct Any;

impl ServerCertVerifier for Any {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            cert,
            signed,
            &aws_lc_rs::default_provider().signature_verification_algorithms,
        )
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            cert,
            signed,
            &aws_lc_rs::default_provider().signature_verification_algorithms,
        )
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// A connection, and the certificate that was shown.
fn dial(at: &str) -> (Stream, Vec<u8>) {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Any))
        .with_no_client_auth();
    let name = ServerName::try_from("turnpike.test").unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(at).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut stream = StreamOwned::new(client, socket);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock).unwrap();
    }
    let shown = stream.conn.peer_certificates().unwrap()[0].to_vec();
    (stream, shown)
}

/// Writes a fresh pair; gives the certificate.
fn write_pair(dir: &Path) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(["turnpike.test".to_owned()]).unwrap();
    std::fs::write(dir.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(dir.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().to_vec()
}

fn ask(stream: &mut Stream) -> String {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: turnpike.test\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        answer.push(byte[0]);
    }
    let head = String::from_utf8(answer).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    stream.read_exact(&mut vec![0; length.unwrap_or(0)]).unwrap();
    head
}

#[test]
fn a_renewed_certificate_is_shown_after_sighup() {
    let files = tempfile::tempdir().unwrap();
    let first = write_pair(files.path());
    let (cert, key) = (files.path().join("cert.pem"), files.path().join("key.pem"));
    let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
    let flags =
        ["--api-tls-cert", cert, "--api-tls-key", key, "--proxy-tls-cert", cert, "--proxy-tls-key", key];
    let demo = Demo::start(&flags);
    let (api, proxy) = (demo.text("/api").replace("https://", ""), demo.text("/proxy"));
    let shown = |at: &str| dial(at).1;
    assert_eq!((shown(&api), shown(&proxy)), (first.clone(), first.clone()));
    let (mut running, _) = dial(&api);
    assert!(ask(&mut running).starts_with("http/1.1 200"));
    let second = write_pair(files.path());
    demo.signal("HUP");
    let renewed = || shown(&api) == second && shown(&proxy) == second;
    assert!(eventually(Duration::from_secs(30), renewed), "both show the new one");
    assert!(ask(&mut running).starts_with("http/1.1 200"), "what was open goes on");
    std::fs::write(cert, "no certificate").unwrap();
    demo.signal("HUP");
    let third_dir = tempfile::tempdir().unwrap();
    let third = write_pair(third_dir.path());
    assert_eq!(shown(&api), second, "a broken file changes nothing");
    for name in ["cert.pem", "key.pem"] {
        std::fs::copy(third_dir.path().join(name), files.path().join(name)).unwrap();
    }
    demo.signal("HUP");
    assert!(eventually(Duration::from_secs(30), || shown(&api) == third), "and the next good one is taken");
}
