-- Help articles as a site's operators wrote them: in place of the shipped one of the same slug, or beside those.
CREATE TABLE articles (
    site_id BIGINT NOT NULL REFERENCES sites (id),
    slug TEXT NOT NULL,
    -- Markdown; the first line is the title.
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    -- Where it stands among the others, from the least.
    position BIGINT NOT NULL,
    -- 1: customers don't see it.
    hidden BIGINT NOT NULL,
    -- Counts saves, so that nobody overwrites what he did not see.
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (site_id, slug)
);
