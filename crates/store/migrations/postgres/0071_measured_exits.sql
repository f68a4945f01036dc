-- Exits that are due to be measured, and those that are withheld, without a walk over all of them.
CREATE INDEX exits_measured ON exits (measured_at);
CREATE INDEX exits_withheld ON exits (id) WHERE withheld <> 0;
