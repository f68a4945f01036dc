//! What handlers give: data that goes into the envelope, or a text that goes out as it is.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use turnpike_base::Fault;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// Data, or a text in a form of its own where the caller asked for that. Failures come in the envelope
/// either way.
#[derive(Clone, Debug)]
pub enum Answer<T> {
    /// For the envelope.
    Data(T),
    /// As it is.
    Plain(Plain),
}

/// A text and its media type, for instance `text/plain; charset=utf-8`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// Its media type.
    pub kind: &'static str,
    /// The text.
    pub text: String,
}

/// A handler's answer, ready to be sent. Data are written at once, not into a tree first: a list of all cities of the
/// world is megabytes long.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Data(Box<RawValue>),
    Plain(Plain),
}

/// Anything that a handler may give.
pub trait Output {
    /// Makes it ready to be sent.
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn reply(self) -> Result<Reply, Fault>;
    /// Schema of the data.
    #[doc(hidden)]
    fn data_schema() -> RefOr<Schema>;
    /// What that schema refers to.
    #[doc(hidden)]
    fn data_schemas(into: &mut Vec<(String, RefOr<Schema>)>);
    /// Whether it may be a text.
    #[doc(hidden)]
    const MAY_BE_PLAIN: bool = false;
}

fn written(data: &impl Serialize) -> Result<Reply, Fault> {
    to_raw_value(data).map(Reply::Data).map_err(|e| Fault::internal("answer_unprintable", e))
}

impl<T: Serialize + ToSchema> Output for T {
    #[allow(private_interfaces)]
    fn reply(self) -> Result<Reply, Fault> {
        written(&self)
    }
    fn data_schema() -> RefOr<Schema> {
        T::schema()
    }
    fn data_schemas(into: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(into);
    }
}

impl<T: Serialize + ToSchema> Output for Answer<T> {
    #[allow(private_interfaces)]
    fn reply(self) -> Result<Reply, Fault> {
        match self {
            Self::Data(data) => written(&data),
            Self::Plain(plain) => Ok(Reply::Plain(plain)),
        }
    }
    fn data_schema() -> RefOr<Schema> {
        T::schema()
    }
    fn data_schemas(into: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(into);
    }
    const MAY_BE_PLAIN: bool = true;
}
