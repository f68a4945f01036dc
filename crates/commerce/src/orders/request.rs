//! What `order/check` and `order/create` take: the same.

use crate::fields::{Amount, Durations, Ids, Region, Regions};
use crate::renewals::Duration;
use turnpike_base::Money;
use turnpike_web::{field, params};

/// Largest amount of one order.
const MOST: i64 = 100_000;
const IDS: i64 = i64::MAX;
/// Largest recharge: 10,000,000.00.
const MOST_RECHARGE: Money = Money(1_000_000_000);

/// 0, as the document's example has it, is nothing.
const RECHARGE: Amount = Amount { min: Money(0), max: MOST_RECHARGE };

params! {
    /// An order to be.
    pub struct Request {
        pid: i64 = field::required(field::int(1, IDS, "")), "套餐 id", "Id of the product";
        upids: Option<Vec<i64>> = field::optional(Ids), "续费的套餐 id，逗号分隔（类型 19）", "Packages to renew, separated by commas (type 19)";
        amount: i64 = field::or(field::int(1, MOST, ""), 1), "购买数量，默认 1", "How many, 1 by default";
        pm_id: i64 = field::required(field::int(0, IDS, "")), "支付方式 id，0 表示支付时选择", "Payment method; 0: chosen when paying";
        region_list: Option<Vec<Region>> = field::optional(Regions), "地区：国家代码,数量[,ASN]|…（类型 14、25）", "Regions: CC,quantity[,ASN]|… (types 14 and 25)";
        coupon_sn: Option<String> = field::optional(field::text(1, 64)), "优惠码", "Coupon code";
        use_invitation_registration_discount: bool = field::or(field::switch(), false), "是否使用邀请注册优惠", "Take the invitation discount";
        renew_duration: Duration = field::or(Durations, Duration::OneMonth), "续费时长（类型 19），默认 1m；em 的天数与价格在下单时确定", "How far to renew (type 19), 1m by default; the days and the price of em are those of when the order is made";
        product_sku_bandwidth_id: Option<i64> = field::optional(field::int(0, IDS, "")), "带宽规格 id（类型 11）", "Bandwidth choice (type 11)";
        product_sku_concurrency_id: Option<i64> = field::optional(field::int(0, IDS, "")), "并发规格 id（类型 11）", "Concurrency choice (type 11)";
        product_sku_duration_id: Option<i64> = field::optional(field::int(0, IDS, "")), "时长规格 id（类型 11），默认最短", "Duration choice (type 11), the shortest by default";
        etd: i64 = field::or(field::int(1, 120, ""), 1), "时长倍数，默认 1", "Multiple of the validity, 1 by default";
        recharge_amount: Option<Money> = field::optional(RECHARGE), "充值金额（类型 3），站点货币", "Amount to recharge (type 3), in the site's currency";
        trade_no: Option<String> = field::optional(field::text(1, 64)), "需补足的订单号（类型 26）", "The underpaid order (type 26)";
    }
}
