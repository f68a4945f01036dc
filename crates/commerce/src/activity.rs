//! Marketing: what recharges get on top (contract section 7, "activity").

use crate::{State, shop};
use serde::Serialize;
use turnpike_base::{Money, Result};
use turnpike_web::{Call, Endpoint, Listed, with};
use utoipa::ToSchema;

/// A tier of the recharge activity.
#[derive(Serialize, ToSchema)]
pub(crate) struct TierRow {
    /// From this amount on, in the site's currency.
    #[schema(value_type = f64)]
    min: Money,
    /// Below this amount; 0: no end.
    #[schema(value_type = f64)]
    max: Money,
    /// Percent of the recharged amount that is given on top.
    ratio: i64,
    /// A fixed amount on top.
    #[schema(value_type = f64)]
    gift: Money,
}

pub(crate) fn routes(state: &State) -> Vec<Endpoint> {
    vec![
        Endpoint::get(
            "activity/balance-recharge-gift-ratio",
            "activity",
            "充值赠送比例",
            "What recharges get on top",
            with(state, tiers),
        )
        .codes(&[]),
    ]
}

async fn tiers(state: State, call: Call, _: ()) -> Result<Listed<TierRow>> {
    let shop = shop::of(&state.store.read().await?, call.site.id).await?;
    let row = |t: shop::Tier| TierRow { min: t.min.0, max: t.max.0, ratio: t.ratio, gift: t.gift.0 };
    Ok(Listed { list: shop.gifts.into_iter().map(row).collect() })
}
