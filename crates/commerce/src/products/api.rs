//! `product`: its data is the array itself.

use super::flow::{self, Counter, Filter};
use super::view::{self, ProductRow};
use crate::State;
use crate::fields::Ints;
use turnpike_base::{ProductType, Result};
use turnpike_web::{Call, Input, ParamDoc, Reader, field};

const TYPES: &[i64] = &[3, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24, 25, 26, 27, 28];
const PARENTS: &[i64] = &[14, 25];
const DAYS: Ints = Ints { min: 0, max: 100_000 };
const SHOW: Ints = Ints { min: 1, max: 4 };

/// What `product` takes. Written out, because `type` is no name for a field.
#[derive(Clone, Debug)]
pub(super) struct List(Filter);

impl Input for List {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let product: Option<Option<ProductType>> =
            reader.field("type", &field::optional(field::product(TYPES)));
        let parent: Option<Option<ProductType>> =
            reader.field("parent_product_type", &field::optional(field::product(PARENTS)));
        let (days, show) = (reader.field("time_days", &DAYS), reader.field("show_type", &SHOW));
        Some(Self(Filter { product: product?, parent: parent?, days: days?, show: show? }))
    }

    fn docs() -> Vec<ParamDoc> {
        let product = field::optional(field::product(TYPES));
        let parent = field::optional(field::product(PARENTS));
        vec![
            field::doc::<Option<ProductType>>("type", &product, "套餐类型", "Product type"),
            field::doc::<Option<ProductType>>(
                "parent_product_type",
                &parent,
                "续费的 IP 类型",
                "What a renewal (type 19) renews",
            ),
            field::doc::<Vec<i64>>(
                "time_days",
                &DAYS,
                "有效天数，单个或列表",
                "Validity in days, one or a list",
            ),
            field::doc::<Vec<i64>>("show_type", &SHOW, "展示类型，单个或列表", "Display type, one or a list"),
        ]
    }
}

pub(super) async fn list(state: State, call: Call, input: List) -> Result<Vec<ProductRow>> {
    let tx = state.store.read().await?;
    let at = Counter { site: call.site.id, currency: call.site.currency };
    let all = flow::offered(&tx, at, &Filter::default()).await?;
    let wanted = flow::offered(&tx, at, &input.0).await?;
    Ok(wanted.iter().map(|product| view::row(product, &all, call.site.currency, call.lang)).collect())
}
