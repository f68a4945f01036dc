-- What operators may still read of a message once it is sent and what it said is gone: JSON, as its kind writes it.
ALTER TABLE outbox ADD COLUMN record TEXT;
