SELECT id, name, category FROM resources r
WHERE EXISTS (SELECT 1 WHERE lower(r.name) LIKE lower('%Pantry%'))
ORDER BY r.id;
