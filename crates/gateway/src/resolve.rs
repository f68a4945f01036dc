//! Names to addresses: the system's name servers and hosts file, with a cache that respects the TTL of
//! each record.

use hickory_resolver::config::LookupIpStrategy;
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::{ResolverBuilder, TokioResolver};
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

type Builder = ResolverBuilder<TokioRuntimeProvider>;

fn built(mut builder: Builder) -> Result<TokioResolver, NetError> {
    builder.options_mut().cache_size = CACHE;
    builder.options_mut().ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    builder.build()
}

impl Resolver {
    pub(crate) fn new(aux: Handle) -> Self {
        let _inside = aux.enter();
        let built = TokioResolver::builder_tokio().and_then(built);
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

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::config::{NameServerConfig, ResolverConfig};
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
    use std::time::{Duration, Instant};
    use tokio::net::UdpSocket;

    /// A name server: `NAME` has 192.0.2.N with the TTL that its first label says (`5.test`: 5 s), and no IPv6
    /// address; other names are not there.
    #[derive(Default)]
    struct Server {
        last: AtomicU8,
        asked: AtomicU32,
    }

    impl Server {
        async fn start() -> (Arc<Self>, SocketAddr) {
            let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            let address = socket.local_addr().unwrap();
            let server = Arc::new(Self::default());
            let at_work = Arc::clone(&server);
            tokio::spawn(async move {
                let mut query = [0; 512];
                while let Ok((length, from)) = socket.recv_from(&mut query).await {
                    let _ = socket.send_to(&at_work.answer(&query[..length]), from).await;
                }
            });
            (server, address)
        }

        /// RFC 1035 section 4: the question as it came, and one record that points to its name.
        fn answer(&self, query: &[u8]) -> Vec<u8> {
            let label = std::str::from_utf8(&query[13..13 + usize::from(query[12])]).unwrap();
            let name = query[12..].iter().position(|b| *b == 0).unwrap();
            let question = &query[12..12 + name + 5];
            let is_v4 = question[name + 2] == 1;
            let ttl = label.parse::<u32>().ok();
            let found = ttl.filter(|_| is_v4);
            if is_v4 {
                self.asked.fetch_add(1, Ordering::SeqCst);
            }
            let (code, count) = (if ttl.is_some() { 0x80 } else { 0x83 }, u8::from(found.is_some()));
            let mut answer = vec![query[0], query[1], 0x81, code, 0, 1, 0, count, 0, 0, 0, 0];
            answer.extend(question);
            if let Some(ttl) = found {
                answer.extend([0xc0, 12, 0, 1, 0, 1]);
                answer.extend(ttl.to_be_bytes());
                answer.extend([0, 4, 192, 0, 2, self.last.load(Ordering::SeqCst)]);
            }
            answer
        }

        fn asked(&self) -> u32 {
            self.asked.load(Ordering::SeqCst)
        }
    }

    fn resolver(server: SocketAddr) -> Resolver {
        let mut name_server = NameServerConfig::udp(server.ip());
        name_server.connections[0].port = server.port();
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![name_server]);
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        Resolver { hickory: Some(built(builder).unwrap()), aux: Handle::current() }
    }

    fn last(n: u8) -> Result<Vec<IpAddr>, Reason> {
        Ok(vec![IpAddr::from([192, 0, 2, n])])
    }

    #[tokio::test]
    async fn a_name_is_kept_as_long_as_its_record_says() {
        let (server, at) = Server::start().await;
        let resolver = resolver(at);
        let began = Instant::now();
        for name in ["2.test.", "3600.test."] {
            assert_eq!(resolver.addresses(name).await, last(0));
        }
        server.last.store(1, Ordering::SeqCst);
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        let renewed = loop {
            beat.tick().await;
            let asked = Instant::now();
            match resolver.addresses("2.test.").await {
                found if found == last(1) => break asked,
                found => assert_eq!(found, last(0)),
            }
            assert!(began.elapsed() < Duration::from_secs(60), "the old address is kept for ever");
        };
        assert!(renewed - began >= Duration::from_secs(1), "asked anew after {:?}", renewed - began);
        assert_eq!(resolver.addresses("3600.test.").await, last(0), "an hour is not over");
        assert!(server.asked() < 10, "the cache answered the rest: {}", server.asked());
    }

    #[tokio::test]
    async fn a_name_that_is_not_there_is_told_as_such() {
        let (_server, at) = Server::start().await;
        let resolver = resolver(at);
        assert_eq!(resolver.addresses("nobody.test.").await, Err(Reason::NameNotFound));
        assert_eq!(resolver.addresses("192.0.2.9").await, last(9), "an address needs no server");
    }
}
