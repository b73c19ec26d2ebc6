-- The things of the academy, each with an id that the database fills in by itself.
-- The text in README.md says which columns are required, and which are unique.

-- departments: id, code, name
-- students:    id, number, name, email
-- lecturers:   id, name
-- courses:     id, code, title, credits, department_id

-- TODO 2: create these four tables
