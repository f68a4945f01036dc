-- What is held for orders that were paid short: few lines of many.
CREATE INDEX ledger_lines_held ON ledger_lines (customer_id, entry_id, amount) WHERE account = 'held';
