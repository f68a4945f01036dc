-- How many orders of a customer wait for their payment.
CREATE INDEX orders_unpaid ON orders (customer_id) WHERE status = 0;
