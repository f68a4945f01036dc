//! Several keys of a customer, each with a name, scopes, source addresses and an expiry (contract section 8).
//!
//! The one key a customer is born with is always there: it may do everything, from everywhere, for ever. A login alone
//! puts another one in its place (`rotation.rs`). Whatever is changed here holds for the next request, because keys are looked up in the store for every one.

mod api;
mod error;
pub mod flow;
mod model;
mod queries;
mod rules;
#[cfg(test)]
mod tests;

pub(crate) use error::wrong_source;
pub use model::{ApiKey, By, Change, NewKey};
pub(crate) use queries::{by_fingerprint, used};

use std::sync::Arc;
use turnpike_base::{Code, Text};
use turnpike_store::{Store, Vault};
use turnpike_web::{Endpoint, with};

/// What this feature works on.
#[derive(Clone, Debug)]
pub struct State {
    /// The store.
    pub store: Store,
    /// Seals keys.
    pub vault: Vault,
    /// What scopes may name: the tags of all endpoints.
    pub features: Arc<Vec<&'static str>>,
}

/// The feature's own tag. A scope may name it: what a key makes or changes goes never beyond itself.
pub const TAG: &str = "api-keys";

/// The endpoints of this feature.
#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub fn routes(s: &State) -> Vec<Endpoint> {
    vec![
        Endpoint::get("api-keys/list", TAG, "app_key 列表", "Keys of the customer", with(s, api::list))
            .also(&["api-keys"]).codes(&[]),
        Endpoint::post("api-keys/add", TAG, "新建 app_key（完整密钥仅返回一次）", "Makes a key; the answer is the only one that shows it whole", with(s, api::add))
            .also(&["api-keys"]).codes(&[Code::Conflict]).explain("scopes", &features(s)),
        Endpoint::post("api-keys/change", TAG, "修改 app_key，立即生效", "Changes what is sent, at once", with(s, api::change))
            .codes(&[Code::NotFound, Code::Conflict]),
        Endpoint::post("api-keys/delete", TAG, "删除 app_key，立即失效", "Revokes a key, at once", with(s, api::delete))
            .codes(&[Code::NotFound, Code::Conflict]),
    ]
}

/// Which features there are, for the reference.
fn features(s: &State) -> Text {
    let all = s.features.join(", ");
    Text::made(format!("；功能：{all}"), format!("; features: {all}"))
}
