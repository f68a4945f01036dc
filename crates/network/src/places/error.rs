//! What can go wrong with lists of places.

use turnpike_base::{Code, Fault, Text};

/// Nothing was sent where something has to be.
pub(super) const NEEDED: Text = Text::new("必填", "is required");

/// The country has states, so one has to be named.
pub(super) fn state_needed() -> Fault {
    Fault::parameter("state", NEEDED)
}

/// No such account, or another customer's: the two are never told apart.
pub(super) fn unknown_account(name: &str) -> Fault {
    Fault::new(Code::NotFound, "account_unknown")
        .say(Text::made(format!("代理账号 {name} 不存在"), format!("There is no proxy account {name}")))
}
