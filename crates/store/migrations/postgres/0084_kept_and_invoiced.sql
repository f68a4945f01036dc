-- An address whose time a dispute holds is nobody else's before that time is over.
ALTER TABLE static_holdings ADD COLUMN kept_until BIGINT NOT NULL DEFAULT 0;
-- What is left of an order that was paid back in part is invoiced too.
DROP INDEX orders_online;
CREATE INDEX orders_online ON orders (customer_id, created_at, id, pm_id, trade_no, product_type, gross, discount_fee,
    handling_fee, refund_fee, paid_at) WHERE paid_at IS NOT NULL AND pm_id NOT IN (0, 7);
-- In the engine's own words: lists are counted in indexes alone, which takes what only a vacuum knows: which pages every transaction sees. A
-- fiftieth of the table may be new to it, not the usual fifth.
ALTER TABLE orders SET (autovacuum_vacuum_insert_scale_factor = 0.02);
-- End.
