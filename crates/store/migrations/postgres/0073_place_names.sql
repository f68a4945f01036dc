-- What a site calls places of the world catalogue, beside the catalogue's own names.
CREATE TABLE place_names (
    site_id BIGINT NOT NULL REFERENCES sites (id),
    -- ISO 3166-1 alpha-2.
    country TEXT NOT NULL,
    -- ISO 3166-2, empty where none is meant or known.
    state_key TEXT NOT NULL,
    -- Folded name, empty where none is meant.
    city_key TEXT NOT NULL,
    -- One of the two at least.
    name_zh TEXT,
    name_en TEXT,
    PRIMARY KEY (site_id, country, state_key, city_key)
);
