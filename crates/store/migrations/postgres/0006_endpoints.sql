-- Where the exit of an endpoint has to be: it moves within this place when its exit dies.
ALTER TABLE endpoints ADD COLUMN country TEXT;
ALTER TABLE endpoints ADD COLUMN state_key TEXT;
ALTER TABLE endpoints ADD COLUMN city_key TEXT;
-- Entries that a site names (the parameter `ep` of extraction), in lower case, and what customers dial.
CREATE TABLE entries (
    site_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    PRIMARY KEY (site_id, name)
);
