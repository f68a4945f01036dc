-- What of the ordered part of a disputed top-up was its fee, which no balance is taken for.
ALTER TABLE payment_disputes ADD COLUMN fee BIGINT NOT NULL DEFAULT 0;
