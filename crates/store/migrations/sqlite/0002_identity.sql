-- Brands, those who buy, those who run the installation, keys.
CREATE TABLE sites (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    -- Path prefixes of the API, separated by commas.
    prefixes TEXT NOT NULL,
    lang TEXT NOT NULL,
    zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    account_prefix TEXT,
    allow_private_clients BIGINT NOT NULL,
    demands_verification BIGINT NOT NULL,
    requests_per_second BIGINT NOT NULL,
    request_burst BIGINT NOT NULL,
    allowlist_cap BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE customers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id BIGINT NOT NULL REFERENCES sites (id),
    email TEXT NOT NULL,
    -- Lower case: compared without case.
    email_key TEXT NOT NULL,
    password_hash TEXT,
    verified BIGINT NOT NULL DEFAULT 0,
    disabled BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX customers_email ON customers (site_id, email_key);
CREATE TABLE app_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id BIGINT NOT NULL REFERENCES customers (id),
    -- Keyed hash: how a key is found. The key itself is sealed, because its owner may read it again.
    fingerprint TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX app_keys_customer ON app_keys (customer_id, id);
CREATE TABLE operators (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
