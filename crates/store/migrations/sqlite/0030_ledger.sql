-- The ledger: entries, their lines (credits positive, debits negative, summing to nothing), balances beside them.
CREATE TABLE ledger_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id BIGINT NOT NULL REFERENCES sites (id),
    customer_id BIGINT NOT NULL REFERENCES customers (id),
    currency TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- The order, or what else it is found by.
    trade_no TEXT NOT NULL,
    memo TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
-- An order is paid once, whatever else goes wrong.
CREATE UNIQUE INDEX ledger_entries_once ON ledger_entries (trade_no, kind) WHERE kind IN ('payment', 'recharge', 'gift');
CREATE INDEX ledger_entries_customer ON ledger_entries (customer_id, created_at, id);
CREATE INDEX ledger_entries_site ON ledger_entries (site_id, id);
CREATE TABLE ledger_lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id BIGINT NOT NULL REFERENCES ledger_entries (id),
    customer_id BIGINT NOT NULL,
    account TEXT NOT NULL,
    -- Minor units.
    amount BIGINT NOT NULL CHECK (amount <> 0),
    -- Of the customer, on lines of his balance.
    balance_after BIGINT
);
CREATE INDEX ledger_lines_entry ON ledger_lines (entry_id);
CREATE INDEX ledger_lines_balance ON ledger_lines (customer_id, id) WHERE account = 'balance';
CREATE TABLE balances (
    customer_id BIGINT PRIMARY KEY REFERENCES customers (id),
    amount BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- In the engine's own words: append only.
CREATE TRIGGER ledger_entries_kept_u BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;
CREATE TRIGGER ledger_entries_kept_d BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;
CREATE TRIGGER ledger_lines_kept_u BEFORE UPDATE ON ledger_lines BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;
CREATE TRIGGER ledger_lines_kept_d BEFORE DELETE ON ledger_lines BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;
-- End.
