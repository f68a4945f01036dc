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

/// The holding ended; the address may be somebody else's by now.
pub fn ended(package: PackageId) -> Fault {
    Fault::new(Code::Conflict, "static_ended").say(Text::made(
        format!("静态 IP {package} 已释放"),
        format!("The static address {package} was released"),
    ))
}
