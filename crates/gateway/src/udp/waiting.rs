//! What a customer sent to destinations whose addresses are still being looked for. Other destinations' datagrams
//! go on meanwhile; what does not fit here is lost, as datagrams are.

use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use std::collections::HashMap;
use std::net::SocketAddr;
use turnpike_proxyproto::HostPort;

/// Destinations that an association may have looked for at once.
const MOST_LOOKS: usize = 32;
/// Bytes that wait for them in all.
const MOST_BYTES: usize = 256 * 1_024;

/// A destination with its address; `None`: it can't be reached.
type Look<'a> = LocalBoxFuture<'a, (HostPort, Option<SocketAddr>)>;

/// See the module.
#[derive(Default)]
pub(super) struct Waiting<'a> {
    looks: FuturesUnordered<Look<'a>>,
    kept: HashMap<HostPort, Vec<Vec<u8>>>,
    bytes: usize,
}

impl<'a> Waiting<'a> {
    /// Keeps a datagram until the address of its destination is found; `look` begins to look for it, where nobody
    /// does yet.
    pub(super) fn keep(&mut self, to: HostPort, data: &[u8], look: impl FnOnce(HostPort) -> Look<'a>) {
        let fits = self.bytes + data.len() <= MOST_BYTES;
        if let Some(kept) = self.kept.get_mut(&to) {
            if fits {
                kept.push(data.to_vec());
                self.bytes += data.len();
            }
            return;
        }
        if fits && self.kept.len() < MOST_LOOKS {
            self.looks.push(look(to.clone()));
            self.kept.insert(to, vec![data.to_vec()]);
            self.bytes += data.len();
        }
    }

    /// Waits for the next destination that was looked for; gives it, its address, and what was sent to it, in its order.
    pub(super) async fn found(&mut self) -> (HostPort, Option<SocketAddr>, Vec<Vec<u8>>) {
        let Some((to, at)) = self.looks.next().await else { return std::future::pending().await };
        let kept = self.kept.remove(&to).unwrap_or_default();
        self.bytes -= kept.iter().map(Vec::len).sum::<usize>();
        (to, at, kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    fn name(host: &str) -> HostPort {
        HostPort { host: host.into(), port: 53 }
    }

    fn address() -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], 53))
    }

    fn at_once<'a>(to: HostPort) -> Look<'a> {
        Box::pin(ready((to, Some(address()))))
    }

    fn never<'a>(_: HostPort) -> Look<'a> {
        Box::pin(pending())
    }

    #[tokio::test]
    async fn a_slow_name_holds_up_nobody_else() {
        let mut waiting = Waiting::default();
        waiting.keep(name("slow"), b"1", never);
        waiting.keep(name("slow"), b"2", |_| unreachable!("it is looked for already"));
        for data in [b"a", b"b"] {
            waiting.keep(name("fast"), data, at_once);
        }
        assert_eq!(
            waiting.found().await,
            (name("fast"), Some(address()), vec![b"a".to_vec(), b"b".to_vec()])
        );
        assert_eq!((waiting.kept.len(), waiting.bytes), (1, 2), "the slow one's still wait");
    }

    #[tokio::test]
    async fn what_waits_is_bounded() {
        let mut waiting = Waiting::default();
        let large = vec![0; MOST_BYTES / 2];
        for _ in 0..9 {
            waiting.keep(name("a"), &large, at_once);
        }
        waiting.keep(name("b"), b"x", |_| unreachable!("nothing fits"));
        assert_eq!(waiting.found().await.2.len(), 2);
        for n in 0..MOST_LOOKS + 9 {
            waiting.keep(name(&n.to_string()), b"x", never);
        }
        assert_eq!((waiting.looks.len(), waiting.bytes), (MOST_LOOKS, MOST_LOOKS));
    }
}
