insert into resources (id, name, category, address, contact_email) overriding system value
values (1, 'Riverside Food Pantry', 'Food', '12 River Road', 'pantry@example.org'),
       (2, 'Open Door Shelter', 'Housing', '4 Station Street', 'stay@example.org'),
       (3, 'Maple Street Clinic', 'Health', '88 Maple Street', null),
       (4, 'Second Harvest Kitchen', 'Food', null, 'kitchen@example.org'),
       (5, 'Bright Start Tutoring', 'Education', '7 School Lane', 'learn@example.org');

insert into referrals (id, family_name, resource_id, referral_date, notes) overriding system value
values (1, 'Alvarez', 1, date '2026-01-08', 'Weekly box for four'),
       (2, 'Brandt', 2, date '2026-01-15', null),
       (3, 'Chowdhury', 1, date '2026-02-02', 'Vegetarian'),
       (4, 'Dubois', 3, date '2026-02-19', 'Needs an interpreter'),
       (5, 'Eriksen', 4, date '2026-03-05', null),
       (6, 'Alvarez', 2, date '2026-03-21', 'Second night');

alter table resources alter column id restart with 6;
alter table referrals alter column id restart with 7;
