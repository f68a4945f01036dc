//! Mail server and webhook, from the settings.

use crate::settings::Settings;
use anyhow::{Context, Result};
use std::net::SocketAddr;
use turnpike_control::{Control, Couriers, Smtp, Webhook};

/// Tells control how to reach people, and where people reach the console.
///
/// # Errors
/// A setting can't be used.
pub(super) fn set(control: &Control, settings: &Settings, api: SocketAddr) -> Result<()> {
    let smtp = settings.smtp.as_ref().map(|smtp| Smtp::new(smtp.url.expose(), &smtp.from));
    let webhook = settings.webhook.as_ref().map(|hook| Webhook::new(&hook.url, hook.secret.clone()));
    let couriers = Couriers {
        smtp: smtp.transpose().context("the mail server can't be used")?,
        webhook: webhook.transpose().context("the webhook can't be used")?,
    };
    let scheme = if settings.api_tls.is_some() { "https" } else { "http" };
    control.set_public_url(settings.public_url.clone().unwrap_or_else(|| format!("{scheme}://{api}")));
    control.set_couriers(couriers);
    Ok(())
}
