-- Packages, proxy accounts, allowlists.
CREATE TABLE packages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id BIGINT NOT NULL,
    product_type BIGINT NOT NULL,
    title TEXT NOT NULL,
    trade_no TEXT NOT NULL,
    ordered_at BIGINT NOT NULL,
    paid_at BIGINT NOT NULL,
    -- Bytes, or a count for countable types; 0 where nothing is drawn.
    total BIGINT NOT NULL,
    used BIGINT NOT NULL DEFAULT 0,
    -- Outstanding leases.
    reserved BIGINT NOT NULL DEFAULT 0,
    -- Bytes per second and connections, type 11 only.
    bandwidth BIGINT,
    concurrency BIGINT,
    auto_renew BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX packages_usable ON packages (customer_id, product_type, expires_at, id);
CREATE INDEX packages_newest ON packages (customer_id, created_at, id);
CREATE INDEX packages_expiry ON packages (expires_at);
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id BIGINT NOT NULL,
    -- As typed, and in lower case as compared.
    username TEXT NOT NULL,
    username_key TEXT NOT NULL,
    sealed_password BLOB NOT NULL,
    product_type BIGINT NOT NULL,
    remark TEXT NOT NULL,
    enabled BIGINT NOT NULL DEFAULT 1,
    udp BIGINT NOT NULL DEFAULT 0,
    -- Bytes; 0: none.
    limit_bytes BIGINT NOT NULL DEFAULT 0,
    daily_limit_bytes BIGINT NOT NULL DEFAULT 0,
    used BIGINT NOT NULL DEFAULT 0,
    reserved BIGINT NOT NULL DEFAULT 0,
    -- The site's day the next two belong to, as days since 1970-01-01.
    day BIGINT NOT NULL DEFAULT 0,
    day_used BIGINT NOT NULL DEFAULT 0,
    day_reserved BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
-- A deleted account's name is free again; its rows of usage stay with it.
CREATE UNIQUE INDEX accounts_username ON accounts (username_key) WHERE deleted_at IS NULL;
CREATE INDEX accounts_name_history ON accounts (username_key, id);
CREATE INDEX accounts_customer ON accounts (customer_id, product_type, created_at, id);
CREATE TABLE allowlist (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id BIGINT NOT NULL,
    -- Canonical text form.
    address TEXT NOT NULL,
    product_type BIGINT NOT NULL,
    package_id BIGINT,
    remark TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (address, product_type)
);
CREATE INDEX allowlist_customer ON allowlist (customer_id, product_type, id);
-- One row an address: the customer it belongs to, whatever the types. The primary key decides races.
CREATE TABLE allowlist_owners (
    address TEXT PRIMARY KEY,
    customer_id BIGINT NOT NULL
);
