-- Several keys of a customer: what each may do, from where, until when, and when it was used last.
ALTER TABLE app_keys ADD COLUMN name TEXT NOT NULL DEFAULT '';
-- Separated by commas; *: everything.
ALTER TABLE app_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT '*';
-- Blocks of addresses, separated by commas; empty: from anywhere.
ALTER TABLE app_keys ADD COLUMN sources TEXT NOT NULL DEFAULT '';
-- NULL: does not expire.
ALTER TABLE app_keys ADD COLUMN expires_at BIGINT;
ALTER TABLE app_keys ADD COLUMN last_used_at BIGINT;
ALTER TABLE app_keys ADD COLUMN last_used_from TEXT;
-- 1: the app_key the customer was born with, shown again whenever he asks.
ALTER TABLE app_keys ADD COLUMN classic BIGINT NOT NULL DEFAULT 1;
-- Site setting: proxy accounts a customer may have per product type.
ALTER TABLE sites ADD COLUMN account_cap BIGINT NOT NULL DEFAULT 1000000;
