-- Failed logins of one account from one address are one row an hour, which counts: anybody who dials can cause them.
ALTER TABLE refusals ADD COLUMN times BIGINT NOT NULL DEFAULT 1;
-- What makes them one; NULL: a row of its own.
ALTER TABLE refusals ADD COLUMN fold TEXT;
CREATE UNIQUE INDEX refusals_fold ON refusals (customer_id, account_id, fold);
