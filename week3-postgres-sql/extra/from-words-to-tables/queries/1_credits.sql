-- Who has earned what?
-- number, name, credits of each student, by number.

-- TODO 6: one SELECT
