//! The catalogue: load and export it as a file, edit one product, look at it as customers will.

use super::{as_seen, listed};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::{Fault, Lang, Result, Text};
use turnpike_commerce::orders;
use turnpike_commerce::products::{Item, Product, file::Catalogue, flow};
use turnpike_commerce::shop::{self, Shop};
use turnpike_identity::sites;
use turnpike_store::retrying;

/// What `product load` takes: the text of the file, TOML or JSON.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Load {
    file: String,
    site: Option<String>,
}

/// Whose catalogue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Of {
    site: Option<String>,
}

/// Which product.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    code: String,
    site: Option<String>,
}

/// What `product save` and `product preview` take: the product as the catalogue file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct One {
    item: Value,
    /// The `item` of `product show` that the writer looked at: another one by now is not overwritten.
    seen: Option<Value>,
    site: Option<String>,
}

/// What `product sort` takes: the codes in the order customers see.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sort {
    codes: Vec<String>,
    site: Option<String>,
}

/// What `product shop` takes: how the shop works, as the catalogue file's `[shop]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewShop {
    shop: Value,
    /// The `shop` of `product show` that the writer looked at: another one by now is not overwritten.
    seen: Option<Value>,
    site: Option<String>,
}

/// Reads what a person typed; a fault names what it can't be.
fn read<T: serde::de::DeserializeOwned>(field: &str, value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|e| {
        Fault::parameter(field, Text::made(format!("无法识别：{e}"), format!("can't be read: {e}")))
    })
}

pub(super) async fn load(control: &Control, input: Load) -> Result<Value> {
    let catalogue = Catalogue::read(&input.file)?;
    retrying(|| async {
        let tx = control.store().write().await?;
        let site = sites::find(&tx, input.site.as_deref()).await?;
        let count = flow::load(&tx, site.id, &catalogue, control.0.clock.now()).await?;
        tx.commit().await?;
        Ok(json!({"loaded": count, "site": site.name}))
    })
    .await
}

pub(super) async fn export(control: &Control, input: Of) -> Result<Value> {
    let tx = control.store().read().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    Ok(json!({"file": flow::export(&tx, site.id).await?.to_toml()?}))
}

pub(super) async fn list(control: &Control, input: Of) -> Result<Value> {
    let tx = control.store().read().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    let row = |product: &Product| {
        let item = &product.item;
        json!({"id": product.id, "code": item.code, "type": item.product, "title": item.title.en,
            "title_zh": item.title.zh, "price": product.item.list_price(site.currency).to_string(),
            "currency": site.currency.code(), "show_type": item.show_type, "gb": item.gb, "count": item.count,
            "days": item.days, "stock": item.stock, "taken": product.taken, "withdrawn": item.withdrawn})
    };
    let all = flow::all(&tx, site.id).await?;
    let mut shown = listed(i64::try_from(all.len()).unwrap_or(0), all.iter().map(row).collect());
    // The shop's settings are there before its first product is.
    shown["shop"] = json!(shop::of(&tx, site.id).await?);
    Ok(shown)
}

/// A product as the catalogue file has it, and how much of it was sold.
pub(super) async fn show(control: &Control, input: Which) -> Result<Value> {
    let tx = control.store().read().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    let product = flow::by_code(&tx, site.id, &input.code).await?;
    Ok(json!({"id": product.id, "site": site.name, "taken": product.taken,
        "sold": orders::sold(&tx, product.id).await?, "item": product.item,
        "shop": shop::of(&tx, site.id).await?}))
}

/// Adds a product, or writes it anew under its code; new ones come last. Fails with `edit_stale`.
pub(super) async fn save(control: &Control, input: One) -> Result<Value> {
    let item: Item = read("item", input.item)?;
    let seen: Option<Item> = input.seen.map(|seen| read("seen", seen)).transpose()?;
    retrying(|| async {
        let tx = control.store().write().await?;
        let site = sites::find(&tx, input.site.as_deref()).await?;
        if seen.is_some() {
            let all = flow::lock_all(&tx, site.id).await?;
            let is = all.iter().find(|known| known.item.code == item.code).map(|known| &known.item);
            as_seen(seen.as_ref(), is)?;
        }
        flow::save(&tx, site.id, &item, control.0.clock.now()).await?;
        tx.commit().await?;
        Ok(json!({"code": item.code, "site": site.name}))
    })
    .await
}

pub(super) async fn sort(control: &Control, input: Sort) -> Result<Value> {
    retrying(|| async {
        let tx = control.store().write().await?;
        let site = sites::find(&tx, input.site.as_deref()).await?;
        flow::sort(&tx, site.id, &input.codes).await?;
        tx.commit().await?;
        Ok(json!({"site": site.name, "sorted": input.codes.len()}))
    })
    .await
}

/// How customers would see a product, in both languages, without saving it.
pub(super) async fn preview(control: &Control, input: One) -> Result<Value> {
    let item: Item = read("item", input.item)?;
    let tx = control.store().read().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    let view = |lang| flow::preview(site.id, &item, site.currency, lang);
    let fault = flow::fault(&item);
    let told = |lang| fault.as_ref().map(|wrong| wrong.text.get(lang));
    Ok(json!({"zh": view(Lang::Zh)?, "en": view(Lang::En)?, "currency": site.currency.code(),
        "fault": told(Lang::En), "fault_zh": told(Lang::Zh)}))
}

/// How the shop of a site works; what is not said stays. Fails with `edit_stale`.
pub(super) async fn shop(control: &Control, input: NewShop) -> Result<Value> {
    let change: shop::Change = read("shop", input.shop)?;
    let seen: Option<Shop> = input.seen.map(|seen| read("seen", seen)).transpose()?;
    let tx = control.store().write().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    as_seen(seen.as_ref(), Some(&shop::of(&tx, site.id).await?))?;
    let catalogue = Catalogue { shop: Some(change), products: Vec::new() };
    flow::load(&tx, site.id, &catalogue, control.0.clock.now()).await?;
    tx.commit().await?;
    Ok(json!({"site": site.name}))
}
