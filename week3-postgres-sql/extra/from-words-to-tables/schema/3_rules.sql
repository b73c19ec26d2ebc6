-- What must never be, no matter who writes to the tables.
-- ALTER TABLE adds a constraint to a table that is there already.

-- TODO 4: add a constraint for each of the four rules
