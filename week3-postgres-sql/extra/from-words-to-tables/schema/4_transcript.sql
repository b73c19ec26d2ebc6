-- What a student gets on paper: one row for each enrollment with a grade.
-- transcript: number, name, code, title, year, term, grade

-- TODO 5: create the view transcript
