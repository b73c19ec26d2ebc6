SELECT family_name, (SELECT name FROM resources WHERE resources.id = referrals.resource_id) AS resource_name
FROM referrals
ORDER BY id;
