//! The catalogue: load, export, list.

use super::listed;
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::Result;
use turnpike_commerce::products::{Product, file::Catalogue, flow};
use turnpike_identity::sites;

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

pub(super) async fn load(control: &Control, input: Load) -> Result<Value> {
    let catalogue = Catalogue::read(&input.file)?;
    let tx = control.store().write().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    let count = flow::load(&tx, site.id, &catalogue, control.0.clock.now()).await?;
    tx.commit().await?;
    Ok(json!({"loaded": count, "site": site.name}))
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
            "price": product.list_price(site.currency).to_string(), "days": item.days, "stock": item.stock,
            "taken": product.taken, "withdrawn": item.withdrawn})
    };
    let all = flow::all(&tx, site.id).await?;
    Ok(listed(i64::try_from(all.len()).unwrap_or(0), all.iter().map(row).collect()))
}
