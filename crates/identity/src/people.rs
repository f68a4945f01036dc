//! People who log in: customers and operators share sessions, second factors and codes.

use std::net::IpAddr;
use turnpike_base::{CustomerId, OperatorId};

/// Somebody who logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Person {
    /// Who buys.
    Customer(CustomerId),
    /// Who runs the installation.
    Operator(OperatorId),
}

impl Person {
    /// As rows name the kind.
    pub const fn realm(self) -> &'static str {
        match self {
            Self::Customer(_) => "customer",
            Self::Operator(_) => "operator",
        }
    }

    /// As rows name the one.
    pub const fn id(self) -> i64 {
        match self {
            Self::Customer(id) => id.0,
            Self::Operator(id) => id.0,
        }
    }
}

/// From where somebody comes, for sessions and the audit.
#[derive(Clone, Debug)]
pub struct Origin {
    /// His address.
    pub client: IpAddr,
    /// What his program calls itself.
    pub agent: String,
}
