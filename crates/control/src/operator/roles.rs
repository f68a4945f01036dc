//! Which command which role may run. What is not named here is the owner's.

use turnpike_base::{Code, Fault, Result, Text};
use turnpike_identity::operators::Role;

/// Verbs that change nothing.
const READS: &[&str] = &[
    "list",
    "show",
    "days",
    "trace",
    "accounts",
    "check",
    "export",
    "waiting",
    "quota",
    "map",
    "preview",
    "refunds",
    "unmatched",
    "reconciliations",
];
/// Nouns whose very reading is the owner's: they hold codes, links and everybody's deeds.
const CLOSED: &[&str] = &["mail", "operator", "audit"];

/// Whether a command changes nothing.
pub(super) fn is_read(path: &str) -> bool {
    path.split_once('/').is_some_and(|(_, verb)| READS.contains(&verb))
}

/// Whose the writes of a noun are, beside the owner's.
fn keeper(noun: &str, verb: &str) -> Option<Role> {
    match (noun, verb) {
        ("customer", "credit") => Some(Role::Finance),
        ("customer" | "package" | "account" | "article", _) => Some(Role::Support),
        ("exit" | "static-ip" | "rule" | "node" | "endpoint" | "session", _) => Some(Role::Network),
        (
            "order" | "payment-method" | "payment" | "coupon" | "product" | "catalogue" | "ledger"
            | "invoice" | "activity" | "statement" | "renewal",
            _,
        ) => Some(Role::Finance),
        _ => None,
    }
}

/// Passes where a role may run a command.
pub(super) fn check(role: Role, path: &str) -> Result<()> {
    let (noun, verb) = path.split_once('/').unwrap_or((path, ""));
    // Submissions hold document numbers: reading them is the keeper's too.
    let plain = is_read(path) && !CLOSED.contains(&noun) && verb != "waiting";
    if role == Role::Owner || plain || keeper(noun, verb) == Some(role) {
        return Ok(());
    }
    Err(Fault::new(Code::Forbidden, "role_lacks").say(Text::made(
        format!("角色 {} 无权执行 {path}", role.name()),
        format!("The role {} may not run {path}", role.name()),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_does_its_own_and_reads_the_rest() {
        let may = |role, path| check(role, path).is_ok();
        assert!(Role::ALL.into_iter().all(|role| may(role, "customer/list") && may(role, "exit/list")));
        assert!(may(Role::Support, "customer/disable") && !may(Role::Finance, "customer/disable"));
        assert!(may(Role::Finance, "customer/credit") && !may(Role::Support, "customer/credit"));
        assert!(may(Role::Network, "exit/add") && !may(Role::Support, "exit/add"));
        for path in [
            "customer/key",
            "customer/waiting",
            "exit/drain",
            "mail/list",
            "operator/list",
            "audit/list",
            "new/thing",
        ] {
            assert!(!may(Role::ReadOnly, path) && may(Role::Owner, path), "{path}");
        }
        assert_eq!(check(Role::ReadOnly, "exit/add").unwrap_err().code, Code::Forbidden);
    }
}
