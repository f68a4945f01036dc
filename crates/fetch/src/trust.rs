//! TLS towards a server: the machine's certificate authorities, or the file that `SSL_CERT_FILE` names.

use crate::FetchError;
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The variable that names another file; OpenSSL's, and that of most tools.
const VARIABLE: &str = "SSL_CERT_FILE";
/// Where systems keep theirs: Debian and Arch, Fedora and its kin, Alpine and macOS.
const USUAL: &[&str] =
    &["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// Makes a connection one of TLS, with a server that shows a certificate for `host`.
pub(crate) async fn wrap(stream: TcpStream, host: &str) -> Result<TlsStream<TcpStream>, FetchError> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| FetchError::Address)?;
    let file = file(std::env::var_os(VARIABLE).map(PathBuf::from))?;
    let connector = TlsConnector::from(Arc::new(config(&file)?));
    connector.connect(name, stream).await.map_err(FetchError::Tls)
}

fn file(said: Option<PathBuf>) -> Result<PathBuf, FetchError> {
    let usual = || USUAL.iter().map(PathBuf::from).find(|path| path.exists());
    said.filter(|path| !path.as_os_str().is_empty()).or_else(usual).ok_or(FetchError::NoAuthorities)
}

/// A client that believes the authorities of a PEM file.
fn config(file: &Path) -> Result<ClientConfig, FetchError> {
    let unread = || FetchError::BadAuthorities(file.to_owned());
    let found: Vec<_> =
        CertificateDer::pem_file_iter(file).and_then(Iterator::collect).map_err(|_| unread())?;
    let mut roots = RootCertStore::empty();
    // A system's bundle may hold one that is malformed; the others count.
    let (added, _) = roots.add_parsable_certificates(found);
    if added == 0 {
        return Err(unread());
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let versions = builder.with_safe_default_protocol_versions().map_err(|_| unread())?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}
