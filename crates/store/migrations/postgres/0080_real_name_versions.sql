-- Counts submissions and decisions, so that an operator decides on what he looked at.
ALTER TABLE real_names ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
