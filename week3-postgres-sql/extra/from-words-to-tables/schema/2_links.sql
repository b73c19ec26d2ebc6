-- What connects the things.

-- offerings:     id, course_id, year, term
-- teaching:      offering_id, lecturer_id
-- enrollments:   offering_id, student_id, grade
-- prerequisites: course_id, required_id

-- TODO 3: create these four tables
