//! Sites, customers, and what customers hold.

use super::{Paging, ask};
use crate::admin::secrets;
use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Subcommand;
use serde::Serialize;
use std::path::Path;

/// `turnpike admin site …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Site {
    /// Add a site; the first one is where customers go who name none
    Create {
        /// 1 to 64 characters, unique
        name: String,
        /// Path prefix of the API, can be repeated: a slash and up to 31 of a-z 0-9 - _ [default: /gateway]
        #[arg(long = "prefix", value_name = "PATH")]
        prefixes: Vec<String>,
        /// Language of texts where a request names none: zh or en [default: zh]
        #[arg(long)]
        lang: Option<String>,
        /// IANA time zone, such as Asia/Shanghai: its midnight ends days [default: UTC]
        #[arg(long)]
        zone: Option<String>,
        /// What it settles in: CNY, USD or HKD [default: CNY]
        #[arg(long)]
        currency: Option<String>,
        /// Goes before the names of proxy accounts on the proxy entry
        #[arg(long, value_name = "TEXT")]
        account_prefix: Option<String>,
        /// Let customers allowlist private and loopback addresses
        #[arg(long)]
        allow_private_clients: bool,
        /// Proxy accounts need a verified customer
        #[arg(long)]
        demands_verification: bool,
        /// Host name under which the console shows this brand, can be repeated
        #[arg(long = "host", value_name = "NAME")]
        hosts: Vec<String>,
        #[command(flatten)]
        look: Box<Look>,
    },
    /// Change a site; what is not said stays. Its currency can't change
    Change {
        /// The site's name
        name: String,
        /// All path prefixes of the API
        #[arg(long = "prefix", value_name = "PATH")]
        prefixes: Option<Vec<String>>,
        /// Language of texts where a request names none: zh or en
        #[arg(long)]
        lang: Option<String>,
        /// IANA time zone, such as Asia/Shanghai
        #[arg(long)]
        zone: Option<String>,
        /// Goes before the names of proxy accounts on the proxy entry
        #[arg(long, value_name = "TEXT")]
        account_prefix: Option<String>,
        /// Whether proxy accounts need a verified customer: true or false
        #[arg(long, value_name = "BOOL")]
        demands_verification: Option<bool>,
        /// All host names under which the console shows this brand
        #[arg(long = "host", value_name = "NAME")]
        hosts: Option<Vec<String>>,
        #[command(flatten)]
        look: Box<Look>,
    },
    /// All sites
    List {},
    /// Name an entry, for the parameter `ep` of extraction; without --host it is forgotten
    Entry {
        /// Up to 32 letters, digits and dashes
        name: String,
        /// Name or address that customers dial
        #[arg(long)]
        host: Option<String>,
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
}

/// How a brand shows itself.
#[derive(clap::Args, Debug, Serialize)]
pub(crate) struct Look {
    /// The name people read [default: the site's name]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    title: Option<String>,
    /// Colour of buttons and links, such as #1c5d99
    #[serde(skip_serializing_if = "Option::is_none")]
    #[arg(long, value_name = "#RRGGBB")]
    colour: Option<String>,
    /// Colour beside it
    #[serde(skip_serializing_if = "Option::is_none")]
    #[arg(long, value_name = "#RRGGBB")]
    accent: Option<String>,
    /// File with the logo: PNG, SVG, WebP or JPEG, up to about 140 KB
    #[serde(skip_serializing_if = "Option::is_none")]
    #[arg(long, value_name = "FILE")]
    logo: Option<String>,
    /// One line under the name, Chinese
    #[serde(skip_serializing_if = "Option::is_none")]
    #[arg(long, value_name = "TEXT")]
    tagline_zh: Option<String>,
    /// One line under the name, English
    #[serde(skip_serializing_if = "Option::is_none")]
    #[arg(long, value_name = "TEXT")]
    tagline_en: Option<String>,
    /// Whom to ask for help
    #[serde(skip_serializing_if = "Option::is_none")]
    #[arg(long, value_name = "TEXT")]
    support: Option<String>,
    /// Terms of use, Chinese
    #[serde(skip_serializing_if = "Option::is_none")]
    #[arg(long, value_name = "TEXT")]
    terms_zh: Option<String>,
    /// Terms of use, English
    #[serde(skip_serializing_if = "Option::is_none")]
    #[arg(long, value_name = "TEXT")]
    terms_en: Option<String>,
    /// Whether strangers can't register: true or false
    #[serde(skip_serializing_if = "Option::is_none")]
    #[arg(long, value_name = "BOOL")]
    closed: Option<bool>,
}

impl Look {
    /// Puts the logo's file into a data URL.
    fn read(&mut self) -> Result<()> {
        let Some(file) = self.logo.take() else { return Ok(()) };
        let kind = match Path::new(&file).extension().and_then(|e| e.to_str()) {
            Some("png") => "png",
            Some("svg") => "svg+xml",
            Some("webp") => "webp",
            Some("jpg" | "jpeg") => "jpeg",
            _ => anyhow::bail!("--logo: {file} is no .png, .svg, .webp or .jpg"),
        };
        let bytes = std::fs::read(&file).with_context(|| format!("--logo: {file} can't be read"))?;
        self.logo = Some(format!("data:image/{kind};base64,{}", STANDARD.encode(bytes)));
        Ok(())
    }
}

