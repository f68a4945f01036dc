-- The ledger's accounts, summed over all lines up to the one in ledger_folded.
CREATE TABLE ledger_sums (
    site_id BIGINT NOT NULL REFERENCES sites (id),
    account TEXT NOT NULL,
    -- Minor units.
    amount BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    PRIMARY KEY (site_id, account)
);
-- One row.
CREATE TABLE ledger_folded (
    line_id BIGINT NOT NULL
);
INSERT INTO ledger_folded (line_id) VALUES (0);
