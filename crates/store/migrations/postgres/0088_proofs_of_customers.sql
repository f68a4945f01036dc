-- How many proofs of unpaid and closed orders a customer has.
CREATE INDEX payment_proofs_customer ON payment_proofs (customer_id);
