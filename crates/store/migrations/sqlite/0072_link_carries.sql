-- What opening a link brings about: the hash of the password of the registration that it was mailed for.
ALTER TABLE codes ADD COLUMN carries TEXT;
