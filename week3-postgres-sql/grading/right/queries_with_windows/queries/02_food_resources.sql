SELECT name, category, row_number() OVER (ORDER BY id) AS place, id FROM resources WHERE NOT category <> 'Food' ORDER BY place;
