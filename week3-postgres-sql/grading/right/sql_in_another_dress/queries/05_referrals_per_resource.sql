SELECT count(f) AS "referral_count", r.id AS "resource_id", r.name AS "resource_name" FROM referrals f RIGHT JOIN resources r ON r.id = f.resource_id GROUP BY 2, 3 ORDER BY 2
