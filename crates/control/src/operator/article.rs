//! Help articles of a site.

use super::{listed, time};
use crate::Control;
use crate::articles::flow::{self, Draft};
use crate::articles::rules::{self, Article};
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::Result;
use turnpike_identity::sites;

/// What `article list` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// The first site if none is named.
    site: Option<String>,
}

/// What `article show` and `article remove` take.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    slug: String,
    site: Option<String>,
}

/// What `article save` takes; what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Save {
    slug: String,
    site: Option<String>,
    /// Markdown; the first line is `# ` and the title.
    zh: Option<String>,
    en: Option<String>,
    position: Option<i64>,
    hidden: Option<bool>,
    /// The version that the writer looked at.
    seen: Option<i64>,
}

fn row(article: &Article) -> Value {
    let (zh, _) = rules::parts(&article.text.zh);
    let (en, _) = rules::parts(&article.text.en);
    json!({"slug": article.slug, "title": {"zh": zh, "en": en}, "position": article.position,
        "hidden": article.hidden, "source": article.source().name(), "version": article.version,
        "changed_at": article.changed_at.map(time)})
}

fn whole(article: &Article) -> Value {
    let mut shown = row(article);
    shown["zh"] = json!(article.text.zh);
    shown["en"] = json!(article.text.en);
    shown
}

pub(super) async fn list(control: &Control, input: List) -> Result<Value> {
    let tx = control.store().read().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?.id;
    let all = flow::all(&tx, site).await?;
    Ok(listed(i64::try_from(all.len()).unwrap_or(0), all.iter().map(row).collect()))
}

pub(super) async fn show(control: &Control, input: Which) -> Result<Value> {
    let tx = control.store().read().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?.id;
    Ok(whole(&flow::find(&tx, site, &input.slug).await?))
}

pub(super) async fn save(control: &Control, input: Save) -> Result<Value> {
    let site = sites::find(&control.store().read().await?, input.site.as_deref()).await?.id;
    let Save { slug, zh, en, position, hidden, seen, .. } = input;
    let draft = Draft { slug, zh, en, position, hidden, seen };
    Ok(whole(&flow::save(control.store(), site, draft, control.0.clock.now()).await?))
}

/// Takes an article back; gives what customers read instead, if anything.
pub(super) async fn remove(control: &Control, input: Which) -> Result<Value> {
    let site = sites::find(&control.store().read().await?, input.site.as_deref()).await?.id;
    flow::remove(control.store(), site, &input.slug).await?;
    let left = flow::all(&control.store().read().await?, site).await?;
    Ok(left.iter().find(|article| article.slug == input.slug).map_or(Value::Null, whole))
}
