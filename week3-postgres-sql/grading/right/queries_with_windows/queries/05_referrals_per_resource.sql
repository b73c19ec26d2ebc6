WITH marks AS (
    SELECT id AS resource_id, 0::numeric AS mark FROM resources
    UNION ALL
    SELECT resource_id, 1 FROM referrals
)
SELECT resource_id, max(resources.name) AS resource_name, coalesce(sum(CASE WHEN mark = 1 THEN mark END), 0) AS referral_count
FROM marks
JOIN resources ON resources.id = resource_id
GROUP BY resource_id
ORDER BY resource_id;
