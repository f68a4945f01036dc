//! SOCKS5 (RFC 1928, RFC 1929) and SOCKS4a.
//!
//! Method 0x02 is chosen whenever offered, 0x00 only when it stands alone; wrong credentials never fall
//! back to the allowlist (contract section 9).

use super::{Client, Inbox, relay};
use crate::admit::Peer;
use crate::open::{Login, Wish, open, parse_login, record};
use crate::refuse;
use crate::serve::Loop;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use tokio::io::AsyncWriteExt;
use turnpike_base::Text;
use turnpike_proxyproto::socks::{self, Command, Reply, method};
use turnpike_proxyproto::{HostPort, Parsed};
use turnpike_wire::{Reason, Refusal, Targeting};

/// The bound address in replies that have none to tell.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// Serves a SOCKS5 connection.
pub(super) async fn serve5<C: Client>(
    home: &Rc<Loop>,
    mut client: C,
    peer: Peer,
    mut inbox: Inbox,
) -> io::Result<()> {
    let limit = home.shared.config.timeouts.handshake;
    let login = tokio::time::timeout(limit, authenticate(home, &mut client, peer, &mut inbox))
        .await
        .map_err(|_| io::ErrorKind::TimedOut)??;
    let Some(login) = login else { return Ok(()) };
    let request = inbox.expect(&mut client, socks::request);
    let request = tokio::time::timeout(limit, request).await.map_err(|_| io::ErrorKind::TimedOut)??;
    if request.command != Command::Connect || request.destination.port == 0 {
        let refusal = Refusal::new(Reason::BadRequest)
            .say(Text::new("仅支持 CONNECT 命令", "Only the CONNECT command is served"));
        record(&home.shared, peer, &request.destination, &refusal);
        return client.write_all(&socks::reply(Reply::CommandNotSupported, NOWHERE)).await;
    }
    match open(home, Wish { peer, login: login.as_ref(), to: request.destination, prefer: None }).await {
        Ok(opened) => {
            let bound = opened.origin.local_addr().unwrap_or(NOWHERE);
            client.write_all(&socks::reply(Reply::Succeeded, bound)).await?;
            client.flush().await?;
            relay(client, opened, &inbox.0).await
        }
        Err(refusal) => {
            client.write_all(&socks::reply(refuse::socks(refusal.reason), NOWHERE)).await?;
            client.shutdown().await
        }
    }
}

/// Chooses the method and checks credentials. The outer `None`: the client was refused and told.
async fn authenticate<C: Client>(
    home: &Rc<Loop>,
    client: &mut C,
    peer: Peer,
    inbox: &mut Inbox,
) -> io::Result<Option<Option<Login>>> {
    let methods = inbox.expect(client, socks::greeting).await?;
    if methods.contains(&method::PASSWORD) {
        client.write_all(&[5, method::PASSWORD]).await?;
        client.flush().await?;
        let login = inbox.expect(client, socks::password).await?;
        let refused = check(home, peer, &login).await;
        client.write_all(&[1, u8::from(refused)]).await?;
        client.flush().await?;
        return Ok((!refused).then_some(Some(login)));
    }
    let alone = methods.iter().all(|m| *m == method::NONE);
    client.write_all(&[5, if alone { method::NONE } else { method::REFUSED }]).await?;
    client.flush().await?;
    Ok(alone.then_some(None))
}

/// Whether the credentials are wrong. Everything else that may be wrong is told by the reply to the
/// request, which has codes for it; the permit is cached for then.
async fn check(home: &Rc<Loop>, peer: Peer, login: &Login) -> bool {
    let Ok((name, credentials)) = parse_login(Some(login)) else { return false };
    let targeting =
        Targeting { country: name.country, state: name.state, city: name.city, asn: name.asn, ip: name.ip };
    match crate::admit::admit(&home.shared, peer, credentials, targeting).await {
        Err(refusal) if matches!(refusal.reason, Reason::BadCredentials | Reason::AccountDisabled) => {
            record(&home.shared, peer, &HostPort { host: String::new(), port: 0 }, &refusal);
            true
        }
        _ => false,
    }
}

/// Serves a SOCKS4 or SOCKS4a connection: it has no password, so the address has to be enough.
pub(super) async fn serve4<C: Client>(
    home: &Rc<Loop>,
    mut client: C,
    peer: Peer,
    mut inbox: Inbox,
) -> io::Result<()> {
    let limit = home.shared.config.timeouts.handshake;
    let parse = |bytes: &[u8]| -> Result<Parsed<HostPort>, _> { socks::request4(bytes) };
    let to = tokio::time::timeout(limit, inbox.expect(&mut client, parse))
        .await
        .map_err(|_| io::ErrorKind::TimedOut)??;
    match open(home, Wish { peer, login: None, to, prefer: None }).await {
        Ok(opened) => {
            client.write_all(&socks::reply4(true)).await?;
            client.flush().await?;
            relay(client, opened, &inbox.0).await
        }
        Err(_) => {
            client.write_all(&socks::reply4(false)).await?;
            client.shutdown().await
        }
    }
}
