//! The ports of extracted endpoints: where the system chooses them, the same ones again after a restart,
//! because customers hold lists of them.

use crate::settings::value::EndpointPorts as Wanted;
use anyhow::Result;
use turnpike_gateway::EndpointPorts;
use turnpike_store::{Read, Store, args};

/// The fact that keeps the ports of the life before, separated by commas.
const FACT: &str = "endpoint_ports";

/// What the gateway is told.
pub(super) async fn wanted(setting: &Wanted, store: &Store) -> Result<EndpointPorts> {
    Ok(match setting {
        Wanted::Range(range) => EndpointPorts::These(range.clone().collect()),
        Wanted::Usual(range) => EndpointPorts::Among(range.clone().collect()),
        Wanted::Free(count) => EndpointPorts::Free { count: *count, before: before(store).await? },
    })
}

async fn before(store: &Store) -> Result<Vec<u16>> {
    let row = store.read().await?.row("SELECT value FROM facts WHERE name = $1", args![FACT]).await?;
    let text = row.map(|row| row.get::<String>("value")).transpose()?.unwrap_or_default();
    Ok(text.split(',').filter_map(|port| port.parse().ok()).collect())
}

/// Keeps what the system chose.
pub(super) async fn remember(setting: &Wanted, store: &Store, ports: &[u16]) -> Result<()> {
    if !matches!(setting, Wanted::Free(_)) {
        return Ok(());
    }
    let text = ports.iter().map(u16::to_string).collect::<Vec<_>>().join(",");
    let tx = store.write().await?;
    let sql = "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.exec(sql, args![FACT, text]).await?;
    Ok(tx.commit().await?)
}
