-- Lists of orders by status and type, and of what can be invoiced, are found in indexes alone.
CREATE INDEX orders_of_status ON orders (customer_id, status, created_at, id, product_type);
CREATE INDEX orders_of_type ON orders (customer_id, product_type, created_at, id, status);
-- Paid online: what invoices are made of. Everything that decides it is in the index, so that no row is looked up.
CREATE INDEX orders_online ON orders (customer_id, status, created_at, id, pm_id, trade_no, product_type, gross,
    discount_fee, handling_fee, refund_fee, invoice_id) WHERE status = 1 AND pm_id NOT IN (0, 7);
