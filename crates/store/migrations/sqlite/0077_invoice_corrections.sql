-- What was paid back of an order after its invoice was issued: the operator owes a credit note over it.
CREATE TABLE invoice_corrections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    invoice_id BIGINT NOT NULL REFERENCES invoices (id),
    trade_no TEXT NOT NULL,
    amount BIGINT NOT NULL,
    -- The credit note's number and when it was issued; NULL until then.
    number TEXT,
    created_at BIGINT NOT NULL,
    issued_at BIGINT
);
CREATE INDEX invoice_corrections_invoice ON invoice_corrections (invoice_id, id);
CREATE INDEX invoice_corrections_waiting ON invoice_corrections (invoice_id) WHERE number IS NULL;
