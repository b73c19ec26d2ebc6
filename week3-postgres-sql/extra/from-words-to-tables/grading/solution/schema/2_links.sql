-- What connects the things.

CREATE TABLE offerings (
    id        SERIAL PRIMARY KEY,
    course_id INTEGER NOT NULL REFERENCES courses (id),
    year      INTEGER NOT NULL,
    term      TEXT NOT NULL,
    UNIQUE (course_id, year, term)
);

-- A row for each pair: an offering has several lecturers, and a lecturer several offerings.
CREATE TABLE teaching (
    offering_id INTEGER REFERENCES offerings (id),
    lecturer_id INTEGER REFERENCES lecturers (id),
    PRIMARY KEY (offering_id, lecturer_id)
);

CREATE TABLE enrollments (
    offering_id INTEGER REFERENCES offerings (id),
    student_id  INTEGER REFERENCES students (id) ON DELETE CASCADE,
    grade       NUMERIC(2, 1),
    PRIMARY KEY (offering_id, student_id)
);

-- Both columns lead to the same table.
CREATE TABLE prerequisites (
    course_id   INTEGER REFERENCES courses (id),
    required_id INTEGER REFERENCES courses (id),
    PRIMARY KEY (course_id, required_id)
);
