WITH everything AS (SELECT * FROM resources)
SELECT contact_email, address, category, name, id FROM everything ORDER BY id;
