//! All SQL of articles.

use super::rules::Article;
use turnpike_base::{Result, SiteId, Text, Timestamp};
use turnpike_store::{Read, Row, StoreError, WriteTx, args};

/// What a site's operators saved.
pub(super) async fn saved(tx: &impl Read, site: SiteId) -> Result<Vec<Article>> {
    let rows = tx.rows("SELECT * FROM articles WHERE site_id = $1 ORDER BY slug", args![site]).await?;
    Ok(rows.iter().map(read).collect::<Result<_, StoreError>>()?)
}

/// Keeps others who change articles of the site waiting until the transaction ends.
pub(super) async fn lock(tx: &WriteTx, site: SiteId) -> Result<()> {
    tx.lock("SELECT id FROM sites WHERE id = $1 ORDER BY id", args![site]).await?;
    Ok(())
}

/// Writes an article in place of what was saved before.
pub(super) async fn put(tx: &WriteTx, site: SiteId, article: &Article, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO articles (site_id, slug, zh, en, position, hidden, version, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (site_id, slug) DO UPDATE SET zh = excluded.zh, \
        en = excluded.en, position = excluded.position, hidden = excluded.hidden, version = excluded.version, \
        changed_at = excluded.changed_at";
    let Article { slug, text, position, hidden, version, .. } = article;
    let (zh, en) = (text.zh.as_ref(), text.en.as_ref());
    tx.exec(sql, args![site, slug, zh, en, *position, *hidden, *version, now]).await?;
    Ok(())
}

/// Forgets what was saved; whether there was something.
pub(super) async fn delete(tx: &WriteTx, site: SiteId, slug: &str) -> Result<bool> {
    let sql = "DELETE FROM articles WHERE site_id = $1 AND slug = $2";
    Ok(tx.exec(sql, args![site, slug]).await? == 1)
}

fn read(row: &Row) -> Result<Article, StoreError> {
    Ok(Article {
        slug: row.get("slug")?,
        text: Text::made(row.get::<String>("zh")?, row.get::<String>("en")?),
        position: row.get("position")?,
        hidden: row.get("hidden")?,
        version: row.get("version")?,
        changed_at: Some(row.get("changed_at")?),
    })
}
