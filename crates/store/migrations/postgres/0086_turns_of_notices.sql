-- A notice that can't be applied comes later and later, and keeps no other from its turn.
ALTER TABLE payment_notices ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE payment_notices ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0;
DROP INDEX payment_notices_waiting;
CREATE INDEX payment_notices_waiting ON payment_notices (next_at, id) WHERE applied_at IS NULL;
