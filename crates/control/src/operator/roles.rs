//! Which command which role may run. What is not named here is the owner's.

use super::look;
use turnpike_base::{Code, Fault, Result, Text};
use turnpike_identity::operators::Role;

/// Verbs that change nothing.
const READS: &[&str] = &[
    "list",
    "show",
    "days",
    "accounts",
    "check",
    "export",
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
    look::is_one(path) || path.split_once('/').is_some_and(|(_, verb)| READS.contains(&verb))
}

/// Whose the writes of a noun are, and its looks at what is private, beside the owner's.
fn keeper(noun: &str, verb: &str) -> Option<Role> {
    match (noun, verb) {
        // Whoever has a customer's key is the customer.
        ("customer", "key") => None,
        ("customer", "credit") => Some(Role::Finance),
        ("usage", "trace") => Some(Role::Network),
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
    let plain = is_read(path) && !CLOSED.contains(&noun) && !look::is_one(path);
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
        assert!(may(Role::Network, "usage/trace") && may(Role::Support, "customer/waiting"));
        assert!(may(Role::Finance, "order/proofs") && may(Role::Owner, "usage/trace"));
        for (role, path) in [
            (Role::Support, "customer/key"),
            (Role::Support, "usage/trace"),
            (Role::Finance, "usage/trace"),
            (Role::Network, "customer/waiting"),
            (Role::Support, "order/proofs"),
        ] {
            assert!(!may(role, path), "{role:?} {path}");
        }
        for path in [
            "customer/key",
            "customer/waiting",
            "usage/trace",
            "order/proofs",
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
