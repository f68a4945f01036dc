-- How often a job was planned: one that is planned again while it runs comes again.
ALTER TABLE jobs ADD COLUMN plans BIGINT NOT NULL DEFAULT 0;
-- What counted services took under a reference of their own: the same one takes once.
CREATE TABLE counted_takes (
    customer_id BIGINT NOT NULL,
    product_type BIGINT NOT NULL,
    reference TEXT NOT NULL,
    uses BIGINT NOT NULL,
    -- How many were left afterwards.
    uses_left BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, product_type, reference)
);
CREATE INDEX counted_takes_age ON counted_takes (created_at);
-- Money that a provider has and that fits no order: in another currency. It stands in no account until it goes back.
CREATE TABLE payment_unmatched (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    payment_id BIGINT NOT NULL REFERENCES payments (id),
    -- The provider's payment.
    intent TEXT NOT NULL UNIQUE,
    -- Minor units of that currency.
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    -- open, returning, returned
    status TEXT NOT NULL,
    -- Why it could not be returned, or how it was.
    note TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
