SELECT r.name AS resource_name, r.id AS resource_id, visits.referral_count
FROM resources r
CROSS JOIN LATERAL (SELECT count(*) AS referral_count FROM referrals WHERE resource_id = r.id) AS visits
ORDER BY r.id;
