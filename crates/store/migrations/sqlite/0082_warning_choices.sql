-- What a customer wants to hear of his packages; without a row he hears of everything.
CREATE TABLE warning_choices (
    customer_id BIGINT NOT NULL REFERENCES customers (id),
    -- used_80, used_100, expires, renews, renewal_failed
    kind TEXT NOT NULL,
    -- 1: by mail
    mail BIGINT NOT NULL,
    -- 1: by the webhook below
    webhook BIGINT NOT NULL,
    PRIMARY KEY (customer_id, kind)
);
-- Where a customer's own server takes warnings.
CREATE TABLE warning_hooks (
    customer_id BIGINT PRIMARY KEY REFERENCES customers (id),
    url TEXT NOT NULL,
    -- Signs them.
    sealed_secret BLOB NOT NULL,
    -- When a trial was asked for last; 0: never.
    tested_at BIGINT NOT NULL DEFAULT 0,
    -- The last try, and why it failed; no reason: it was taken.
    tried_at BIGINT,
    failure TEXT
);
