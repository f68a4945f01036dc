//! The request kit: what every endpoint of the customer API shares, built once (contract section 1).
//!
//! An endpoint is a value: a method, a path, what it takes ([`params!`]), what it gives (a type with a
//! schema), and an async function from ([`Call`], input) to output or [`turnpike_base::Fault`]. The kit
//! finds key and language, reads parameters from wherever a client puts them, wraps the answer into the
//! envelope, limits rates, remembers Idempotency-Keys, and writes OpenAPI from the same declarations.
//!
//! ```
//! use turnpike_web::{Call, Endpoint, params, field};
//! params! {
//!     /// What `hello` takes.
//!     pub struct Hello {
//!         name: String = field::required(field::text(1, 32)), "名字", "A name";
//!     }
//! }
//! async fn hello(call: Call, input: Hello) -> turnpike_base::Result<String> {
//!     Ok(format!("{} {}", call.customer, input.name))
//! }
//! let endpoint = Endpoint::get("demo/hello", "demo", "问候", "Says hello", hello);
//! assert_eq!(endpoint.path, "demo/hello");
//! ```

mod answer;
mod app;
mod auth;
mod authority;
mod bearer;
pub mod blocks;
mod call;
mod client;
pub mod console;
mod endpoint;
mod envelope;
pub mod field;
mod harden;
mod idempotency;
mod intake;
mod lang;
mod list;
mod noted;
mod once;
pub mod openapi;
mod params;
mod rate;
pub mod reference;
mod scope;
mod site;
mod when;

pub use answer::{Answer, Output, Plain};
pub use app::{App, Nowhere};
pub use auth::{Authenticator, BoxFuture, Principal, Written};
pub use authority::Authority;
pub use bearer::bears;
pub use call::{Call, Door, Visit};
pub use client::{Balancers, of as client_of};
pub use console::Cookies;
pub use endpoint::{Endpoint, with};
pub use envelope::{failure, success};
pub use harden::harden;
pub use idempotency::{forget_answers, idempotency_key};
pub use lang::of_headers as language;
pub use list::{Listed, Paged};
pub use once::{Deed, Once};
pub use params::{Input, ParamDoc, Reader, Values};
pub use scope::{Access, Scopes};
pub use site::Site;
pub use when::{End, LONGEST, Range, parse_end, parse_time};

#[cfg(test)]
mod console_tests;
#[cfg(test)]
mod field_tests;
#[cfg(test)]
mod idempotency_tests;
#[cfg(test)]
mod noted_tests;
#[cfg(test)]
mod tests;
