-- What must never be, no matter who writes to the tables.
-- ALTER TABLE adds a constraint to an existing table.

ALTER TABLE courses ADD CHECK (credits BETWEEN 1 AND 30);

ALTER TABLE offerings ADD CHECK (term IN ('spring', 'fall'));

ALTER TABLE enrollments ADD CHECK (grade BETWEEN 1.0 AND 5.0);

ALTER TABLE prerequisites ADD CHECK (course_id <> required_id);
