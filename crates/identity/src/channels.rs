//! How a verification code reaches a customer: by mail, or through the operator's signed webhook.

use crate::{codes, customers, events, mail};
use serde_json::json;
use turnpike_base::{CustomerId, Result, Text, Timestamp};
use turnpike_store::{Vault, WriteTx};

/// Writes the message that carries a code into the transaction that made it.
pub(crate) async fn send(
    tx: &WriteTx,
    vault: &Vault,
    customer: CustomerId,
    channel: &str,
    code: &str,
    now: Timestamp,
) -> Result<()> {
    if channel != "email" {
        let phone = customers::phone(tx, customer).await?;
        let event = json!({"event": "verification_code", "customer": customer, "channel": channel, "phone": phone,
            "code": code, "minutes": codes::MINUTES});
        return events::post(tx, vault, &event, codes::MINUTES, now).await;
    }
    let minutes = codes::MINUTES;
    let letter = mail::Letter {
        subject: Text::made(format!("验证码 {code}"), format!("Verification code {code}")),
        lines: vec![
            Text::made(format!("您的验证码是：{code}"), format!("Your verification code is: {code}")),
            Text::made(
                format!("{minutes} 分钟内有效。如果不是您本人操作，请修改密码。"),
                format!("It is good for {minutes} minutes. If you did not ask for it, change your password."),
            ),
        ],
        action: None,
        minutes,
    };
    mail::to_customer(tx, vault, customer, &letter, now).await
}
