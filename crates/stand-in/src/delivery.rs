//! Delivers notices of what happened on pages, again and again until they are taken, as Stripe does.

use crate::{Stripe, WEBHOOK_SECRET, signed};
use bytes::Bytes;
use http::Request;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use turnpike_fetch::{Address, Limits, send};

/// How often a notice is tried, and how long to wait in between.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(500);
/// How often pages are looked at whose time may be over.
const BEAT: Duration = Duration::from_secs(1);

/// Delivers for ever.
pub(crate) async fn run(it: Stripe, mut events: UnboundedReceiver<(&'static str, Value)>) {
    let mut beat = tokio::time::interval(BEAT);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some((kind, object)) => { tokio::spawn(deliver(it.clone(), kind, object)); }
                None => return,
            },
            _ = beat.tick() => {
                let ended = it.books().pass(it.seconds());
                for session in ended {
                    tokio::spawn(deliver(it.clone(), "checkout.session.expired", session));
                }
            }
        }
    }
}

async fn deliver(it: Stripe, kind: &'static str, object: Value) {
    let Some(url) = it.books().notices.clone() else { return };
    let Some((address, path)) = parted(&url) else { return };
    let (_, body) = it.notice(kind, &object, it.seconds());
    for _ in 0..TRIES {
        // The same event each time, signed anew.
        let signature = signed(WEBHOOK_SECRET, it.seconds(), &body);
        let request = Request::post(address.path(&path)).header("stripe-signature", signature);
        if let Ok(request) =
            request.header("content-type", "application/json").body(Bytes::from(body.clone()))
            && send(&address, request, Limits::SHORT).await.is_ok_and(|answer| answer.status.is_success())
        {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The server and the path of a URL.
fn parted(url: &str) -> Option<(Address, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    Some((Address::parse(&format!("{scheme}://{host}")).ok()?, format!("/{path}")))
}
