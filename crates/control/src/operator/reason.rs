//! Why something is done: any command that changes something may be told, some have to be. It stands in the audit.

use serde_json::Value;
use turnpike_base::{Fault, Result, Text};

/// The longest reason, in characters.
const LONGEST: usize = 200;
/// Commands that take the reason themselves, because the customer reads it.
const OWN: &[&str] = &["customer/credit", "customer/refuse", "invoice/reject"];
/// What people in the control room have to give a reason for: it touches somebody's money, or his privacy.
const NEEDED: &[&str] = &[
    "customer/credit",
    "customer/disable",
    "customer/key",
    "customer/refuse",
    "customer/reset",
    "customer/see-as",
    "order/refund",
    "order/reject",
    "package/grant",
    "payment/return",
    "static-ip/release",
    "usage/trace",
];

fn of(input: &Value) -> &str {
    input.get("reason").and_then(Value::as_str).map(str::trim).unwrap_or_default()
}

/// A reason is a short text.
pub(super) fn check(input: &Value) -> Result<()> {
    let fits = match input.get("reason") {
        None | Some(Value::Null) => true,
        Some(value) => value.as_str().is_some_and(|text| text.chars().count() <= LONGEST),
    };
    if fits { Ok(()) } else { Err(wrong("最多 200 个字符", "must have at most 200 characters")) }
}

/// Fails where a person has to say why and did not.
pub(super) fn demand(path: &str, input: &Value) -> Result<()> {
    if NEEDED.contains(&path) && of(input).is_empty() {
        return Err(wrong("请填写原因", "must be given: it stands in the audit"));
    }
    Ok(())
}

/// The command itself does not know it.
pub(super) fn strip(path: &str, input: &mut Value) {
    if let (false, Value::Object(fields)) = (OWN.contains(&path), input) {
        fields.remove("reason");
    }
}

fn wrong(zh: &'static str, en: &'static str) -> Fault {
    Fault::parameter("reason", Text::new(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn who_touches_money_or_privacy_says_why() {
        assert!(demand("order/refund", &json!({"trade_no": "1"})).is_err());
        assert!(demand("order/refund", &json!({"trade_no": "1", "reason": " "})).is_err());
        assert!(demand("order/refund", &json!({"trade_no": "1", "reason": "asked for it"})).is_ok());
        assert!(demand("exit/drain", &json!({"id": 1})).is_ok());
        let long = "x".repeat(201);
        assert!(check(&json!({"reason": long})).is_err() && check(&json!({"reason": 7})).is_err());
    }

    #[test]
    fn the_command_sees_only_what_it_knows() {
        let mut input = json!({"id": 1, "reason": "old"});
        strip("exit/drain", &mut input);
        assert_eq!(input, json!({"id": 1}));
        let mut input = json!({"email": "a@example.com", "reason": "thanks"});
        strip("customer/credit", &mut input);
        assert_eq!(input["reason"], "thanks");
    }
}
