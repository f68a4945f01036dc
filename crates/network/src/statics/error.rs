//! What can go wrong with static addresses.

use turnpike_base::{Code, Fault, PackageId, Text};
use turnpike_wire::CountryCode;

/// Fewer addresses are left than were asked for.
pub fn out_of_stock(country: CountryCode) -> Fault {
    Fault::new(Code::OutOfStock, "static_out_of_stock").say(Text::made(
        format!("{country} 的静态 IP 库存不足"),
        format!("Not enough static addresses are left in {country}"),
    ))
}

/// The package is no static address of this customer.
pub fn unknown(package: PackageId) -> Fault {
    Fault::new(Code::NotFound, "static_unknown")
        .say(Text::made(format!("静态 IP {package} 不存在"), format!("There is no static address {package}")))
}

/// The address is not in stock.
pub fn not_in_stock(address: &str) -> Fault {
    Fault::new(Code::NotFound, "static_not_in_stock")
        .say(Text::made(format!("库存中没有 {address}"), format!("{address} is not in stock")))
}

/// The address is in stock.
pub fn in_stock(address: &str) -> Fault {
    Fault::new(Code::Conflict, "static_in_stock")
        .say(Text::made(format!("{address} 已在库存中"), format!("{address} is in stock already")))
}

/// Customers hold the address, or ordered it, or may still renew it.
pub fn is_held(address: &str, holders: i64) -> Fault {
    Fault::new(Code::Conflict, "static_is_held").say(Text::made(
        format!(
            "{address} 由 {holders} 位客户持有（含待支付订单及可续费的到期持有）；请先用 static-ip release 释放，或用 static-ip maintain 停止出售，待其到期"
        ),
        format!(
            "{address} has {holders} holders, unpaid orders and those who may still renew among them; end what they hold \
             first (static-ip release), or stop selling it (static-ip maintain) and wait"
        ),
    ))
}

/// The holding ended; the address may be somebody else's by now.
pub fn ended(package: PackageId) -> Fault {
    Fault::new(Code::Conflict, "static_ended").say(Text::made(
        format!("静态 IP {package} 已释放"),
        format!("The static address {package} was released"),
    ))
}
