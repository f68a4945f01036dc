-- What a dispute holds of a grant: bytes, uses or milliseconds, taken from it until the dispute is over.
CREATE TABLE grant_freezes (
    dispute TEXT NOT NULL,
    grant_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (dispute, grant_id)
);
CREATE INDEX grant_freezes_grant ON grant_freezes (grant_id);
-- Until now a dispute ended whole packages. Those of disputes that are still open run on; what was lost stays lost.
UPDATE packages SET expires_at = (SELECT f.expires_at FROM freezes f WHERE f.package_id = packages.id)
    WHERE id IN (SELECT f.package_id FROM freezes f JOIN orders o ON f.trade_no IN (o.trade_no, o.completes)
        JOIN payments p ON p.trade_no = o.trade_no JOIN payment_disputes d ON d.payment_id = p.id WHERE d.status = 'open');
UPDATE static_holdings SET expires_at = (SELECT p.expires_at FROM packages p WHERE p.id = static_holdings.package_id)
    WHERE state = 'owned' AND package_id IN (SELECT package_id FROM freezes);
DROP TABLE freezes;
-- What an attempt's page says and where it leads back to: asked for again, it is asked for in the same words.
ALTER TABLE payments ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE payments ADD COLUMN return_url TEXT NOT NULL DEFAULT '';
