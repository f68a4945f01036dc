//! Values bound to a statement.

use sea_orm::Value;
use turnpike_base::{Bytes, Money, ProductType, Timestamp};

/// The values of one statement, in the order of `$1`, `$2`, …; made with [`crate::args!`].
pub type Args = Vec<Value>;

/// Something that can be bound.
pub trait Arg {
    /// The bound value.
    fn value(self) -> Value;
    /// A typed NULL.
    fn null() -> Value;
}

impl<T: Arg> Arg for Option<T> {
    fn value(self) -> Value {
        self.map_or_else(T::null, T::value)
    }
    fn null() -> Value {
        T::null()
    }
}

impl Arg for i64 {
    fn value(self) -> Value {
        Value::BigInt(Some(self))
    }
    fn null() -> Value {
        Value::BigInt(None)
    }
}
impl Arg for bool {
    fn value(self) -> Value {
        i64::from(self).value()
    }
    fn null() -> Value {
        i64::null()
    }
}
impl Arg for String {
    fn value(self) -> Value {
        Value::from(self)
    }
    fn null() -> Value {
        Value::String(None)
    }
}
impl Arg for &str {
    fn value(self) -> Value {
        Value::from(self)
    }
    fn null() -> Value {
        Value::String(None)
    }
}
impl Arg for &String {
    fn value(self) -> Value {
        Value::from(self.as_str())
    }
    fn null() -> Value {
        Value::String(None)
    }
}
impl Arg for Vec<u8> {
    fn value(self) -> Value {
        Value::from(self)
    }
    fn null() -> Value {
        Value::Bytes(None)
    }
}
impl Arg for ProductType {
    fn value(self) -> Value {
        self.number().value()
    }
    fn null() -> Value {
        i64::null()
    }
}

macro_rules! numbers {
    ($($t:ty),*) => {$(
        impl Arg for $t {
            fn value(self) -> Value { self.0.value() }
            fn null() -> Value { i64::null() }
        }
    )*};
}

use turnpike_base::{
    AccountId, AllowlistId, CustomerId, ExitId, LeaseId, LoginId, OperatorId, OrderId, PackageId, ProductId,
    SiteId, StaticId,
};
numbers!(
    Bytes,
    Money,
    Timestamp,
    AccountId,
    AllowlistId,
    CustomerId,
    ExitId,
    LeaseId,
    LoginId,
    OperatorId,
    OrderId,
    PackageId,
    ProductId,
    SiteId,
    StaticId
);

/// The bound values of a statement.
///
/// ```
/// # use turnpike_store::args;
/// let bound = args![7_i64, "name", None::<i64>];
/// assert_eq!(bound.len(), 3);
/// ```
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { ::std::vec![$($crate::Arg::value($value)),*] };
}
