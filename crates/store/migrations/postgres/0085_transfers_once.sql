-- A payment that came is booked once, also by two who book it at the same time.
DROP INDEX payments_intent;
CREATE UNIQUE INDEX payments_intent ON payments (intent) WHERE intent IS NOT NULL;
