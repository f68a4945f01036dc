//! HTTPS to the proxy: a certificate made for the test, and a customer who trusts it.

use super::Wire;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;

pub(crate) fn certificate() -> (Arc<rustls::ServerConfig>, rustls::RootCertStore) {
    let made = rcgen::generate_simple_self_signed(["proxy.test".to_owned()]).unwrap();
    let key = rustls_pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let server = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    (Arc::new(server), roots)
}

pub(crate) async fn dial_tls(proxy: SocketAddr, roots: rustls::RootCertStore) -> Wire {
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let stream = TcpStream::connect(proxy).await.unwrap();
    Wire::over(connector.connect("proxy.test".try_into().unwrap(), stream).await.unwrap())
}
