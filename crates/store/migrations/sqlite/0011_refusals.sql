-- A refusal is told in both languages.
ALTER TABLE refusals ADD COLUMN detail_zh TEXT NOT NULL DEFAULT '';
