-- The tables of CommunityBridge.
-- The app runs this file each time it starts, so running it again must do no harm.

-- resources: places that help
--   id             primary key, filled in automatically
--   name           text, required
--   category       text, required
--   address        text
--   contact_email  text

-- TODO 2: create the table resources

-- referrals: families who were referred to a resource on a day
--   id             primary key, filled in automatically
--   family_name    text, required
--   resource_id    required, the id of an existing resource
--   referral_date  a date, required
--   notes          text

-- TODO 2: create the table referrals
