//! Endpoints of the allowlist (contract section 3).

use super::model::{Entry, NewEntries};
use super::{flow, rules};
use crate::accounts::api::TYPES;
use crate::{State, lists};
use serde::Serialize;
use turnpike_base::{PackageId, ProductType, Result};
use turnpike_identity::codes::Proof;
use turnpike_identity::customers;
use turnpike_web::{Call, Listed, Site, field, params};
use utoipa::ToSchema;

/// The longest list of addresses, in characters.
const LIST: usize = 20_000;

/// How a code reaches a customer.
const CHANNELS: &[&str] = &["phone", "email", "wechat", "totp"];

params! {
    /// What `proxy-ip/list` takes.
    pub struct List {
        product_type: Option<ProductType> = field::optional(field::product(TYPES)), "套餐类型", "Product type";
        page: Option<i64> = field::optional(field::int(1, 1_000_000_000, "")), "页码；不传则返回全部", "Page, from 1; everything if neither page nor size is sent";
        size: Option<i64> = field::optional(field::int(1, 1_000_000_000, "")), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}
params! {
    /// What `proxy-ip/add` takes.
    pub struct Add {
        ips: String = field::commas(LIST), "IP 地址，用逗号、换行或空格分隔", "Addresses, separated by commas, line breaks or blanks";
        remark: Option<String> = field::optional(field::text(0, 200)), "备注", "Remark";
        product_type: ProductType = field::or(field::product(TYPES), ProductType::Dynamic), "套餐类型，默认 9", "Product type, 9 by default";
        user_product_id: Option<i64> = field::optional(field::int(0, i64::MAX, "")), "套餐 ID，类型 11 必填", "Package id, required for type 11";
    }
}
params! {
    /// What `proxy-ip/delete` takes.
    pub struct Delete {
        ips: String = field::commas(LIST), "IP 地址，用逗号、换行或空格分隔", "Addresses, separated by commas, line breaks or blanks";
        product_type: Option<ProductType> = field::optional(field::product(TYPES)), "套餐类型；不传则删除全部类型", "Product type; all types if it is not sent";
        verify_type: Option<&'static str> = field::optional(field::choice(CHANNELS)), "验证方式，启用删除前验证时使用", "Channel of the code, where deletions ask for one";
        verify_code: Option<String> = field::optional(field::text(1, 16)), "验证码，启用删除前验证时使用", "The code, where deletions ask for one";
    }
}

/// One allowlisted address.
#[derive(Serialize, ToSchema)]
pub(super) struct EntryRow {
    id: i64,
    ip: String,
    remark: String,
    product_type: i64,
    created_at: String,
    /// The package it is bound to, type 11 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_product_id: Option<i64>,
}

fn row(entry: Entry, site: &Site) -> EntryRow {
    EntryRow {
        id: entry.id.0,
        ip: entry.address,
        remark: entry.remark,
        product_type: entry.product.number(),
        created_at: site.show(entry.created_at),
        user_product_id: entry.package.map(PackageId::get),
    }
}

pub(super) async fn list(state: State, call: Call, input: List) -> Result<Listed<EntryRow>> {
    let tx = state.store.read().await?;
    let part = lists::part(input.page, input.size);
    let found = flow::list(&tx, call.customer, input.product_type, part).await?;
    Ok(Listed { list: found.into_iter().map(|entry| row(entry, &call.site)).collect() })
}

pub(super) async fn add(state: State, call: Call, input: Add) -> Result<()> {
    let new = NewEntries {
        addresses: rules::addresses(&input.ips, call.site.allow_private_clients)?,
        product: input.product_type,
        // Old clients send 0 where they mean none.
        package: input.user_product_id.filter(|id| *id > 0).map(PackageId),
        remark: input.remark.unwrap_or_default(),
        cap: call.site.allowlist_cap,
    };
    flow::add(&state, call.customer, &new, call.now).await
}

pub(super) async fn delete(state: State, call: Call, input: Delete) -> Result<()> {
    // Whatever could be added once can be removed, also when the site has become stricter since.
    let addresses = rules::addresses(&input.ips, true)?;
    if customers::verifies_deletes(&state.store.read().await?, call.customer).await? {
        let proof = Proof {
            customer: call.customer,
            purpose: "delete",
            channel: input.verify_type,
            code: input.verify_code.as_deref(),
            client: call.client,
        };
        state.codes.demand(&proof, call.now).await?;
    }
    flow::delete(&state, call.customer, &addresses, input.product_type, call.now).await
}
