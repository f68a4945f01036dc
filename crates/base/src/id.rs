//! Identifiers. Each kind of thing has its own type, so that one can't be passed for another.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// The number as the store and the API carry it.
            pub const fn get(self) -> i64 { self.0 }
        }
        impl From<i64> for $name { fn from(n: i64) -> Self { Self(n) } }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
    )*};
}

ids! {
    /// A brand of the installation.
    SiteId;
    /// Who buys.
    CustomerId;
    /// Who runs the installation.
    OperatorId;
    /// A proxy account (username and password a gateway accepts).
    AccountId;
    /// An entry of a customer's address allowlist.
    AllowlistId;
    /// What an order granted ("user product").
    PackageId;
    /// What the catalogue sells.
    ProductId;
    /// An order.
    OrderId;
    /// A way out.
    ExitId;
    /// A static address in stock.
    StaticId;
    /// A traffic lease.
    LeaseId;
    /// A person's session in the console.
    LoginId;
}