impl Site {
    pub(super) fn read(&mut self) -> Result<()> {
        match self {
            Self::Create { look, .. } | Self::Change { look, .. } => look.read(),
            _ => Ok(()),
        }
    }
}

/// `turnpike admin customer …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Customer {
    /// Add a customer; prints the app_key
    Create {
        /// E-mail address, unique within the site
        #[arg(long)]
        email: String,
        /// For the console; `-` or no value: asked for, or one line of the standard input. Without this
        /// flag the customer can't log in
        #[arg(long, num_args = 0..=1, default_missing_value = secrets::STDIN)]
        password: Option<String>,
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
    /// Customers, the newest first
    List(Paging),
    /// One customer
    Show {
        /// E-mail address or id
        email: String,
    },
    /// Record that real-name verification is passed
    Verify {
        /// E-mail address or id
        email: String,
        /// Only if its version (of customer waiting) is still this one
        #[arg(long, value_name = "VERSION")]
        seen: Option<i64>,
    },
    /// Real names that wait for a decision
    Waiting {},
    /// Refuse real-name verification; the customer reads why
    Refuse {
        /// E-mail address or id
        email: String,
        /// The customer reads it
        #[arg(long)]
        reason: String,
        /// Only if its version (of customer waiting) is still this one
        #[arg(long, value_name = "VERSION")]
        seen: Option<i64>,
    },
    /// Record a telephone to log in with and for codes, or forget it
    Phone {
        /// E-mail address or id
        email: String,
        /// 5 to 15 digits, with an optional +; without one it is forgotten
        phone: Option<String>,
    },
    /// Switch the second factor off and end every login: for who lost telephone and recovery codes
    Reset {
        /// E-mail address or id
        email: String,
    },
    /// Print a login of the customer's console, good for an hour
    SeeAs {
        /// E-mail address or id
        email: String,
    },
    /// Refuse everything of a customer; running connections end
    Disable {
        /// E-mail address or id
        email: String,
    },
    /// Allow a disabled customer again
    Enable {
        /// E-mail address or id
        email: String,
    },
    /// Add to a balance, or take from it
    Credit {
        /// E-mail address or id
        email: String,
        /// In the site's currency, such as 12.50; with a minus it is taken
        #[arg(allow_negative_numbers = true)]
        amount: String,
        /// What the customer reads on his statement, up to 200 characters
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Print the newest valid app_key
    Key {
        /// E-mail address or id
        email: String,
        /// Revoke every key first and issue a new one
        #[arg(long)]
        rotate: bool,
    },
}

impl Customer {
    pub(super) fn ask(&mut self) -> Result<()> {
        match self {
            Self::Create { password: Some(password), .. } => ask(password, secrets::password),
            _ => Ok(()),
        }
    }
}

/// `turnpike admin package …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Package {
    /// Grant a package without an order
    Grant {
        /// E-mail address or id
        #[arg(value_name = "EMAIL")]
        customer: String,
        /// Traffic: 9 dynamic, 12 datacenter, 13 residential static, 15 ISP, 16 and 21 static rotating. Unmetered:
        /// 11. Counts: 17 extractions, 20 exchanges and others
        #[serde(rename = "type")]
        #[arg(long = "type", value_name = "NUMBER", allow_negative_numbers = true)]
        product: i64,
        /// Traffic in GB (traffic types)
        #[arg(long, value_name = "GB", allow_negative_numbers = true)]
        gb: Option<i64>,
        /// Number of uses (types of counts)
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        count: Option<i64>,
        /// Cap in Mbit/s (type 11)
        #[arg(long, value_name = "MBIT", allow_negative_numbers = true)]
        bandwidth: Option<i64>,
        /// Most connections at once (type 11)
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        concurrency: Option<i64>,
        /// How long it is valid [default: 30]
        #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
        days: Option<i64>,
        /// In place of --days, for short trials
        #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, conflicts_with = "days")]
        seconds: Option<i64>,
        /// What the customer sees
        #[arg(long)]
        title: Option<String>,
    },
    /// Take from a customer's counts what a service of yours served: 18 scraper, 27 SERP, 28 video
    Take {
        /// E-mail address or id
        #[arg(value_name = "EMAIL")]
        customer: String,
        /// 18, 27 or 28
        #[serde(rename = "type")]
        #[arg(long = "type", value_name = "NUMBER", allow_negative_numbers = true)]
        product: i64,
        /// How many [default: 1]
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        count: Option<i64>,
        /// Your service's own name of the call: the same one takes once
        #[arg(long, value_name = "TEXT")]
        reference: Option<String>,
    },
    /// A customer's packages; amounts are in KB (1 GB is 1,048,576 KB) or uses
    List {
        /// E-mail address or id
        #[arg(value_name = "EMAIL")]
        customer: String,
        #[command(flatten)]
        #[serde(flatten)]
        paging: Paging,
    },
}

/// `turnpike admin account …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Account {
    /// A customer's proxy accounts
    List {
        /// E-mail address or id
        #[arg(value_name = "EMAIL")]
        customer: String,
        #[command(flatten)]
        #[serde(flatten)]
        paging: Paging,
    },
    /// One proxy account; its password is not shown
    Show {
        /// The account's name
        #[arg(value_name = "NAME")]
        username: String,
    },
}
