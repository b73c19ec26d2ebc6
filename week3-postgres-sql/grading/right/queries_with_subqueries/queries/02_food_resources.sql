SELECT id FROM resources WHERE id IN (SELECT id FROM resources WHERE category = 'Food') ORDER BY id;
