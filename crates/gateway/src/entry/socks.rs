//! SOCKS5 (RFC 1928, RFC 1929) and SOCKS4a.
//!
//! Method 0x02 is chosen whenever offered, 0x00 only when it stands alone and the address is allowlisted;
//! wrong credentials never fall back to the allowlist (contract section 9).

use super::{Client, Inbox, Tunnel, finish, in_time, reset_on_close};
use crate::admit::{Peer, admit};
use crate::open::{Login, Opened, Wish, open, record, understand};
use crate::refuse;
use crate::serve::Loop;
use crate::udp;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use tokio::io::AsyncWriteExt;
use turnpike_base::Text;
use turnpike_proxyproto::HostPort;
use turnpike_proxyproto::socks::{self, Command, Reply, method};
use turnpike_wire::{ConnectionKind, Reason, Refusal};

/// The bound address in replies that have none to tell.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

type Served<C> = io::Result<Option<Tunnel<C>>>;

/// Serves a SOCKS5 connection.
pub(super) async fn serve5<C: Client>(
    home: &Rc<Loop>,
    mut client: C,
    peer: Peer,
    mut inbox: Inbox,
) -> Served<C> {
    let login = in_time(peer, authenticate(home, &mut client, peer, &mut inbox)).await?;
    let Some(login) = login else { return Ok(bye(home, client).await) };
    let request = match in_time(peer, inbox.expect(home, &mut client, socks::request)).await {
        Ok(request) => request,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            home.shared.metrics.refused(Reason::BadRequest);
            let reply = if inbox.0.get(3).is_some_and(|kind| !matches!(kind, 1 | 3 | 4)) {
                Reply::AddressNotSupported
            } else if inbox.0.get(1).is_some_and(|command| *command > 3) {
                Reply::CommandNotSupported
            } else {
                Reply::GeneralFailure
            };
            tell(&mut client, &socks::reply(reply, NOWHERE)).await?;
            return Ok(bye(home, client).await);
        }
        Err(error) => return Err(error),
    };
    if request.command == Command::UdpAssociate {
        return associate(home, client, peer, login.as_ref(), &request.destination).await;
    }
    if request.command != Command::Connect || request.destination.port == 0 {
        let refusal = Refusal::new(Reason::BadRequest).say(Text::new(
            "仅支持 CONNECT 和 UDP ASSOCIATE 命令",
            "Only CONNECT and UDP ASSOCIATE are served",
        ));
        record(&home.shared, peer, &request.destination, &refusal);
        tell(&mut client, &socks::reply(Reply::CommandNotSupported, NOWHERE)).await?;
        return Ok(bye(home, client).await);
    }
    match open(
        home,
        Wish {
            peer,
            login: login.as_ref(),
            to: request.destination,
            kind: ConnectionKind::Socks5,
            prefer: None,
        },
    )
    .await
    {
        Ok(opened) => {
            tell(&mut client, &socks::reply(Reply::Succeeded, bound(&opened))).await?;
            Ok(Some(Tunnel { client, opened, early: inbox.0 }))
        }
        Err(refusal) => {
            tell(&mut client, &socks::reply(refuse::socks(refusal.reason), NOWHERE)).await?;
            Ok(bye(home, client).await)
        }
    }
}

/// Serves a UDP association until its TCP connection ends; `from` is where the customer says he sends from.
async fn associate<C: Client>(
    home: &Rc<Loop>,
    mut client: C,
    peer: Peer,
    login: Option<&Login>,
    from: &HostPort,
) -> Served<C> {
    let local = client.tcp().local_addr()?.ip();
    let association = match Box::pin(udp::open(home, peer, login, from, local)).await {
        Ok(association) => association,
        Err(refusal) => {
            // What is off or can't be carried is a command that is not served (RFC 1928 section 6).
            let off = refusal.reason == Reason::NotAllowed && refusal.detail.is_some();
            let reply = if off { Reply::CommandNotSupported } else { refuse::socks(refusal.reason) };
            tell(&mut client, &socks::reply(reply, NOWHERE)).await?;
            return Ok(bye(home, client).await);
        }
    };
    let mut told = association.address()?;
    if let Some(outside) = home.shared.config.udp_address {
        told.set_ip(outside);
    }
    tell(&mut client, &socks::reply(Reply::Succeeded, told)).await?;
    // Nothing more is said on the TCP connection; its end is what counts.
    let over = async { while Inbox::default().more(home, &mut client).await.is_ok() {} };
    Box::pin(association.run(over)).await;
    if association.wants_reset() {
        reset_on_close(&client);
        return Ok(None);
    }
    drop(association);
    Ok(bye(home, client).await)
}

/// Where the connection leaves from, if that is an address of this machine.
fn bound(opened: &Opened) -> SocketAddr {
    let local = opened.origin.local_addr().ok().filter(|_| opened.guard.exit.is_local());
    local.unwrap_or(NOWHERE)
}

async fn tell<C: Client>(client: &mut C, message: &[u8]) -> io::Result<()> {
    client.write_all(message).await?;
    client.flush().await
}

/// Lets a client go that was told why.
async fn bye<C: Client>(home: &Rc<Loop>, mut client: C) -> Option<Tunnel<C>> {
    finish(home, &mut client).await;
    None
}

/// Chooses the method and checks credentials. The outer `None`: the client was refused and told.
async fn authenticate<C: Client>(
    home: &Rc<Loop>,
    client: &mut C,
    peer: Peer,
    inbox: &mut Inbox,
) -> io::Result<Option<Option<Login>>> {
    let methods = inbox.expect(home, client, socks::greeting).await?;
    if methods.contains(&method::PASSWORD) {
        tell(client, &[5, method::PASSWORD]).await?;
        let login = inbox.expect(home, client, socks::password).await?;
        let refused = is_refused(home, peer, Some(&login)).await;
        tell(client, &[1, u8::from(refused)]).await?;
        return Ok((!refused).then_some(Some(login)));
    }
    let enough =
        methods.iter().all(|m| *m == method::NONE) || (peer.at_endpoint && methods.contains(&method::NONE));
    let accepted = enough && !is_refused(home, peer, None).await;
    tell(client, &[5, if accepted { method::NONE } else { method::REFUSED }]).await?;
    Ok(accepted.then_some(None))
}

/// Whether the credentials are wrong, or there are none and the address is not allowlisted. Everything else
/// that may be wrong is told by the reply to the request, which has codes for it; the permit is cached for
/// then.
async fn is_refused(home: &Rc<Loop>, peer: Peer, login: Option<&Login>) -> bool {
    let refusal = match understand(&home.shared, peer, login).await {
        Ok((_, ask)) => admit(&home.shared, &ask).await.err(),
        Err(wrong) => Some(wrong),
    };
    match refusal {
        Some(refusal) if refusal.reason.http_status() == 407 => {
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
) -> Served<C> {
    let to = match in_time(peer, inbox.expect(home, &mut client, socks::request4)).await {
        Ok(to) => to,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            home.shared.metrics.refused(Reason::BadRequest);
            tell(&mut client, &socks::reply4(false)).await?;
            return Ok(bye(home, client).await);
        }
        Err(error) => return Err(error),
    };
    match open(home, Wish { peer, login: None, to, kind: ConnectionKind::Socks4, prefer: None }).await {
        Ok(opened) => {
            tell(&mut client, &socks::reply4(true)).await?;
            Ok(Some(Tunnel { client, opened, early: inbox.0 }))
        }
        Err(_) => {
            tell(&mut client, &socks::reply4(false)).await?;
            Ok(bye(home, client).await)
        }
    }
}
