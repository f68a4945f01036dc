//! What can go wrong with lists of places.

use turnpike_base::{Code, Fault, Text};

/// No such account, or another customer's: the two are never told apart.
pub(super) fn unknown_account(name: &str) -> Fault {
    Fault::new(Code::NotFound, "account_unknown")
        .say(Text::made(format!("代理账号 {name} 不存在"), format!("There is no proxy account {name}")))
}
