//! Which exits serve which product.

use turnpike_base::ProductType;
use turnpike_wire::Pool;

/// Which pool serves a product (contract sections 5 and 9).
pub const fn pool_of(product: ProductType) -> Pool {
    match product {
        ProductType::Datacenter => Pool::Datacenter,
        ProductType::Isp => Pool::Isp,
        ProductType::ResidentialStatic => Pool::StaticUnsold,
        ProductType::StaticTraffic
        | ProductType::StaticTrafficV2
        | ProductType::StaticDatacenter
        | ProductType::StaticResidential => Pool::Static,
        _ => Pool::Residential,
    }
}
