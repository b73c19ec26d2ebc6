SELECT id, name, category FROM resources WHERE position('PANTRY' IN upper(name)) > 0 ORDER BY id;
