-- What must never be, no matter who writes to the tables.
-- ALTER TABLE adds a constraint to an existing table.

-- TODO 4: add a constraint for each of the four rules
