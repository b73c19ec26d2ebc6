-- What a student gets on paper: one row for each enrollment with a grade.
-- transcript: number, name, code, title, year, term, grade

CREATE VIEW transcript AS
SELECT s.number, s.name, c.code, c.title, o.year, o.term, e.grade
FROM enrollments e
JOIN students s ON s.id = e.student_id
JOIN offerings o ON o.id = e.offering_id
JOIN courses c ON c.id = o.course_id
WHERE e.grade IS NOT NULL;
