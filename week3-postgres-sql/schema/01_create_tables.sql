-- The tables of CommunityBridge.
-- The app runs this file at every start, so running it again must do no harm.

-- resources: a place that helps
--   id             the primary key, fills itself
--   name           text, required
--   category       text, required
--   address        text
--   contact_email  text

-- TODO 2: create the table resources

-- referrals: a family, sent to a resource on a day
--   id             the primary key, fills itself
--   family_name    text, required
--   resource_id    required, the id of a resource that exists
--   referral_date  a date, required
--   notes          text

-- TODO 2: create the table referrals
