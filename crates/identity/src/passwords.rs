//! Passwords of people (customers and operators): hashed with Argon2id, never kept.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use turnpike_base::{Fault, Result, Secret, Text};

/// Shortest password of a person, in characters.
pub const SHORTEST: usize = 8;
/// Longest password of a person, in characters.
pub const LONGEST: usize = 128;

/// A hash of a password that nobody has: checked where there is no person, so that it takes the same time.
pub(crate) const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$dHVybnBpa2Utbm9ib2R5$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// 19 MiB, 2 passes, 1 lane: the OWASP minimum for Argon2id, about 80 ms on a small machine.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// Checks the length; the reason names bounds and unit.
pub fn check(password: &Secret) -> Result<()> {
    if (SHORTEST..=LONGEST).contains(&password.expose().chars().count()) {
        return Ok(());
    }
    Err(Fault::parameter(
        "password",
        Text::made(
            format!("应为 {SHORTEST} 到 {LONGEST} 个字符"),
            format!("must be {SHORTEST} to {LONGEST} characters"),
        ),
    ))
}

/// Hashes a password beside the async threads: it takes tens of milliseconds of computing.
pub async fn hash(password: Secret) -> Result<String> {
    let work = move || {
        let hash: argon2::password_hash::Result<PasswordHash> =
            argon2().hash_password(password.expose().as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|e| Fault::internal("password_hash", e.to_string()))
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| Fault::internal("password_hash", e))?
}

/// Whether a password is the hashed one.
pub async fn verify(password: Secret, hash: String) -> Result<bool> {
    let work = move || argon2().verify_password(password.expose().as_bytes(), hash.as_str()).is_ok();
    tokio::task::spawn_blocking(work).await.map_err(|e| Fault::internal("password_hash", e))
}
