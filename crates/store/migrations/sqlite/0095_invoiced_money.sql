-- Money from outside is invoiced with the order that it came for, whatever became of it: what came and stays, and what of it
-- stands on invoices.
ALTER TABLE orders ADD COLUMN outside BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN invoiced BIGINT NOT NULL DEFAULT 0;
UPDATE orders SET outside = (SELECT CAST(SUM(p.received - p.refunded) AS BIGINT) FROM payments p
        WHERE p.trade_no = orders.trade_no AND p.status = 'paid')
    WHERE trade_no IN (SELECT trade_no FROM payments WHERE status = 'paid');
-- What a payer's bank took back for good.
UPDATE orders SET outside = outside - (SELECT CAST(SUM(d.ordered + d.beside) AS BIGINT) FROM payment_disputes d JOIN payments p ON p.id = d.payment_id
        WHERE p.trade_no = orders.trade_no AND d.status = 'lost')
    WHERE trade_no IN (SELECT p.trade_no FROM payment_disputes d JOIN payments p ON p.id = d.payment_id WHERE d.status = 'lost');
-- Which orders an invoice is about, and how much of each; an order may be on several, with other money each time.
CREATE TABLE invoice_parts (
    trade_no TEXT NOT NULL,
    invoice_id BIGINT NOT NULL REFERENCES invoices (id),
    amount BIGINT NOT NULL,
    PRIMARY KEY (trade_no, invoice_id)
);
INSERT INTO invoice_parts (trade_no, invoice_id, amount) SELECT trade_no, invoice_id, amount FROM invoice_orders;
DROP TABLE invoice_orders;
CREATE INDEX invoice_parts_invoice ON invoice_parts (invoice_id);
UPDATE orders SET invoiced = (SELECT CAST(SUM(i.amount) AS BIGINT) FROM invoice_parts i WHERE i.trade_no = orders.trade_no)
        - (SELECT CAST(COALESCE(SUM(c.amount), 0) AS BIGINT) FROM invoice_corrections c WHERE c.trade_no = orders.trade_no)
    WHERE trade_no IN (SELECT trade_no FROM invoice_parts);
-- Until now the rest of a short order (type 26) was invoiced with that order, but for its fee: there that money stays.
UPDATE orders SET outside = outside + rest.amount FROM (SELECT r.completes AS completes, CAST(SUM(r.outside - r.handling_fee) AS BIGINT) AS amount
        FROM orders r WHERE r.product_type = 26 AND r.outside > r.handling_fee GROUP BY r.completes) rest
    WHERE rest.completes = orders.trade_no AND orders.trade_no IN (SELECT trade_no FROM invoice_parts);
UPDATE orders SET outside = handling_fee WHERE product_type = 26 AND outside > handling_fee
    AND completes IN (SELECT trade_no FROM invoice_parts);
DROP INDEX orders_online;
-- Orders with money that can be invoiced. Everything that lists and sums read of them is in the index.
CREATE INDEX orders_invoiceable ON orders (customer_id, created_at, id, outside, invoiced, invoice_id, status)
    WHERE status <> 0 AND outside > invoiced;
