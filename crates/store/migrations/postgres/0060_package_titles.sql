-- What a package is called, in Chinese too; `title` is the English one.
ALTER TABLE packages ADD COLUMN title_zh TEXT NOT NULL DEFAULT '';
UPDATE packages SET title_zh = title;
