//! What operators do with articles.

use super::rules::{self, Article};
use super::{error, queries};
use turnpike_base::{Result, SiteId, Text, Timestamp};
use turnpike_store::{Read, Store};

/// Articles of a site.
const MOST: usize = 200;

/// What is to be saved; what is left out stays.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) slug: String,
    /// Markdown, title first.
    pub(crate) zh: Option<String>,
    /// The same in English.
    pub(crate) en: Option<String>,
    /// A new one stands last.
    pub(crate) position: Option<i64>,
    pub(crate) hidden: Option<bool>,
    /// The version that the writer looked at.
    pub(crate) seen: Option<i64>,
}

/// All articles of a site, in reading order.
pub(crate) async fn all(tx: &impl Read, site: SiteId) -> Result<Vec<Article>> {
    Ok(rules::merged(queries::saved(tx, site).await?))
}

/// One of them. Fails with `article_unknown`.
pub(crate) async fn find(tx: &impl Read, site: SiteId, slug: &str) -> Result<Article> {
    let found = all(tx, site).await?.into_iter().find(|article| article.slug == slug);
    found.ok_or_else(|| error::unknown(slug))
}

/// Saves an article; gives it as it is now. Fails with `article_changed` where it is no longer the one that was `seen`.
pub(crate) async fn save(store: &Store, site: SiteId, draft: Draft, now: Timestamp) -> Result<Article> {
    let tx = store.write().await?;
    queries::lock(&tx, site).await?;
    let all = all(&tx, site).await?;
    let before = all.iter().find(|article| article.slug == draft.slug);
    if draft.seen.is_some_and(|seen| seen != before.map_or(0, |article| article.version)) {
        return Err(error::changed());
    }
    if before.is_none() && all.len() >= MOST {
        return Err(error::too_many(MOST));
    }
    let fresh = fresh(draft, before, &all);
    rules::check(&fresh.slug, &fresh.text.zh, &fresh.text.en, Some(fresh.position))?;
    queries::put(&tx, site, &fresh, now).await?;
    tx.commit().await?;
    Ok(Article { changed_at: Some(now), ..fresh })
}

/// What an article becomes.
fn fresh(draft: Draft, before: Option<&Article>, all: &[Article]) -> Article {
    let Draft { slug, zh, en, position, hidden, .. } = draft;
    let kept = |said: Option<String>, old: fn(&Text) -> &str| {
        said.unwrap_or_else(|| before.map(|article| old(&article.text).to_owned()).unwrap_or_default())
    };
    let text = Text::made(kept(zh, |text| &text.zh), kept(en, |text| &text.en));
    let last = all.last().map_or(0, |article| article.position).saturating_add(1).min(rules::LAST);
    Article {
        slug,
        text,
        position: position.unwrap_or_else(|| before.map_or(last, |article| article.position)),
        hidden: hidden.unwrap_or_else(|| before.is_some_and(|article| article.hidden)),
        version: before.map_or(0, |article| article.version) + 1,
        changed_at: None,
    }
}

/// Takes an article back: a changed one is as it was shipped again, one of the site's own is gone. Fails with
/// `article_unknown` and `article_unchanged`.
pub(crate) async fn remove(store: &Store, site: SiteId, slug: &str) -> Result<()> {
    let tx = store.write().await?;
    if !queries::delete(&tx, site, slug).await? {
        return Err(if rules::is_shipped(slug) { error::unchanged(slug) } else { error::unknown(slug) });
    }
    Ok(tx.commit().await?)
}
