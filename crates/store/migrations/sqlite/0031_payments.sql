-- Ways to pay: what an operator set for each, by site. What has no row is as the product brings it.
CREATE TABLE payment_methods (
    site_id BIGINT NOT NULL REFERENCES sites (id),
    -- pm_id.
    id BIGINT NOT NULL,
    enabled BIGINT NOT NULL,
    -- Basis points of the goods, and minor units on top.
    handling_rate BIGINT NOT NULL DEFAULT 0,
    handling_fee BIGINT NOT NULL DEFAULT 0,
    -- Minor units; 0: no bound.
    min_amount BIGINT NOT NULL DEFAULT 0,
    max_amount BIGINT NOT NULL DEFAULT 0,
    -- What the customer reads before he pays: the account of a bank transfer.
    note_zh TEXT NOT NULL DEFAULT '',
    note_en TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (site_id, id)
);
-- Attempts to pay an order by a method other than the balance.
CREATE TABLE payments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    trade_no TEXT NOT NULL,
    pm_id BIGINT NOT NULL,
    -- What was asked for, minor units.
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    -- open, paid, gone
    status TEXT NOT NULL,
    -- The provider's page and payment.
    session TEXT,
    intent TEXT,
    page_url TEXT,
    -- What came, and what of it went back or is promised back.
    received BIGINT NOT NULL DEFAULT 0,
    refunded BIGINT NOT NULL DEFAULT 0,
    -- What became of the order: paid, short, over, late.
    outcome TEXT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX payments_order ON payments (trade_no, id);
CREATE UNIQUE INDEX payments_session ON payments (session) WHERE session IS NOT NULL;
CREATE INDEX payments_intent ON payments (intent) WHERE intent IS NOT NULL;
CREATE INDEX payments_settled ON payments (pm_id, settled_at) WHERE settled_at IS NOT NULL;
-- Providers' notices as they came; each is applied once.
CREATE TABLE payment_notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pm_id BIGINT NOT NULL,
    event TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    applied_at BIGINT,
    outcome TEXT,
    UNIQUE (pm_id, event)
);
CREATE INDEX payment_notices_waiting ON payment_notices (id) WHERE applied_at IS NULL;
CREATE TABLE payment_refunds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    payment_id BIGINT NOT NULL REFERENCES payments (id),
    site_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    trade_no TEXT NOT NULL,
    pm_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    -- promised, made, failed
    status TEXT NOT NULL,
    provider_ref TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX payment_refunds_order ON payment_refunds (trade_no, id);
CREATE UNIQUE INDEX payment_refunds_provider ON payment_refunds (provider_ref) WHERE provider_ref IS NOT NULL;
CREATE INDEX payment_refunds_promised ON payment_refunds (id) WHERE status = 'promised';
CREATE TABLE payment_disputes (
    -- The provider's name of it.
    dispute TEXT PRIMARY KEY,
    payment_id BIGINT NOT NULL REFERENCES payments (id),
    amount BIGINT NOT NULL,
    -- open, won, lost
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
-- What a customer sent to prove a bank transfer.
CREATE TABLE payment_proofs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id BIGINT NOT NULL,
    trade_no TEXT NOT NULL,
    reference TEXT NOT NULL,
    -- Media type and content; empty without a file.
    kind TEXT NOT NULL,
    file BLOB NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX payment_proofs_order ON payment_proofs (trade_no, id);
-- The daily comparison with providers.
CREATE TABLE payment_reconciliations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pm_id BIGINT NOT NULL,
    since_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    compared BIGINT NOT NULL,
    -- One sentence a line; empty when all agrees.
    differences TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
