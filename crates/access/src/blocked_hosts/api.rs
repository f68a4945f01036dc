//! The endpoints of blocked hosts.

use super::{flow, queries, rules};
use crate::State;
use serde::Serialize;
use turnpike_base::Result;
use turnpike_web::{Call, Listed, field, params};
use utoipa::ToSchema;

/// The longest list of hosts, in characters.
const LIST: usize = 20_000;

params! {
    /// What `blocked-host/add` and `blocked-host/delete` take.
    pub struct Hosts {
        hosts: String = field::commas(LIST), "域名或 IP 地址，用逗号、换行或空格分隔；域名包含其所有子域名", "Names or addresses, separated by commas, line breaks or blanks; a name includes all that is below it";
    }
}

/// One blocked host.
#[derive(Serialize, ToSchema)]
pub(super) struct HostRow {
    /// A name in lower case, or an address.
    host: String,
    /// In the site's time zone.
    created_at: String,
}

pub(super) async fn list(state: State, call: Call, (): ()) -> Result<Listed<HostRow>> {
    let found = queries::all(&state.store.read().await?, call.customer).await?;
    let row = |(host, at)| HostRow { host, created_at: call.site.show(at) };
    Ok(Listed { list: found.into_iter().map(row).collect() })
}

pub(super) async fn add(state: State, call: Call, input: Hosts) -> Result<()> {
    flow::add(&state.store, call.customer, &rules::hosts(&input.hosts)?, call.now).await
}

pub(super) async fn delete(state: State, call: Call, input: Hosts) -> Result<()> {
    flow::delete(&state.store, call.customer, &rules::hosts(&input.hosts)?, call.now).await
}
