-- The counter gives exactly these ids in new tables; so they are not written out
WITH places (name, category, address, contact_email) AS (
    VALUES ($$Riverside Food Pantry$$, 'Food', '12 River Road', 'pantry@example.org'),
           ('Open Door Shelter', 'Housing', '4 Station Street', 'stay@example.org'),
           ('Maple Street Clinic', 'Health', '88 Maple Street', NULL),
           ('Second Harvest Kitchen', 'Food', NULL, 'kitchen@example.org'),
           ('Bright Start Tutoring', 'Education', '7 School Lane', 'learn@example.org')
)
INSERT INTO resources (name, category, address, contact_email) SELECT * FROM places;

INSERT INTO referrals (family_name, resource_id, referral_date, notes) VALUES ('Alvarez', 1, '2026-01-08', 'Weekly box for four');
INSERT INTO referrals (family_name, resource_id, referral_date) VALUES ('Brandt', 2, '2026-01-15');
INSERT INTO referrals (family_name, resource_id, referral_date, notes) VALUES ('Chowdhury', 1, '2026-02-02', 'Vegetarian');
INSERT INTO referrals (family_name, resource_id, referral_date, notes) VALUES ('Dubois', 3, '2026-02-19', 'Needs an interpreter');
INSERT INTO referrals (family_name, resource_id, referral_date) VALUES ('Eriksen', 4, '2026-03-05');
INSERT INTO referrals (family_name, resource_id, referral_date, notes) VALUES ('Alvarez', 2, '2026-03-21', 'Second night')
