-- Who takes a course before having passed what it requires?
-- number, code, missing: the student, the course, the required course; by number, code, missing.

SELECT DISTINCT s.number, c.code, r.code AS missing
FROM enrollments e
JOIN students s ON s.id = e.student_id
JOIN offerings o ON o.id = e.offering_id
JOIN courses c ON c.id = o.course_id
JOIN prerequisites p ON p.course_id = c.id
JOIN courses r ON r.id = p.required_id
WHERE NOT EXISTS (
    SELECT 1
    FROM enrollments passed
    JOIN offerings earlier ON earlier.id = passed.offering_id
    WHERE passed.student_id = s.id AND earlier.course_id = r.id AND passed.grade <= 4.0
)
ORDER BY s.number, c.code, missing;
