-- A customer's living accounts, newest first: a page of them must not sort them all.
CREATE INDEX accounts_newest ON accounts (customer_id, created_at, id) WHERE deleted_at IS NULL;
