//! `--demo`: a believable installation in an empty directory, made through the operator's own commands.

mod catalogue;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use turnpike_base::time::SystemClock;
use turnpike_base::{Clock, Secret};
use turnpike_control::{Control, operator};
use turnpike_identity::{keys, operators};
use turnpike_store::{Read, Store, Vault, args};

/// The fact that marks a demo's store; its value holds the demo's secrets, sealed.
const FACT: &str = "demo";
/// The fact that marks a store that is being filled.
const BEGUN: &str = "demo_begun";
const EMAIL: &str = "demo@example.com";
const OPERATOR: &str = "operator@example.com";
const USERNAME: &str = "demo01";

/// What a script or a person needs to use the demo.
#[derive(Debug)]
pub struct Demo {
    /// The customer's key.
    pub app_key: Secret,
    /// The proxy account.
    pub username: String,
    /// Its password.
    pub account_password: Secret,
    /// The customer.
    pub email: String,
    /// For the console.
    pub customer_password: Secret,
    /// The operator.
    pub operator_email: String,
    /// For the console.
    pub operator_password: Secret,
    /// For the operator API.
    pub operator_token: Secret,
}

/// As it is kept, sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    app_key: String,
    account_password: String,
    customer_password: String,
    operator_password: String,
    operator_token: String,
}

impl From<Kept> for Demo {
    fn from(kept: Kept) -> Self {
        Self {
            app_key: Secret::new(kept.app_key),
            username: USERNAME.into(),
            account_password: Secret::new(kept.account_password),
            email: EMAIL.into(),
            customer_password: Secret::new(kept.customer_password),
            operator_email: OPERATOR.into(),
            operator_password: Secret::new(kept.operator_password),
            operator_token: Secret::new(kept.operator_token),
        }
    }
}

/// What a store is to the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nobody uses it yet.
    Empty,
    /// A demo began to fill it and was cut short.
    Half,
    /// A demo filled it.
    Filled,
    /// Another installation lives in it.
    Used,
}

/// What this store is to the demo.
///
/// # Errors
/// The store does not answer.
pub async fn look(store: &Store) -> Result<Found> {
    let tx = store.read().await?;
    let rows = tx.rows("SELECT name FROM facts WHERE name IN ($1, $2)", args![FACT, BEGUN]).await?;
    let names = rows.iter().map(|row| row.get::<String>("name")).collect::<Result<Vec<_>, _>>()?;
    let used = "SELECT 1 AS one WHERE EXISTS (SELECT 1 FROM sites) OR EXISTS (SELECT 1 FROM operators)";
    Ok(match tx.row(used, args![]).await? {
        _ if names.iter().any(|name| name == FACT) => Found::Filled,
        _ if !names.is_empty() => Found::Half,
        Some(_) => Found::Used,
        None => Found::Empty,
    })
}

/// Fills an empty store, or finds the secrets of one that was filled.
///
/// # Errors
/// The store does not answer, or the secrets were sealed with another key.
pub async fn fill(control: &Control, store: &Store, vault: &Vault) -> Result<Demo> {
    let tx = store.read().await?;
    let known = tx.row("SELECT value FROM facts WHERE name = $1", args![FACT]).await?;
    drop(tx);
    if let Some(row) = known {
        let text = vault
            .open(FACT, &bytes(&row.get::<String>("value")?))
            .map_err(crate::up::told)
            .context("this store's demo was filled from another --data-dir, which has its key")?;
        return Ok(serde_json::from_str::<Kept>(text.expose())
            .context("the demo's secrets can't be read")?
            .into());
    }
    let tx = store.write().await?;
    tx.exec("INSERT INTO facts (name, value) VALUES ($1, '')", args![BEGUN]).await?;
    tx.commit().await?;
    let random = |length| keys::random_text(length).map_err(crate::up::told);
    let customer_password = random(16)?;
    let operator_password = random(16)?;
    let kept = Kept {
        app_key: people(control, store, &customer_password, &operator_password).await?,
        account_password: random(12)?,
        customer_password,
        operator_password,
        operator_token: random(40)?,
    };
    network(control).await?;
    shop(control).await?;
    access(store, vault, &kept.account_password).await?;
    let text = Secret::new(serde_json::to_string(&kept)?);
    let sealed = hex(&vault.seal(FACT, &text).map_err(crate::up::told)?);
    let tx = store.write().await?;
    tx.exec("INSERT INTO facts (name, value) VALUES ($1, $2)", args![FACT, sealed]).await?;
    tx.exec("DELETE FROM facts WHERE name = $1", args![BEGUN]).await?;
    tx.commit().await?;
    Ok(kept.into())
}

