//! Connections that run now, asked of the gateway of this process (contract section 8): only its loops know them, and
//! nothing of them is stored before they end. Gateways of other processes are not asked.

use crate::State;
use crate::sessions::{places, usernames};
use arc_swap::ArcSwap;
use serde::Serialize;
use std::sync::Arc;
use turnpike_base::{CustomerId, Page, PageOf, Result};
use turnpike_web::{Call, Endpoint, Paged, field, params, with};
use turnpike_wire::{AskConnections, RunningConnection};
use utoipa::ToSchema;

/// The gateway of this process, once it runs.
#[derive(Default)]
pub(crate) struct Asked(ArcSwap<Option<AskConnections>>);

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Asked").field(&self.0.load().is_some()).finish()
    }
}

impl Asked {
    pub(crate) fn set(&self, ask: AskConnections) {
        self.0.store(Arc::new(Some(ask)));
    }

    /// The newest first; none where no gateway runs.
    async fn of_customer(&self, customer: CustomerId) -> Vec<RunningConnection> {
        let ask = self.0.load_full();
        match &*ask {
            Some(ask) => ask(customer).await,
            None => Vec::new(),
        }
    }
}

params! {
    /// What `connection/list` takes.
    pub struct List {
        username: Option<String> = field::optional(field::text(1, 64)), "代理账号名；不传则包含全部账号和白名单地址", "Username; all accounts and allowlisted addresses if it is not sent";
        page: i64 = field::or(field::int(1, 1_000_000_000, ""), 1), "页码", "Page, from 1";
        size: i64 = field::or(field::int(1, 1_000_000_000, ""), Page::DEFAULT_SIZE), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}

/// One running connection.
#[derive(Serialize, ToSchema)]
struct ConnectionRow {
    /// Empty: an allowlisted address without credentials.
    username: String,
    product_type: i64,
    /// How it was asked for: `http` (a forwarded request, also while it is kept for the next one), `connect`, `socks4`, `socks5` or `udp` (one destination of an association).
    kind: String,
    /// Where it leads, `host:port` as asked for.
    destination: String,
    /// From where.
    client: String,
    /// The exit it leaves from.
    exit_id: i64,
    /// Where that exit is, ISO 3166-1 alpha-2.
    country_code: String,
    /// What the site calls it, in the language of the answer.
    country_name: String,
    /// As the lists of places name it; empty where it is not known.
    state: String,
    /// As the lists of places name it; empty where it is not known.
    city: String,
    opened_at: String,
    /// KB sent so far; a started KB counts whole.
    up: i64,
    /// KB received so far; a started KB counts whole.
    down: i64,
}

/// The endpoint of this feature.
pub(crate) fn routes(network: &State) -> Vec<Endpoint> {
    vec![
        Endpoint::get(
            "connection/list",
            "sessions",
            "进行中的连接（本进程网关，最新的在前；网关的每个事件循环最多 1000 条）",
            "Running connections of this process's gateway, the newest first; at most 1,000 of each of its event loops",
            with(network, list),
        )
        .codes(&[]),
    ]
}

async fn list(network: State, call: Call, input: List) -> Result<Paged<ConnectionRow>> {
    let mut running = network.connections.of_customer(call.customer).await;
    let tx = network.store.read().await?;
    if let Some(wanted) = &input.username {
        let ids = turnpike_access::accounts::flow::ids_of_name(&tx, call.customer, wanted).await?;
        running.retain(|one| one.subject.account.is_some_and(|account| ids.contains(&account)));
    }
    let page = Page::new(input.page, input.size);
    let total = i64::try_from(running.len()).unwrap_or(i64::MAX);
    let skip = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let most = usize::try_from(page.size).unwrap_or(0);
    let part: Vec<RunningConnection> = running.into_iter().skip(skip).take(most).collect();
    let names = usernames(&tx, part.iter().filter_map(|one| one.subject.account)).await?;
    let exits = places(&tx, part.iter().map(|one| one.exit)).await?;
    let rows = part.into_iter().map(|one| {
        let name = one.subject.account.and_then(|account| names.get(&account)).cloned();
        let place = exits.get(&one.exit).cloned().unwrap_or_default();
        let told = place.told(&call);
        ConnectionRow {
            username: name.unwrap_or_default(),
            product_type: one.subject.product.number(),
            kind: one.kind.name().to_owned(),
            destination: one.destination,
            client: one.client.to_string(),
            exit_id: one.exit.0,
            country_code: place.country,
            country_name: told.country,
            state: told.state,
            city: told.city,
            opened_at: call.site.show(one.opened),
            up: one.up.to_kb_up().0,
            down: one.down.to_kb_up().0,
        }
    });
    Ok(PageOf { page, total, rows: rows.collect() }.into())
}

#[cfg(test)]
mod tests {
    //! The API on both engines, over a gateway that says what the test wants.

    use crate::exits::{self, NewExit};
    use crate::testing::{ALICE, Api, BOB, NOW};
    use serde_json::json;
    use std::sync::Arc;
    use turnpike_base::{AccountId, Bytes, CustomerId, ExitId, ProductType};
    use turnpike_store::{Store, args, both_engines};
    use turnpike_wire::{ConnectionKind, Pool, Resolve, RunningConnection, Subject};

    fn tunnel(account: Option<i64>, minutes: i64) -> RunningConnection {
        let account = account.map(AccountId);
        RunningConnection {
            subject: Subject { customer: ALICE, account, product: ProductType::Dynamic },
            kind: ConnectionKind::Connect,
            client: "198.51.100.9".parse().unwrap(),
            exit: ExitId(1),
            destination: "example.com:443".into(),
            opened: NOW.plus_minutes(minutes),
            up: Bytes(1),
            down: Bytes(2_049),
        }
    }

    /// Accounts `user1` and `user2` of Alice's, an exit in Houston, and a gateway with three connections of hers.
    async fn world(store: &Store) -> Api {
        let tx = store.write().await.unwrap();
        for id in 1..=2_i64 {
            let sql = "INSERT INTO accounts (id, customer_id, username, username_key, sealed_password, product_type, \
                remark, created_at) VALUES ($1, 1, $2, $2, $3, 9, '', 0)";
            tx.exec(sql, args![id, format!("user{id}"), vec![0_u8]]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let exit = NewExit {
            target: "127.0.9.2".into(),
            resolve: Resolve::Exit,
            pools: vec![Pool::Residential],
            country: "US".into(),
            state: None,
            city: Some("Houston".into()),
            asn: None,
        };
        exits::flow::add(&crate::testing::state(store), &[exit], NOW).await.unwrap();
        let api = Api::new(store).await;
        api.state.set_connections(Arc::new(|customer: CustomerId| {
            let all = vec![tunnel(Some(2), 3), tunnel(None, 2), tunnel(Some(1), 1)];
            let own = all.into_iter().filter(|one| one.subject.customer == customer).collect();
            Box::pin(std::future::ready(own))
        }));
        api
    }

    both_engines! {
        async fn running_connections_are_told_to_whose_they_are(store: Store) {
            let api = world(&store).await;
            let data = api.data(ALICE, "connection/list").await;
            assert_eq!(data["total_count"], 3);
            let mut row = data["list"][0].clone();
            assert_eq!(row["country_name"].take(), "美国");
            assert_eq!(row, json!({"username": "user2", "product_type": 9, "kind": "connect", "destination": "example.com:443",
                "client": "198.51.100.9", "exit_id": 1, "country_code": "US", "country_name": null, "state": "Texas",
                "city": "Houston", "opened_at": "2026-11-24 12:03:00", "up": 1, "down": 3}));
            assert_eq!(data["list"][1]["username"], "", "by an allowlisted address");
            assert_eq!(api.data(BOB, "connection/list").await["total_count"], 0);
        }

        async fn they_are_filtered_by_account_and_told_in_pages(store: Store) {
            let api = world(&store).await;
            let data = api.data(ALICE, "connection/list?username=USER1").await;
            assert_eq!((&data["total_count"], &data["list"][0]["username"]), (&json!(1), &json!("user1")), "{data}");
            assert_eq!(api.data(ALICE, "connection/list?username=nobody").await["total_count"], 0);
            let data = api.data(ALICE, "connection/list?page=2&size=2").await;
            assert_eq!((&data["total_count"], data["list"].as_array().unwrap().len()), (&json!(3), 1), "{data}");
            assert_eq!(data["list"][0]["username"], "user1");
        }

        async fn without_a_gateway_nothing_runs(store: Store) {
            let data = Api::new(&store).await.data(ALICE, "connection/list").await;
            assert_eq!((&data["total_count"], &data["list"]), (&json!(0), &json!([])));
        }
    }
}
