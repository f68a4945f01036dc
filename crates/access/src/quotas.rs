//! Quotas: how many proxy accounts and allowlisted addresses a customer may have and has, per product type
//! (contract section 8).

use crate::State;
use crate::accounts::api::TYPES;
use serde::Serialize;
use std::collections::HashMap;
use turnpike_base::{CustomerId, ProductType, Result};
use turnpike_store::{Read, StoreError, args};
use turnpike_web::{Call, Endpoint, Listed, field, params, with};
use utoipa::ToSchema;

params! {
    /// What `whitelist-account/quota` and `white-ip/quota` take.
    pub struct OfType {
        product_type: ProductType = field::or(field::product(TYPES), ProductType::Dynamic), "套餐类型，默认 9", "Product type, 9 by default";
    }
}

/// What may be and what is.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
struct Quota {
    product_type: i64,
    /// How many there may be.
    total: i64,
    /// How many there are.
    used: i64,
    /// How many more there may be.
    left: i64,
}

/// What is counted.
#[derive(Clone, Copy)]
enum What {
    Accounts,
    Addresses,
}

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    use What::{Accounts, Addresses};
    vec![
        Endpoint::get("whitelist-account/quota", "accounts", "某一类型的代理账号配额", "How many accounts of a type there may be and are", with(s, |s, c, i| one(Accounts, s, c, i))).codes(&[]),
        Endpoint::get("whitelist-account/quotas", "accounts", "各类型的代理账号配额", "The same for every type", with(s, |s, c, ()| all(Accounts, s, c))).codes(&[]),
        Endpoint::get("white-ip/quota", "allowlist", "某一类型的 IP 白名单配额", "How many allowlisted addresses of a type there may be and are", with(s, |s, c, i| one(Addresses, s, c, i))).codes(&[]),
        Endpoint::get("white-ip/quotas", "allowlist", "各类型的 IP 白名单配额", "The same for every type", with(s, |s, c, ()| all(Addresses, s, c))).codes(&[]),
    ]
}

async fn one(what: What, state: State, call: Call, input: OfType) -> Result<Quota> {
    let used = counts(&state.store.read().await?, what, call.customer).await?;
    Ok(quota(what, &call, input.product_type.number(), &used))
}

async fn all(what: What, state: State, call: Call) -> Result<Listed<Quota>> {
    let used = counts(&state.store.read().await?, what, call.customer).await?;
    Ok(Listed { list: TYPES.iter().map(|product| quota(what, &call, *product, &used)).collect() })
}

fn quota(what: What, call: &Call, product_type: i64, used: &HashMap<i64, i64>) -> Quota {
    let total = match what {
        What::Accounts => call.site.account_cap,
        What::Addresses => call.site.allowlist_cap,
    };
    let used = used.get(&product_type).copied().unwrap_or(0);
    // A site may have lowered its figure since.
    Quota { product_type, total, used, left: (total - used).max(0) }
}

/// What a customer has, by product type.
async fn counts(tx: &impl Read, what: What, customer: CustomerId) -> Result<HashMap<i64, i64>, StoreError> {
    let sql = match what {
        What::Accounts => {
            "SELECT product_type, COUNT(*) AS n FROM accounts WHERE customer_id = $1 AND deleted_at IS NULL GROUP BY product_type"
        }
        What::Addresses => {
            "SELECT product_type, COUNT(*) AS n FROM allowlist WHERE customer_id = $1 GROUP BY product_type"
        }
    };
    let rows = tx.rows(sql, args![customer]).await?;
    rows.iter().map(|row| Ok((row.get("product_type")?, row.get("n")?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{NewAccount, Pair, flow};
    use turnpike_base::{Bytes, Secret, Timestamp};
    use turnpike_store::{Store, Vault, both_engines};

    const WHO: CustomerId = CustomerId(7);

    async fn add(store: &Store, name: &str, cap: i64) -> Result<()> {
        let state = State::over(store.clone(), Vault::new([7; 32]));
        let pair = Pair { username: name.into(), password: Secret::new("pass") };
        let new = NewAccount {
            product: ProductType::Dynamic,
            remark: String::new(),
            limit: Bytes::ZERO,
            daily_limit: Bytes::ZERO,
            cap,
        };
        flow::add(&state, WHO, &[pair], &new, Timestamp(0)).await.map(drop)
    }

    both_engines! {
        async fn accounts_are_counted_by_type_and_capped(store: Store) {
            add(&store, "user01", 2).await.unwrap();
            add(&store, "user02", 2).await.unwrap();
            let fault = add(&store, "user03", 2).await.unwrap_err();
            assert!(fault.errors["accounts"][0].en.contains("at most 2 accounts"), "{fault}");
            let tx = store.read().await.unwrap();
            let used = counts(&tx, What::Accounts, WHO).await.unwrap();
            assert_eq!(used, HashMap::from([(9, 2)]));
            assert!(counts(&tx, What::Addresses, WHO).await.unwrap().is_empty());
            assert!(counts(&tx, What::Accounts, CustomerId(8)).await.unwrap().is_empty());
        }
    }
}
