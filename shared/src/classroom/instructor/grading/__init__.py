"""A cohort's official grades: deadline, gradebook, page, similar submissions."""
