//! What can go wrong with products.

use super::faults::Wrong;
use turnpike_base::table::MOST_FAULTS;
use turnpike_base::{Code, Fault, ProductId, Text};

/// There is none, or it is withdrawn, or another site's.
pub fn unknown(id: i64) -> Fault {
    let text = Text::made(format!("套餐 {id} 不存在"), format!("There is no product {id}"));
    Fault::new(Code::NotFound, "product_unknown").say(text.clone()).field("pid", text)
}

/// The site's catalogue has none of this code.
pub fn unknown_code(code: &str) -> Fault {
    Fault::new(Code::NotFound, "product_unknown")
        .say(Text::made(format!("没有代码为 {code} 的套餐"), format!("There is no product {code}")))
}

/// Sold on request only.
pub fn not_for_sale(id: ProductId) -> Fault {
    Fault::new(Code::Forbidden, "product_not_for_sale").say(Text::made(
        format!("套餐 {id} 需要定制，请联系客服"),
        format!("Product {id} is made to order; contact the operator"),
    ))
}

/// It has no price in the site's currency.
pub fn no_price(id: ProductId) -> Fault {
    Fault::new(Code::Forbidden, "product_no_price").say(Text::made(
        format!("套餐 {id} 不支持本站货币"),
        format!("Product {id} is not sold for this site's currency"),
    ))
}

/// A trial was taken before.
pub fn trial_taken(title: &Text) -> Fault {
    let Text { zh, en } = title;
    Fault::new(Code::Conflict, "product_trial_taken").say(Text::made(
        format!("试用套餐“{zh}”每位客户限购一次"),
        format!("The trial \"{en}\" can be ordered once per customer"),
    ))
}

/// Fewer are left than were asked for.
pub fn sold_out(id: ProductId) -> Fault {
    Fault::new(Code::OutOfStock, "product_sold_out")
        .say(Text::made(format!("套餐 {id} 库存不足"), format!("Not enough is left of product {id}")))
}

/// The catalogue file is wrong; the reasons say where.
pub fn bad_file(reasons: &[Text]) -> Fault {
    let text = |reason: &Text| Text::made(format!("目录文件有误：{}", reason.zh), reason.en.to_string());
    let told = reasons.iter().take(MOST_FAULTS).map(text);
    told.fold(Fault::new(Code::Parameter, "bad_parameter"), |fault, reason| fault.field("file", reason))
}

/// A product that was typed is wrong at a field of it.
pub fn bad_item(wrong: Wrong) -> Fault {
    Fault::parameter(wrong.field, wrong.text)
}

/// A product stays of its type.
pub const TYPE_STAYS: Wrong = Wrong::of("type", "套餐类型不能更改", "its type can't change");
