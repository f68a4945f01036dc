//! Secrets at rest: sealed with the installation's 32-byte key, found again by a keyed hash.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use turnpike_base::{Fault, Secret};

const NONCE: usize = 24;

/// The installation's key. Every use of it names a purpose, so that what was sealed for one can't be
/// opened as another.
#[derive(Clone)]
pub struct Vault {
    key: [u8; 32],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(***)")
    }
}

impl Vault {
    /// A vault with this key.
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// Seals a secret: a fresh nonce, then the ciphertext with its tag (XChaCha20-Poly1305).
    pub fn seal(&self, purpose: &str, secret: &Secret) -> Result<Vec<u8>, Fault> {
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|e| Fault::internal("no_randomness", e.to_string()))?;
        let payload = Payload { msg: secret.expose().as_bytes(), aad: purpose.as_bytes() };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Fault::internal("seal_failed", "the cipher refuses"))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what [`Vault::seal`] made for the same purpose with the same key.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Secret, Fault> {
        let wrong =
            || Fault::internal("open_failed", "sealed with another key, for another purpose, or damaged");
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or_else(wrong)?;
        let payload = Payload { msg: text, aad: purpose.as_bytes() };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| wrong())?;
        String::from_utf8(plain).map(Secret::new).map_err(|_| wrong())
    }

    /// A keyed hash (HMAC-SHA256, hex) under which a secret is found again without being stored.
    pub fn fingerprint(&self, purpose: &str, secret: &str) -> String {
        let mut mac = self.mac();
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(secret.as_bytes());
        mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
    }

    /// HMAC takes keys of any length, so this can't fail; a key of the block's size says so in types.
    fn mac(&self) -> Hmac<Sha256> {
        let mut block = [0_u8; 64];
        block[..32].copy_from_slice(&self.key);
        Hmac::new(&block.into())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.key.into())
    }
}
