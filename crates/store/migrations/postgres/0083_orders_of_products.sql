-- How much of a product was sold.
CREATE INDEX orders_sold ON orders (product_id, status, amount);
