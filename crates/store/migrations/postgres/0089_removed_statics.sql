-- In the engine's own words.
-- A static address that was taken out of stock has no exit, but its row stays for those who held it.
ALTER TABLE static_addresses ALTER COLUMN exit_id DROP NOT NULL;
-- End.
