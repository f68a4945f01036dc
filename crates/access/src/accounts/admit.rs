//! Whether a username and a password let a connection in.

use super::model::Account;
use super::queries;
use turnpike_base::{Result, Secret};
use turnpike_store::{Read, Vault};
use turnpike_wire::{Reason, Refusal, Subject};

/// What takes as long to compare with as a real password, where there is no account.
const NOBODY: &str = "no account has this password";

/// The account behind credentials, or the refusal. An unknown name and a wrong password are told alike and take the
/// same way; `account_disabled` is told only to who knows the password. The owner of the account reads of either among
/// its refusals: the subject goes to his log, never to the caller.
pub async fn check(
    tx: &impl Read,
    vault: &Vault,
    username: &str,
    password: &Secret,
) -> Result<Result<Account, Refusal>> {
    let account = queries::by_name(tx, vault, &username.to_ascii_lowercase()).await?;
    let expected = account.as_ref().map_or_else(|| Secret::new(NOBODY), |a| a.password.clone());
    let right = expected == *password;
    Ok(match account {
        Some(account) if right && account.enabled && account.deleted_at.is_none() => Ok(account),
        Some(account) if right => Err(told(Reason::AccountDisabled, &account)),
        Some(account) => Err(told(Reason::BadCredentials, &account)),
        None => Err(Reason::BadCredentials.into()),
    })
}

/// Whoever deleted an account does not wait for news of it.
fn told(reason: Reason, account: &Account) -> Refusal {
    let subject = Subject { customer: account.customer, account: Some(account.id), product: account.product };
    let refusal = Refusal::new(reason);
    if account.deleted_at.is_some() { refusal } else { refusal.to(subject) }
}
