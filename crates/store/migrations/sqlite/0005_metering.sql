-- Leases: traffic that gateways may spend before they ask again.
CREATE TABLE leases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    gateway TEXT NOT NULL,
    -- Which life of that gateway.
    start BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    account_id BIGINT,
    product_type BIGINT NOT NULL,
    -- NULL: logged, not drawn.
    package_id BIGINT,
    bytes BIGINT NOT NULL,
    used BIGINT NOT NULL DEFAULT 0,
    -- The site's day it counts for, in days since 1970-01-01.
    day BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX leases_open ON leases (valid_until) WHERE closed_at IS NULL;
CREATE INDEX leases_closed ON leases (closed_at) WHERE closed_at IS NOT NULL;
-- How far the batches of each life of a gateway are applied.
CREATE TABLE gateway_lives (
    gateway TEXT NOT NULL,
    start BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (gateway, start)
);
-- Kept apart by size. account_id 0: traffic that an address authenticated.
CREATE TABLE usage_quarters (
    customer_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    product_type BIGINT NOT NULL,
    -- Quarter-hours since 1970-01-01T00:00Z.
    quarter BIGINT NOT NULL,
    up BIGINT NOT NULL,
    down BIGINT NOT NULL,
    connections BIGINT NOT NULL,
    PRIMARY KEY (customer_id, quarter, account_id, product_type)
);
-- What old quarter-hours held before they were dropped, so that sums can still be proved.
CREATE TABLE usage_carried (
    customer_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    product_type BIGINT NOT NULL,
    up BIGINT NOT NULL,
    down BIGINT NOT NULL,
    PRIMARY KEY (customer_id, account_id, product_type)
);
CREATE TABLE usage_countries (
    customer_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    product_type BIGINT NOT NULL,
    -- Hours since 1970-01-01T00:00Z.
    hour BIGINT NOT NULL,
    country TEXT NOT NULL,
    up BIGINT NOT NULL,
    down BIGINT NOT NULL,
    PRIMARY KEY (customer_id, hour, account_id, product_type, country)
);
CREATE TABLE usage_exits (
    exit_id BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    up BIGINT NOT NULL,
    down BIGINT NOT NULL,
    connections BIGINT NOT NULL,
    PRIMARY KEY (exit_id, hour)
);
CREATE TABLE usage_hosts (
    customer_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    product_type BIGINT NOT NULL,
    -- Days of UTC since 1970-01-01.
    day BIGINT NOT NULL,
    host TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    connections BIGINT NOT NULL,
    PRIMARY KEY (customer_id, day, account_id, product_type, host)
);
CREATE TABLE refusals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    product_type BIGINT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    destination TEXT NOT NULL,
    client TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX refusals_account ON refusals (customer_id, account_id, id);
CREATE INDEX refusals_age ON refusals (at);
-- One line per finished connection, for abuse reports.
CREATE TABLE traces (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    product_type BIGINT NOT NULL,
    client TEXT NOT NULL,
    exit_id BIGINT NOT NULL,
    exit_address TEXT,
    destination TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    up BIGINT NOT NULL,
    down BIGINT NOT NULL,
    ending TEXT NOT NULL
);
CREATE INDEX traces_exit ON traces (exit_address, closed_at);
CREATE INDEX traces_age ON traces (closed_at);
