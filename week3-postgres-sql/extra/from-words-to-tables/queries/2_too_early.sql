-- Who takes a course before having passed what it requires?
-- number, code, missing: the student, the course, the required course; by number, code, missing.

-- TODO 7: one SELECT
