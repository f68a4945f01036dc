-- Where in a provider's own lists a comparison stands, such as payments:pi_1; empty: all of them were read.
ALTER TABLE payment_reconciliations ADD COLUMN place TEXT NOT NULL DEFAULT '';
-- How many rows of those lists were looked at.
ALTER TABLE payment_reconciliations ADD COLUMN listed BIGINT NOT NULL DEFAULT 0;
