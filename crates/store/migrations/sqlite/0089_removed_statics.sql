-- In the engine's own words: SQLite can't drop NOT NULL.
-- A static address that was taken out of stock has no exit, but its row stays for those who held it. The table is written
-- anew under its own name, so that holdings find their addresses again before the transaction ends.
PRAGMA defer_foreign_keys = ON;
CREATE TEMPORARY TABLE stock AS SELECT * FROM static_addresses;
DROP TABLE static_addresses;
CREATE TABLE static_addresses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- NULL: out of stock.
    exit_id BIGINT UNIQUE REFERENCES exits (id),
    address TEXT NOT NULL UNIQUE,
    -- 14 or 25.
    product BIGINT NOT NULL,
    country TEXT NOT NULL,
    state_key TEXT,
    city TEXT,
    asn BIGINT,
    isp TEXT NOT NULL,
    -- How many customers may hold it at once; 1: exclusive.
    most_holders BIGINT NOT NULL,
    -- How many do, orders that wait for payment included.
    taken BIGINT NOT NULL DEFAULT 0,
    maintenance BIGINT NOT NULL DEFAULT 0,
    -- Not given out again before.
    rests_until BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);
INSERT INTO static_addresses (id, exit_id, address, product, country, state_key, city, asn, isp, most_holders, taken,
    maintenance, rests_until, created_at)
    SELECT id, exit_id, address, product, country, state_key, city, asn, isp, most_holders, taken, maintenance,
    rests_until, created_at FROM stock;
DROP TABLE stock;
CREATE INDEX static_addresses_stock ON static_addresses (product, country, taken, id);
-- End.
