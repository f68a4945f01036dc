-- Exits, static addresses, extracted endpoints, sessions.
CREATE TABLE exits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- How it is reached, canonical: an address, a block, "interface:NAME", or a parent's URL without password.
    target TEXT NOT NULL UNIQUE,
    -- The parent's credentials.
    sealed BLOB,
    resolve TEXT NOT NULL,
    -- Names, separated by commas.
    pools TEXT NOT NULL,
    country TEXT NOT NULL,
    state_key TEXT,
    city_key TEXT,
    city TEXT,
    asn BIGINT,
    status TEXT NOT NULL,
    -- 1: its measured place differs from the claimed one, and the policy is not to sell it.
    withheld BIGINT NOT NULL DEFAULT 0,
    healthy BIGINT NOT NULL DEFAULT 1,
    latency_us BIGINT NOT NULL DEFAULT 0,
    error TEXT,
    seen_at BIGINT,
    public_address TEXT,
    measured_country TEXT,
    measured_state TEXT,
    measured_city TEXT,
    measured_asn BIGINT,
    measured_at BIGINT,
    -- What differs, for the operator; NULL: nothing.
    mismatch TEXT,
    created_at BIGINT NOT NULL
);
CREATE TABLE static_addresses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    exit_id BIGINT NOT NULL UNIQUE REFERENCES exits (id),
    address TEXT NOT NULL UNIQUE,
    -- 14 or 25.
    product BIGINT NOT NULL,
    country TEXT NOT NULL,
    state_key TEXT,
    city TEXT,
    asn BIGINT,
    isp TEXT NOT NULL,
    -- How many customers may hold it at once; 1: exclusive.
    most_holders BIGINT NOT NULL,
    -- How many do, orders that wait for payment included.
    taken BIGINT NOT NULL DEFAULT 0,
    maintenance BIGINT NOT NULL DEFAULT 0,
    -- Not given out again before.
    rests_until BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);
CREATE INDEX static_addresses_stock ON static_addresses (product, country, taken, id);
CREATE TABLE static_holdings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    static_id BIGINT NOT NULL REFERENCES static_addresses (id),
    customer_id BIGINT NOT NULL,
    -- The package; NULL while an order waits for payment.
    package_id BIGINT UNIQUE,
    trade_no TEXT NOT NULL,
    remark TEXT NOT NULL DEFAULT '',
    auto_renew BIGINT NOT NULL DEFAULT 0,
    -- reserved, owned, ended
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
-- Nobody holds the same address twice.
CREATE UNIQUE INDEX static_holdings_once ON static_holdings (static_id, customer_id) WHERE state <> 'ended';
CREATE INDEX static_holdings_customer ON static_holdings (customer_id, id);
CREATE INDEX static_holdings_order ON static_holdings (trade_no);
CREATE INDEX static_holdings_expiry ON static_holdings (state, expires_at);
CREATE TABLE endpoints (
    customer_id BIGINT NOT NULL,
    port BIGINT NOT NULL,
    product BIGINT NOT NULL,
    exit_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, port)
);
CREATE INDEX endpoints_expiry ON endpoints (expires_at);
CREATE TABLE sessions (
    customer_id BIGINT NOT NULL,
    -- 0: traffic that an address authenticated.
    account_id BIGINT NOT NULL,
    product BIGINT NOT NULL,
    name TEXT NOT NULL,
    exit_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, account_id, product, name)
);
CREATE INDEX sessions_expiry ON sessions (ends_at);
