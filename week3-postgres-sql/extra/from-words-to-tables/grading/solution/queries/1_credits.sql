-- Who has earned what?
-- number, name, credits of each student, by number.

SELECT s.number, s.name, coalesce(sum(c.credits), 0) AS credits
FROM students s
-- Each course once, however often it was passed.
LEFT JOIN (
    SELECT DISTINCT e.student_id, o.course_id
    FROM enrollments e
    JOIN offerings o ON o.id = e.offering_id
    WHERE e.grade <= 4.0
) AS passed ON passed.student_id = s.id
LEFT JOIN courses c ON c.id = passed.course_id
GROUP BY s.id
ORDER BY s.number;
