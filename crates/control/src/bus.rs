//! The in-process bus: a gateway's calls are function calls.

use crate::{Control, admission};
use std::future::Future;
use turnpike_base::{Fault, Result};
use turnpike_metering::{leases, usage};
use turnpike_network::{closed, exits};
use turnpike_store::retrying;
use turnpike_wire::{
    Admission, BoxFuture, ChangeFeed, ControlAway, ExitHealth, Hello, LeaseAnswer, LeaseRequest, Permit,
    PinAnswer, PinAsk, Reason, Refusal, UsageBatch, Welcome,
};

/// Runs something again that failed because the store was busy.
async fn patiently<T, F: Future<Output = Result<T>>>(work: impl Fn() -> F) -> Result<T, ControlAway> {
    retrying(work).await.map_err(|fault| away(&fault))
}

fn away(fault: &Fault) -> ControlAway {
    tracing::error!(%fault, cause = ?fault.cause, "a gateway's call failed");
    ControlAway(fault.slug.to_owned())
}

impl Control {
    async fn greet(&self, hello: &Hello) -> Result<Welcome> {
        let inner = &self.0;
        leases::flow::close_earlier_lives(&inner.meter, &hello.gateway, hello.start, inner.clock.now())
            .await?;
        // The number is read before the state: a change in between is told again, which does no harm.
        let seq = inner.published.last();
        let tx = inner.store.read().await?;
        let exits = exits::flow::records(&tx, &inner.vault).await?;
        let proven = exits::flow::proven(&tx).await?;
        let closed = closed::now(&tx).await?;
        let (denied_hosts, denied_ports) =
            (closed.hosts.into_iter().collect(), closed.ports.into_iter().collect());
        Ok(Welcome { seq, exits, proven, denied_hosts, denied_ports })
    }

    async fn save_health(&self, seen: Vec<ExitHealth>) -> Result<()> {
        let news = self.0.roster.observe(seen);
        if news.is_empty() { Ok(()) } else { exits::flow::health(&self.0.network, &news).await }
    }
}

impl turnpike_wire::Control for Control {
    fn hello(&self, hello: Hello) -> BoxFuture<'_, Result<Welcome, ControlAway>> {
        Box::pin(async move { patiently(|| self.greet(&hello)).await })
    }

    fn admit(&self, ask: Admission) -> BoxFuture<'_, Result<Permit, Refusal>> {
        Box::pin(async move {
            admission::admit(&self.0, &ask).await.unwrap_or_else(|fault| {
                tracing::error!(%fault, cause = ?fault.cause, "an admission failed");
                Err(Reason::ControlAway.into())
            })
        })
    }

    fn lease(&self, request: LeaseRequest) -> BoxFuture<'_, Result<Vec<LeaseAnswer>, ControlAway>> {
        Box::pin(async move {
            patiently(|| leases::flow::grant(&self.0.meter, &request, self.0.clock.now())).await
        })
    }

    fn report(&self, batch: UsageBatch) -> BoxFuture<'_, Result<(), ControlAway>> {
        Box::pin(
            async move { patiently(|| usage::flow::apply(&self.0.meter, &batch, self.0.clock.now())).await },
        )
    }

    fn pin(&self, ask: PinAsk) -> BoxFuture<'_, Result<PinAnswer, ControlAway>> {
        Box::pin(async move {
            let is_endpoint = ask.session.starts_with('@');
            let answer = self.0.pins.pin(ask, self.0.clock.now());
            // An endpoint that left its exit does so once; a crash must not bring it back there.
            if is_endpoint && let Err(fault) = self.flush().await {
                tracing::error!(%fault, "an endpoint's exit can't be saved yet");
            }
            Ok(answer)
        })
    }

    fn health(&self, seen: Vec<ExitHealth>) -> BoxFuture<'_, Result<(), ControlAway>> {
        Box::pin(async move { self.save_health(seen).await.map_err(|fault| away(&fault)) })
    }

    fn changes(&self) -> ChangeFeed {
        self.0.feed.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::Arc;
    use turnpike_base::{ExitId, time::SystemClock};
    use turnpike_store::{Vault, both_engines};
    use turnpike_wire::{Control as _, GatewayId};

    both_engines! {
        async fn a_gateway_hears_at_its_start_which_exits_worked(store: Store) {
            let control = Control::open(store, Vault::new([7; 32]), Arc::new(SystemClock)).await.unwrap();
            let exit = json!({"target": "192.0.2.1", "pools": ["residential"], "country": "US"});
            crate::operator::run(&control, "exit/add", exit).await.unwrap();
            let greeted = async |start| {
                let hello = Hello { gateway: GatewayId("g".into()), start };
                control.hello(hello).await.unwrap().proven.iter().map(|one| one.exit).collect::<Vec<_>>()
            };
            assert_eq!(greeted(1).await, []);
            let (exit, at) = (ExitId(1), control.0.clock.now());
            let seen = ExitHealth { exit, healthy: true, latency_us: 900, public: None, error: None, at };
            control.health(vec![seen]).await.unwrap();
            assert_eq!(greeted(2).await, [exit]);
        }
    }
}
