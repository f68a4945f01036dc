-- What of a payment went to the balance beside what was ordered: it came late, was too much, completed nothing, or was to
-- go back and could not.
ALTER TABLE payments ADD COLUMN beside BIGINT NOT NULL DEFAULT 0;
-- 1: a refund of that part.
ALTER TABLE payment_refunds ADD COLUMN beside BIGINT NOT NULL DEFAULT 0;
-- What a dispute takes of what was ordered, and of what went to the balance beside it; what is beyond both is lost.
ALTER TABLE payment_disputes ADD COLUMN ordered BIGINT NOT NULL DEFAULT 0;
ALTER TABLE payment_disputes ADD COLUMN beside BIGINT NOT NULL DEFAULT 0;
CREATE INDEX payment_disputes_payment ON payment_disputes (payment_id);
CREATE INDEX payment_refunds_payment ON payment_refunds (payment_id);
UPDATE payments SET beside = received WHERE outcome = 'late';
UPDATE payments SET beside = (SELECT COALESCE(SUM(l.amount), 0) FROM ledger_entries e JOIN ledger_lines l ON l.entry_id = e.id
    WHERE e.customer_id = payments.customer_id AND e.kind = 'surplus' AND e.trade_no = payments.trade_no AND l.account = 'balance')
    WHERE outcome = 'over';
-- What of a rest completed nothing.
UPDATE payments SET beside = beside + (SELECT COALESCE(SUM(l.amount), 0) FROM ledger_entries e
    JOIN ledger_lines l ON l.entry_id = e.id
    WHERE e.customer_id = payments.customer_id AND e.kind = 'returned' AND e.trade_no = payments.trade_no AND l.account = 'balance')
    WHERE outcome IN ('paid', 'over') AND trade_no IN (SELECT trade_no FROM orders WHERE product_type = 26 AND status = 1);
UPDATE payments SET beside = beside + (SELECT SUM(r.amount) FROM payment_refunds r WHERE r.payment_id = payments.id
    AND r.status = 'failed') WHERE id IN (SELECT payment_id FROM payment_refunds WHERE status = 'failed');
UPDATE payments SET beside = received WHERE beside > received;
UPDATE payment_disputes SET ordered = (SELECT COALESCE(-SUM(l.amount), 0) FROM payments p
    JOIN ledger_entries e ON e.customer_id = p.customer_id AND e.trade_no = p.trade_no AND e.kind = 'dispute'
    JOIN ledger_lines l ON l.entry_id = e.id AND l.account = 'disputes'
    WHERE p.id = payment_disputes.payment_id AND e.memo = payment_disputes.dispute);
UPDATE payment_disputes SET beside = amount - ordered;
-- What a top-up ordered is balance.
UPDATE payment_disputes SET ordered = amount, beside = 0 WHERE payment_id IN (SELECT p.id FROM payments p
    JOIN orders o ON o.trade_no = p.trade_no WHERE o.product_type = 3 AND o.status IN (1, 3) AND p.outcome <> 'late');
