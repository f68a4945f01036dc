-- What a dispute takes of what was given on top of the disputed order.
ALTER TABLE payment_disputes ADD COLUMN gift BIGINT NOT NULL DEFAULT 0;
