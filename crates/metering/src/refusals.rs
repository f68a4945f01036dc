//! Recent refusals: why gateways said no to a customer's accounts and addresses (contract section 9).

use crate::Meter;
use serde::Serialize;
use turnpike_access::accounts;
use turnpike_base::{AccountId, CustomerId, Lang, Page, PageOf, Result};
use turnpike_store::{Read, Row, StoreError, args};
use turnpike_web::{Call, Endpoint, Paged, field, params, with};
use turnpike_wire::Reason;
use utoipa::ToSchema;

params! {
    /// What `proxy-account/refusals` takes.
    pub struct Recent {
        username: Option<String> = field::optional(field::text(1, 64)), "代理账号名；不传则包含全部账号和白名单地址", "Username; all accounts and allowlisted addresses if it is not sent";
        page: i64 = field::or(field::int(1, 1_000_000_000, ""), 1), "页码", "Page, from 1";
        size: i64 = field::or(field::int(1, 1_000_000_000, ""), Page::DEFAULT_SIZE), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}

/// One refusal.
#[derive(Serialize, ToSchema)]
struct RefusalRow {
    id: i64,
    /// When; of several the last time.
    created_at: String,
    /// Empty: an allowlisted address without credentials.
    username: String,
    product_type: i64,
    /// The slug, as in `X-Proxy-Error`.
    reason: String,
    /// The HTTP status that carried it.
    http_status: i64,
    /// The sentence.
    reason_text: String,
    /// Where the connection wanted to go, `host:port`; empty if it never came to that.
    destination: String,
    /// From where.
    client: String,
    /// How often. Failed logins (407) of an account from one address are one row an hour; every other refusal is a row of its own.
    times: i64,
}

pub(crate) fn routes(meter: &Meter) -> Vec<Endpoint> {
    vec![
        Endpoint::get(
            "proxy-account/refusals",
            "accounts",
            "最近被拒绝的代理连接及原因（保留 30 天）",
            "Recent refusals of the proxy and their reasons, kept for 30 days",
            with(meter, recent),
        )
        .codes(&[]),
    ]
}

async fn recent(meter: Meter, call: Call, input: Recent) -> Result<Paged<RefusalRow>> {
    let tx = meter.store.read().await?;
    let accounts = match &input.username {
        Some(name) => Some(accounts::flow::ids_of_name(&tx, call.customer, name).await?),
        None => None,
    };
    let page = Page::new(input.page, input.size);
    let (total, found) = newest(&tx, call.customer, accounts.as_deref(), page).await?;
    Ok(PageOf { page, total, rows: found.into_iter().map(|one| row(one, &call)).collect() }.into())
}

/// As it is kept.
struct Kept {
    id: i64,
    username: String,
    product: i64,
    reason: String,
    zh: String,
    en: String,
    destination: String,
    client: String,
    at: turnpike_base::Timestamp,
    times: i64,
}

fn row(kept: Kept, call: &Call) -> RefusalRow {
    let reason = Reason::ALL.iter().find(|reason| reason.slug() == kept.reason);
    let own = match call.lang {
        Lang::Zh => kept.zh,
        Lang::En => kept.en,
    };
    let general = reason.map(|reason| reason.text().get(call.lang).to_owned()).unwrap_or_default();
    RefusalRow {
        id: kept.id,
        created_at: call.site.show(kept.at),
        username: kept.username,
        product_type: kept.product,
        http_status: reason.map_or(0, |reason| i64::from(reason.http_status())),
        reason: kept.reason,
        reason_text: if own.is_empty() { general } else { own },
        destination: kept.destination,
        client: kept.client,
        times: kept.times,
    }
}

async fn newest(
    tx: &impl Read,
    customer: CustomerId,
    accounts: Option<&[AccountId]>,
    page: Page,
) -> Result<(i64, Vec<Kept>), StoreError> {
    let wanted = format!("WHERE customer_id = $1 {}", crate::usage::queries::only(accounts));
    let count = tx.row(&format!("SELECT COUNT(*) AS n FROM refusals {wanted}"), args![customer]).await?;
    let total = count.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    let sql = format!(
        "SELECT r.*, COALESCE(a.username, '') AS username FROM (SELECT * FROM refusals {wanted} \
         ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3) AS r LEFT JOIN accounts a ON a.id = r.account_id ORDER BY r.at DESC, r.id DESC"
    );
    let rows = tx.rows(&sql, args![customer, page.size, page.offset()]).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

fn read(row: &Row) -> Result<Kept, StoreError> {
    Ok(Kept {
        id: row.get("id")?,
        username: row.get("username")?,
        product: row.get("product_type")?,
        reason: row.get("reason")?,
        zh: row.get("detail_zh")?,
        en: row.get("detail")?,
        destination: row.get("destination")?,
        client: row.get("client")?,
        at: row.get("at")?,
        times: row.get("times")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::queries::add_refusals;
    use turnpike_base::{ProductType, Timestamp};
    use turnpike_store::both_engines;
    use turnpike_wire::{RefusalRow as Reported, Subject};

    fn reported(account: i64, reason: Reason) -> Reported {
        let subject = Subject {
            customer: CustomerId(7),
            account: Some(AccountId(account)),
            product: ProductType::Dynamic,
        };
        Reported {
            subject,
            reason,
            detail: "said".into(),
            detail_zh: "说".into(),
            destination: "example.com:443".into(),
            client: "192.0.2.1".parse().unwrap(),
            at: Timestamp(5),
            times: 1,
        }
    }

    both_engines! {
        async fn a_customer_reads_his_own_newest_first(store: Store) {
            let tx = store.write().await.unwrap();
            add_refusals(&tx, &[reported(1, Reason::NoExit), reported(2, Reason::PackageEmpty)]).await.unwrap();
            tx.commit().await.unwrap();
            let tx = store.read().await.unwrap();
            let (total, all) = newest(&tx, CustomerId(7), None, Page::default()).await.unwrap();
            assert_eq!((total, all[0].reason.as_str(), all[1].reason.as_str()), (2, "package_empty", "no_exit"));
            assert_eq!((all[0].zh.as_str(), all[0].en.as_str()), ("说", "said"));
            let (total, own) = newest(&tx, CustomerId(7), Some(&[AccountId(1)]), Page::default()).await.unwrap();
            assert_eq!((total, own.len(), own[0].reason.as_str()), (1, 1, "no_exit"));
            assert_eq!(newest(&tx, CustomerId(8), None, Page::default()).await.unwrap().0, 0);
            let (total, past) = newest(&tx, CustomerId(7), None, Page::new(9, 20)).await.unwrap();
            assert_eq!((total, past.len()), (2, 0));
        }

        async fn failed_logins_are_one_row_an_hour_for_each_address_and_leave_room(store: Store) {
            let failed = |last: u8, at: i64, times: u32| Reported {
                client: [192, 0, 2, last].into(),
                at: Timestamp(at),
                times,
                ..reported(1, Reason::BadCredentials)
            };
            let tx = store.write().await.unwrap();
            add_refusals(&tx, &[reported(1, Reason::NoExit)]).await.unwrap();
            add_refusals(&tx, &[failed(1, 10, 3), failed(2, 11, 1), failed(1, 12, 2)]).await.unwrap();
            add_refusals(&tx, &[failed(1, 20, 5)]).await.unwrap();
            add_refusals(&tx, &[failed(1, crate::usage::queries::HOUR_MS, 1)]).await.unwrap();
            let (total, all) = newest(&tx, CustomerId(7), None, Page::default()).await.unwrap();
            let told: Vec<_> = all.iter().map(|row| (row.at.0, row.client.as_str(), row.times)).collect();
            assert_eq!((total, &told[..3]), (4, &[(3_600_000, "192.0.2.1", 1), (20, "192.0.2.1", 10), (11, "192.0.2.2", 1)][..]));
            for hour in 1..=200 {
                add_refusals(&tx, &[failed(9, hour * crate::usage::queries::HOUR_MS, 1)]).await.unwrap();
            }
            let (total, _) = newest(&tx, CustomerId(7), None, Page::default()).await.unwrap();
            assert_eq!(total, 101, "a hundred of strangers, and what the customer's own program heard");
        }

        async fn of_an_account_that_fails_for_ever_the_newest_stay(store: Store) {
            let tx = store.write().await.unwrap();
            add_refusals(&tx, &[reported(2, Reason::NoExit)]).await.unwrap();
            for _ in 0..3 {
                add_refusals(&tx, &vec![reported(1, Reason::NoExit); 400]).await.unwrap();
            }
            add_refusals(&tx, &[reported(1, Reason::PackageEmpty)]).await.unwrap();
            let (kept, first) = newest(&tx, CustomerId(7), Some(&[AccountId(1)]), Page::default()).await.unwrap();
            assert_eq!((kept, first[0].reason.as_str()), (1_000, "package_empty"));
            assert_eq!(newest(&tx, CustomerId(7), Some(&[AccountId(2)]), Page::default()).await.unwrap().0, 1);
        }
    }
}
