-- Whom invoices are for, and invoices from the request to the end.
CREATE TABLE invoice_profiles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id BIGINT NOT NULL,
    -- Names, address, tax number, as JSON.
    spec TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX invoice_profiles_customer ON invoice_profiles (customer_id, id);
CREATE TABLE invoices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    -- The operator's number, once it is issued.
    number TEXT,
    -- 1 requested, 2 issued, 3 rejected, 4 cancelled
    status BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    -- The profile as it was when the invoice was asked for, as JSON.
    profile TEXT NOT NULL,
    -- Why it was rejected.
    reason TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX invoices_customer ON invoices (customer_id, id);
CREATE INDEX invoices_waiting ON invoices (id) WHERE status = 1;
CREATE UNIQUE INDEX invoices_number ON invoices (site_id, number) WHERE number IS NOT NULL;
-- Which orders an invoice is about: an order is on one invoice.
CREATE TABLE invoice_orders (
    trade_no TEXT PRIMARY KEY,
    invoice_id BIGINT NOT NULL REFERENCES invoices (id),
    amount BIGINT NOT NULL
);
CREATE INDEX invoice_orders_invoice ON invoice_orders (invoice_id);