async fn run(control: &Control, path: &str, input: Value) -> Result<Value> {
    operator::run(control, path, input)
        .await
        .map_err(crate::up::told)
        .with_context(|| format!("demo: {path}"))
}

/// Site, operator and customer; gives the customer's key.
async fn people(control: &Control, store: &Store, customer: &str, operator: &str) -> Result<String> {
    let prefixes = ["/gateway", "/openapi", "/end-point", "/developers", "/api-gate-way"];
    let site = json!({"name": "Turnpike Demo", "prefixes": prefixes, "currency": "CNY", "allow_private_clients": true});
    run(control, "site/create", site).await?;
    for name in catalogue::ENTRIES {
        run(control, "site/entry", json!({"name": name, "host": "127.0.0.1"})).await?;
    }
    let note = json!({"id": 2, "note_zh": "收款账户：演示银行 0000 1111", "note_en": "Account: Demo Bank 0000 1111"});
    run(control, "payment-method/set", note).await?;
    let password = Secret::new(operator);
    operators::create(store, OPERATOR, password, operators::Role::Owner, SystemClock.now())
        .await
        .map_err(crate::up::told)?;
    let made = run(control, "customer/create", json!({"email": EMAIL, "password": customer})).await?;
    run(control, "customer/verify", json!({"email": EMAIL})).await?;
    Ok(made["app_key"].as_str().unwrap_or_default().to_owned())
}

async fn network(control: &Control) -> Result<()> {
    for exit in catalogue::exits() {
        run(control, "exit/add", exit).await?;
    }
    run(control, "static-ip/import", json!({"file": catalogue::STATICS})).await?;
    Ok(())
}

/// The catalogue, the customer's balance, and what he bought with it.
async fn shop(control: &Control) -> Result<()> {
    run(control, "product/load", json!({"file": catalogue::SHOP})).await?;
    let credit = json!({"email": EMAIL, "amount": catalogue::BALANCE, "reason": "Demo"});
    run(control, "customer/credit", credit).await?;
    for purchase in catalogue::PURCHASES {
        let mut input: Value = serde_json::from_str(purchase).context("a purchase of the demo")?;
        input["customer"] = json!(EMAIL);
        run(control, "order/create", input).await?;
    }
    Ok(())
}

/// The proxy account and the allowlisted address.
async fn access(store: &Store, vault: &Vault, password: &str) -> Result<()> {
    use turnpike_access::{State, accounts, allowlist};
    use turnpike_base::{Bytes, ProductType};
    let state = State::over(store.clone(), vault.clone());
    let tx = store.read().await?;
    let customer = turnpike_identity::customers::find(&tx, EMAIL).await.map_err(crate::up::told)?.id;
    drop(tx);
    let pair = accounts::Pair { username: USERNAME.into(), password: Secret::new(password) };
    let new = accounts::NewAccount {
        product: ProductType::Dynamic,
        remark: "Demo".into(),
        limit: Bytes::ZERO,
        daily_limit: Bytes::ZERO,
        cap: 1_000_000,
    };
    let now = SystemClock.now();
    accounts::flow::add(&state, customer, &[pair], &new, now).await.map_err(crate::up::told)?;
    let here = allowlist::NewEntries {
        addresses: vec![std::net::Ipv4Addr::LOCALHOST.into()],
        product: ProductType::Dynamic,
        package: None,
        remark: "This machine".into(),
        cap: 200,
    };
    allowlist::flow::add(&state, customer, &here, now).await.map_err(crate::up::told)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks_exact(2);
    digits.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
