//! The second factor: time-based codes (RFC 6238: SHA-1, 6 digits, 30 seconds, one step of drift) and recovery codes.

use crate::keys;
use crate::people::Person;
use totp_rs::{Builder, Secret as Seed, Totp};
use turnpike_base::{Code, Fault, Result, Secret, Text, Timestamp};
use turnpike_store::{Read, Vault, WriteTx, args};

const PURPOSE: &str = "totp";
const RECOVERY: &str = "recovery";
/// Recovery codes at a time.
const RECOVERY_CODES: usize = 10;
/// The alphabet of base 32 (RFC 4648 section 6): 32 of it are 160 bits.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A second factor that waits for its first code.
#[derive(Debug)]
pub struct Enrolment {
    /// Base 32, for people who type.
    pub secret: Secret,
    /// `otpauth://…`, for a QR code.
    pub url: Secret,
}

/// Begins to set up a second factor, for somebody who has none that is confirmed.
pub async fn enrol(
    tx: &WriteTx,
    vault: &Vault,
    person: Person,
    (issuer, account): (&str, &str),
    now: Timestamp,
) -> Result<Enrolment> {
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed).map_err(|e| Fault::internal("no_randomness", e.to_string()))?;
    let text: String = seed.iter().map(|b| char::from(BASE32[usize::from(b & 31)])).collect();
    let secret = Secret::new(text);
    let sql = "INSERT INTO factors (realm, person_id, sealed, created_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (realm, person_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at, \
        last_step = 0 WHERE factors.confirmed_at IS NULL";
    tx.exec(sql, args![person.realm(), person.id(), vault.seal(PURPOSE, &secret)?, now]).await?;
    let (issuer, account) = (escaped(issuer), escaped(account));
    let url = format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", secret.expose());
    Ok(Enrolment { secret, url: Secret::new(url) })
}

/// Percent-encoding of everything but letters and digits.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn totp(secret: &Secret) -> Result<Totp> {
    let broken = |e: String| Fault::internal("totp_broken", e);
    let seed = Seed::try_from_base32(secret.expose()).map_err(|e| broken(format!("{e:?}")))?;
    Builder::new().with_secret(seed).build().map_err(|e| broken(format!("{e:?}")))
}

/// Whether somebody has a confirmed second factor.
pub async fn is_on(tx: &impl Read, person: Person) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM factors WHERE realm = $1 AND person_id = $2 AND confirmed_at IS NOT NULL";
    Ok(tx.row(sql, args![person.realm(), person.id()]).await?.is_some())
}

/// Somebody sets up what he has: `totp_on`.
pub(crate) fn already_on() -> Fault {
    Fault::new(Code::Conflict, "totp_on")
        .say(Text::new("身份验证器已启用，请先停用", "The authenticator is on already; switch it off first"))
}

/// Switches the second factor on with its first code; `None` if that is wrong. Gives the recovery codes, shown once.
/// Fails with `totp_on` where one is confirmed: a code alone must not replace the recovery codes.
pub async fn confirm(
    tx: &WriteTx,
    vault: &Vault,
    person: Person,
    code: &str,
    now: Timestamp,
) -> Result<Option<Vec<Secret>>> {
    if is_on(tx, person).await? {
        return Err(already_on());
    }
    if !check_totp(tx, vault, person, code, false, now).await? {
        return Ok(None);
    }
    let sql =
        "UPDATE factors SET confirmed_at = $3 WHERE realm = $1 AND person_id = $2 AND confirmed_at IS NULL";
    if tx.exec(sql, args![person.realm(), person.id(), now]).await? == 0 {
        return Err(already_on());
    }
    renew_recovery(tx, vault, person).await.map(Some)
}

/// Switches it off and forgets the recovery codes.
pub async fn disable(tx: &WriteTx, person: Person) -> Result<()> {
    for table in ["factors", "recovery_codes"] {
        let sql = format!("DELETE FROM {table} WHERE realm = $1 AND person_id = $2");
        tx.exec(&sql, args![person.realm(), person.id()]).await?;
    }
    Ok(())
}

/// New recovery codes in place of the old ones.
pub async fn renew_recovery(tx: &WriteTx, vault: &Vault, person: Person) -> Result<Vec<Secret>> {
    let (realm, id) = (person.realm(), person.id());
    tx.exec("DELETE FROM recovery_codes WHERE realm = $1 AND person_id = $2", args![realm, id]).await?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code = Secret::new(keys::random_text(12)?.to_ascii_lowercase());
        let sql = "INSERT INTO recovery_codes (realm, person_id, fingerprint) VALUES ($1, $2, $3)";
        tx.exec(sql, args![realm, id, vault.fingerprint(RECOVERY, code.expose())]).await?;
        codes.push(code);
    }
    Ok(codes)
}

/// How many recovery codes are left.
pub async fn recovery_left(tx: &impl Read, person: Person) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM recovery_codes WHERE realm = $1 AND person_id = $2";
    let row = tx.row(sql, args![person.realm(), person.id()]).await?;
    Ok(row.map(|row| row.get("n")).transpose()?.unwrap_or(0))
}

/// Takes a code of a confirmed second factor, `totp` or `recovery`; whether it was right. None is taken twice.
pub async fn check(
    tx: &WriteTx,
    vault: &Vault,
    person: Person,
    method: &str,
    code: &str,
    now: Timestamp,
) -> Result<bool> {
    if method == "recovery" {
        let sql = "DELETE FROM recovery_codes WHERE realm = $1 AND person_id = $2 AND fingerprint = $3";
        let mark = vault.fingerprint(RECOVERY, &code.trim().to_ascii_lowercase());
        return Ok(tx.exec(sql, args![person.realm(), person.id(), mark]).await? == 1);
    }
    check_totp(tx, vault, person, code, true, now).await
}

async fn check_totp(
    tx: &WriteTx,
    vault: &Vault,
    person: Person,
    code: &str,
    confirmed: bool,
    now: Timestamp,
) -> Result<bool> {
    let (realm, id) = (person.realm(), person.id());
    let sql = "SELECT sealed, last_step, confirmed_at FROM factors WHERE realm = $1 AND person_id = $2 ORDER BY realm";
    let rows = tx.lock(sql, args![realm, id]).await?;
    let Some(row) = rows.first() else { return Ok(false) };
    if confirmed && row.opt::<Timestamp>("confirmed_at")?.is_none() {
        return Ok(false);
    }
    let secret = vault.open(PURPOSE, &row.get::<Vec<u8>>("sealed")?)?;
    let seconds = u64::try_from(now.0 / 1_000).unwrap_or(0);
    let Some(step) = totp(&secret)?.check(code.trim(), seconds) else { return Ok(false) };
    let step = i64::try_from(step).unwrap_or(0);
    let sql = "UPDATE factors SET last_step = $3 WHERE realm = $1 AND person_id = $2 AND last_step < $3";
    Ok(tx.exec(sql, args![realm, id, step]).await? == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SHA-1 seed of RFC 6238 appendix B, in base 32, and its codes cut to 6 digits.
    const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    const CODES: [(u64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    #[test]
    fn codes_are_those_of_the_standard_with_one_step_of_drift() {
        let totp = totp(&Secret::new(SEED)).unwrap();
        for (at, code) in CODES {
            for seconds in [at, at - 30, at + 30] {
                assert_eq!(totp.check(code, seconds), Some(at / 30), "{code} at {seconds}");
            }
            assert!(totp.check(code, at + 60).is_none(), "{code} is over");
            assert!(totp.check("000000", at).is_none() && totp.check("", at).is_none());
        }
    }
}
