-- Messages of a lane go one after the other, the oldest first; those without one go as they come.
ALTER TABLE outbox ADD COLUMN lane TEXT;
CREATE INDEX outbox_lane ON outbox (kind, lane, id) WHERE sent_at IS NULL AND lane IS NOT NULL;
