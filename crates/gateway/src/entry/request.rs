//! A request head, taken out of the bytes it came in.

use crate::open::Login;
use turnpike_proxyproto::body::Framing;
use turnpike_proxyproto::head::{self, Target};
use turnpike_proxyproto::{Malformed, Parsed, basic};

/// See the module.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) target: Target,
    pub(super) login: Result<Option<Login>, Malformed>,
    pub(super) framing: Framing,
    pub(super) keep_alive: bool,
    pub(super) upgrade: bool,
    pub(super) v11: bool,
    /// The head as the origin gets it; empty unless it is forwarded.
    pub(super) forwarded: Vec<u8>,
    /// It was forwarded as often as it may be (RFC 9110 section 7.6.2): what TRACE sends back.
    pub(super) last: Option<Vec<u8>>,
    /// Bytes of the head as it came.
    pub(super) length: usize,
}

impl Request {
    pub(super) fn parse(bytes: &[u8]) -> Result<Parsed<Self>, Malformed> {
        let Parsed::Done(head, length) = head::request(bytes)? else { return Ok(Parsed::Incomplete) };
        let mut forwarded = Vec::new();
        if matches!(head.target, Target::Forward(..)) {
            forwarded.reserve(length);
            head.forward(&mut forwarded);
        }
        let last = (head.max_forwards() == Some(0)).then(|| {
            let mut reflected = Vec::new();
            head.reflect(&mut reflected);
            reflected
        });
        let request = Self {
            method: head.method.to_owned(),
            login: head.authorization().map(basic::decode).transpose(),
            framing: head.framing,
            keep_alive: head.keep_alive,
            upgrade: head.upgrade,
            v11: head.v11,
            forwarded,
            last,
            length,
            target: head.target,
        };
        Ok(Parsed::Done(request, length))
    }

    /// Whether the connection can go on after a refusal: no body is under way.
    pub(super) fn survives_refusal(&self) -> bool {
        self.keep_alive && self.framing == Framing::None
    }

    /// Whether it may be sent a second time when nobody knows if the first arrived (RFC 9110 section 9.2.2).
    pub(super) fn may_be_repeated(&self) -> bool {
        let idempotent = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains(&self.method.as_str());
        idempotent && self.framing == Framing::None
    }

    /// Whether responses to it have no body.
    pub(super) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }
}
