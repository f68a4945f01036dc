-- Hosts that customers block for themselves: names in lower case, or addresses.
CREATE TABLE blocked_hosts (
    customer_id BIGINT NOT NULL,
    host TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, host)
);
