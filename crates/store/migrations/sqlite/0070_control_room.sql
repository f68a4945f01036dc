-- What the control room looks at.
-- Set: an operator looks through this login of a customer's, and it only reads.
ALTER TABLE logins ADD COLUMN operator_id BIGINT;
-- How often the exit itself failed where a connection was to be opened.
ALTER TABLE usage_exits ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
CREATE INDEX usage_exits_hour ON usage_exits (hour);
-- usage_quarters summed over everybody, so that a look at all of it reads few rows.
CREATE TABLE usage_totals (
    quarter BIGINT PRIMARY KEY,
    up BIGINT NOT NULL,
    down BIGINT NOT NULL,
    connections BIGINT NOT NULL
);
INSERT INTO usage_totals (quarter, up, down, connections)
    SELECT quarter, CAST(SUM(up) AS BIGINT), CAST(SUM(down) AS BIGINT), CAST(SUM(connections) AS BIGINT)
    FROM usage_quarters GROUP BY quarter;
CREATE INDEX orders_paid ON orders (paid_at) WHERE paid_at IS NOT NULL;
CREATE INDEX orders_newest ON orders (created_at, id);
CREATE INDEX orders_status ON orders (status, created_at, id);
CREATE INDEX customers_newest ON customers (created_at, id);
CREATE INDEX exits_country ON exits (country);
-- What waits for the operator is few among many.
CREATE INDEX invoices_asked ON invoices (id) WHERE status = 1;
CREATE INDEX exits_failing ON exits (id) WHERE status = 'enabled' AND healthy = 0;
CREATE INDEX exits_misplaced ON exits (id) WHERE mismatch IS NOT NULL;
