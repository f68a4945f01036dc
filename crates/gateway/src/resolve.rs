//! Names to addresses: the system's name servers and hosts file, with a cache that respects the TTL of
//! each record.

use hickory_resolver::TokioResolver;
use hickory_resolver::config::LookupIpStrategy;
use std::net::IpAddr;
use tokio::runtime::Handle;
use turnpike_wire::Reason;

/// Resolves names for all loops; works on the runtime beside them.
#[derive(Debug)]
pub(crate) struct Resolver {
    /// `None` where the machine names no name server: the system's own resolver then answers.
    hickory: Option<TokioResolver>,
    aux: Handle,
}

/// Addresses kept by the cache.
const CACHE: u64 = 65_536;

impl Resolver {
    pub(crate) fn new(aux: Handle) -> Self {
        let _inside = aux.enter();
        let built = TokioResolver::builder_tokio().and_then(|mut builder| {
            builder.options_mut().cache_size = CACHE;
            builder.options_mut().ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
            builder.build()
        });
        let hickory = built
            .inspect_err(
                |error| tracing::warn!(%error, "no name server configured; using the system's resolver"),
            )
            .ok();
        Self { hickory, aux }
    }

    /// The addresses of a name, or the address itself.
    pub(crate) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, Reason> {
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Ok(vec![ip]);
        }
        let host = host.to_owned();
        let found = match self.hickory.clone() {
            Some(resolver) => self
                .aux
                .spawn(async move { resolver.lookup_ip(host).await.map(|found| found.iter().collect()).ok() })
                .await,
            None => {
                self.aux
                    .spawn(async move {
                        tokio::net::lookup_host((host, 0))
                            .await
                            .map(|found| found.map(|a| a.ip()).collect())
                            .ok()
                    })
                    .await
            }
        };
        let found: Vec<IpAddr> = found.ok().flatten().unwrap_or_default();
        if found.is_empty() { Err(Reason::NameNotFound) } else { Ok(found) }
    }
}
