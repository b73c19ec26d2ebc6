-- A small academy to try your queries on (provided): first your tables, then \i sample.sql, as often as you like.

TRUNCATE departments, students, lecturers, courses, offerings, teaching, enrollments, prerequisites RESTART IDENTITY;

INSERT INTO departments (code, name) VALUES
    ('MATH', 'Mathematics'),
    ('CS', 'Computer Science');

INSERT INTO students (number, name, email) VALUES
    ('S101', 'Ana Costa', 'ana@example.org'),
    ('S102', 'Ben Okafor', NULL),
    ('S103', 'Ana Costa', 'costa@example.org'),
    ('S104', 'Elena Tanaka', NULL);

INSERT INTO lecturers (name) VALUES ('Ruth Weber'), ('Omar Haddad');

INSERT INTO courses (code, title, credits, department_id) VALUES
    ('MATH1', 'Numbers', 6, 1),
    ('MATH2', 'Equations', 6, 1),
    ('CS1', 'Programming', 8, 2);

INSERT INTO offerings (course_id, year, term) VALUES
    (1, 2024, 'fall'),    -- 1: MATH1
    (1, 2025, 'fall'),    -- 2: MATH1
    (2, 2025, 'spring'),  -- 3: MATH2
    (3, 2025, 'fall'),    -- 4: CS1
    (2, 2026, 'spring');  -- 5: MATH2

INSERT INTO teaching (offering_id, lecturer_id) VALUES (1, 1), (2, 1), (2, 2), (3, 1), (4, 2), (5, 1);

INSERT INTO enrollments (offering_id, student_id, grade) VALUES
    (1, 1, 2.0), (3, 1, 1.3),
    (1, 2, 5.0), (2, 2, 3.7), (4, 2, NULL),
    (1, 3, 4.0), (2, 3, 1.0), (3, 3, 4.3), (5, 3, NULL),
    (3, 4, NULL), (4, 4, NULL), (5, 4, NULL);

INSERT INTO prerequisites (course_id, required_id) VALUES (2, 1), (3, 1);
