//! Migrations: twins with the same names in both dialects, applied in order, frozen once released.

use crate::StoreError;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use std::borrow::Cow;

struct Twin {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! twins {
    ($($version:literal $name:literal),* $(,)?) => {
        const TWINS: &[Twin] = &[$(Twin {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }),*];
    };
}

twins! {
    1 "0001_foundation",
    2 "0002_identity",
    3 "0003_access",
    4 "0004_network",
    5 "0005_metering",
    6 "0006_endpoints",
    10 "0010_api_keys",
    11 "0011_refusals",
    20 "0020_shop",
    30 "0030_ledger",
    31 "0031_payments",
    32 "0032_invoices",
    40 "0040_console",
    50 "0050_account_lists",
    51 "0051_blocked_hosts",
    60 "0060_package_titles",
    70 "0070_control_room",
    71 "0071_measured_exits",
    72 "0072_link_carries",
    73 "0073_place_names",
    74 "0074_order_lists",
    75 "0075_ledger_sums",
    76 "0076_money_edges",
    77 "0077_invoice_corrections",
    78 "0078_unpaid_orders",
    79 "0079_shop_edges",
    80 "0080_real_name_versions",
    81 "0081_articles",
    82 "0082_warning_choices",
    83 "0083_orders_of_products",
    84 "0084_kept_and_invoiced",
    85 "0085_transfers_once",
    86 "0086_turns_of_notices",
    87 "0087_outbox_lanes",
    88 "0088_proofs_of_customers",
    89 "0089_removed_statics",
    90 "0090_parts_of_payments",
    91 "0091_lists_of_providers",
    95 "0095_invoiced_money",
    100 "0100_failed_logins",
    110 "0110_held_money",
    120 "0120_message_records",
    121 "0121_called_gifts",
    122 "0122_called_fees",
}

fn migrator(sql: impl Fn(&Twin) -> &'static str) -> Migrator {
    let one = |twin: &Twin| {
        let text = sqlx::SqlStr::from_static(sql(twin));
        Migration::new(twin.version, Cow::Borrowed(twin.name), MigrationType::Simple, text, false)
    };
    Migrator::with_migrations(TWINS.iter().map(one).collect())
}

/// The numbers of all migrations.
pub(crate) fn versions() -> Vec<i64> {
    TWINS.iter().map(|twin| twin.version).collect()
}

pub(crate) async fn run_sqlite(pool: &sqlx::SqlitePool) -> Result<(), StoreError> {
    Ok(migrator(|t| t.sqlite).run(pool).await?)
}

/// sqlx holds an advisory lock meanwhile: of two processes that start together one waits.
pub(crate) async fn run_postgres(pool: &sqlx::PgPool) -> Result<(), StoreError> {
    Ok(migrator(|t| t.postgres).run(pool).await?)
}
