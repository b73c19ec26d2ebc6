SELECT family_name, resource_name
FROM referrals
JOIN (SELECT id AS resource_id, name AS resource_name FROM resources) AS places USING (resource_id)
ORDER BY id;
