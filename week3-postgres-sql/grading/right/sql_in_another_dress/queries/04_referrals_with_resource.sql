SELECT
    p.name resource_name,
    f.family_name
FROM resources p
INNER JOIN referrals f
    ON (f.resource_id = p.id)
ORDER BY f.id
;

