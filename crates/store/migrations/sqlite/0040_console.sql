-- People who log in: how they are known, their sessions, second factors, codes, what they did.
ALTER TABLE customers ADD COLUMN phone TEXT;
-- Lower case: compared without case.
ALTER TABLE customers ADD COLUMN username TEXT;
-- 1 until the mailed link of a registration was opened.
ALTER TABLE customers ADD COLUMN email_pending BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customers ADD COLUMN verify_before_delete BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customers ADD COLUMN lang TEXT;
ALTER TABLE customers ADD COLUMN invite_code TEXT;
ALTER TABLE customers ADD COLUMN invited_by BIGINT REFERENCES customers (id);
CREATE UNIQUE INDEX customers_phone ON customers (site_id, phone);
CREATE UNIQUE INDEX customers_username ON customers (site_id, username);
CREATE UNIQUE INDEX customers_invite_code ON customers (invite_code);
CREATE INDEX customers_invited_by ON customers (invited_by, id);
ALTER TABLE operators ADD COLUMN role TEXT NOT NULL DEFAULT 'owner';
ALTER TABLE operators ADD COLUMN disabled BIGINT NOT NULL DEFAULT 0;
-- A session in the console; realm is customer or operator.
CREATE TABLE logins (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    realm TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    -- Keyed hash of the token, which is kept nowhere.
    fingerprint TEXT NOT NULL UNIQUE,
    client TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX logins_person ON logins (realm, person_id, id);
CREATE TABLE factors (
    realm TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    -- NULL until a first code was right.
    confirmed_at BIGINT,
    -- The last time step whose code was taken: no code is taken twice.
    last_step BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (realm, person_id)
);
CREATE TABLE recovery_codes (
    realm TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (realm, person_id, fingerprint)
);
-- Verification codes and mailed links.
CREATE TABLE codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    realm TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX codes_person ON codes (realm, person_id, purpose, id);
CREATE INDEX codes_fingerprint ON codes (fingerprint);
CREATE TABLE real_names (
    customer_id BIGINT PRIMARY KEY REFERENCES customers (id),
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    document_type TEXT NOT NULL,
    sealed_number BLOB NOT NULL,
    -- pending, passed, refused
    status TEXT NOT NULL,
    reason TEXT,
    submitted_at BIGINT NOT NULL,
    decided_at BIGINT
);
CREATE INDEX real_names_status ON real_names (status, submitted_at);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    -- customer, operator, token, command or visitor, and which one
    actor_kind TEXT NOT NULL,
    actor_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,
    outcome TEXT NOT NULL,
    client TEXT NOT NULL,
    customer_id BIGINT
);
CREATE INDEX audit_customer ON audit (customer_id, id);
CREATE INDEX audit_actor ON audit (actor_kind, actor_id, id);
-- How a brand shows itself; JSON of what the operator said.
CREATE TABLE brands (
    site_id BIGINT PRIMARY KEY REFERENCES sites (id),
    look TEXT NOT NULL
);
CREATE TABLE site_hosts (
    host TEXT PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES sites (id)
);
