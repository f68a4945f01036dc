//! The catalogue file: TOML or JSON, to load and to export. Loading what was exported changes nothing.
//!
//! ```toml
//! [shop]
//! order_minutes = 30
//!
//! [[product]]
//! code = "residential-10"
//! type = 9
//! title = {zh = "动态住宅 10 GB", en = "Residential 10 GB"}
//! gb = 10
//! days = 30
//! price = {cny = "99.00", usd = "14.90"}
//! ```

use super::error;
use super::faults::{self, Wrong};
use super::model::Item;
use crate::shop::{Change, Shop};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use turnpike_base::{Fault, Result, Text};

/// A whole catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// How the shop works; what is left out, or all of it: as before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop: Option<Change>,
    /// What is sold, in the order it is shown.
    #[serde(rename = "product", default)]
    pub products: Vec<Item>,
}

impl Catalogue {
    /// Reads a file, TOML or JSON. Fails with `bad_parameter` on `file`, naming the line.
    pub fn read(text: &str) -> Result<Self> {
        let read = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|e| e.to_string())
        } else {
            toml::from_str(text).map_err(|e| e.to_string())
        };
        read.map_err(|reason| error::bad_file(&[Text::made(reason.clone(), reason)]))
    }

    /// As a TOML file.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self).map_err(|e| Fault::internal("catalogue_unprintable", e))
    }

    /// What is wrong with it, for whoever wrote it: with the shop, and with each product.
    pub fn faults(&self) -> Vec<Text> {
        let mut codes = HashSet::new();
        let of_item = |item: &Item| {
            let twice = (!codes.insert(item.code.clone()))
                .then(|| Wrong::of("code", "代码重复出现", "the code stands twice"));
            twice.or_else(|| faults::of(item)).map(|wrong| of_product(&item.code, &wrong.text))
        };
        // No setting's bounds depend on another one.
        let of_shop = self.shop.clone().and_then(|change| change.of(Shop::default()).fault());
        of_shop.map(|wrong| wrong.text).into_iter().chain(self.products.iter().filter_map(of_item)).collect()
    }
}

/// What is wrong with the product of this code.
pub(super) fn of_product(code: &str, text: &Text) -> Text {
    Text::made(format!("套餐 {code}：{}", text.zh), format!("product {code}: {}", text.en))
}
