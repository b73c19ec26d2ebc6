-- The things of the academy, each with an id that the database fills in by itself.
-- The text in README.md says which columns are required, and which are unique.

CREATE TABLE departments (
    id   SERIAL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
);

CREATE TABLE students (
    id     SERIAL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    name   TEXT NOT NULL,
    email  TEXT UNIQUE
);

CREATE TABLE lecturers (
    id   SERIAL PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE courses (
    id            SERIAL PRIMARY KEY,
    code          TEXT NOT NULL UNIQUE,
    title         TEXT NOT NULL,
    credits       INTEGER NOT NULL,
    department_id INTEGER NOT NULL REFERENCES departments (id)
);
