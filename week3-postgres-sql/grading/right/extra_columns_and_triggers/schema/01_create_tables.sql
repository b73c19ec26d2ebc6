CREATE TABLE IF NOT EXISTS resources (
    id            BIGSERIAL PRIMARY KEY,
    name          VARCHAR(120) NOT NULL CHECK (length(trim(name)) > 0),
    category      VARCHAR(120) NOT NULL CHECK (length(trim(category)) > 0),
    address       TEXT,
    contact_email TEXT CHECK (contact_email LIKE '%@%'),
    phone         TEXT,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at    TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS referrals (
    id            BIGSERIAL PRIMARY KEY,
    family_name   TEXT NOT NULL,
    resource_id   BIGINT NOT NULL REFERENCES resources ON DELETE NO ACTION,
    referral_date DATE NOT NULL CHECK (referral_date > '1900-01-01'),
    notes         TEXT,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE INDEX IF NOT EXISTS referrals_resource ON referrals (resource_id, referral_date);

CREATE OR REPLACE FUNCTION keep_updated_at() RETURNS trigger AS $body$
BEGIN
    NEW.updated_at := clock_timestamp();
    RETURN NEW; -- a semicolon; in a comment
END;
$body$ LANGUAGE plpgsql;

DROP TRIGGER IF EXISTS resources_updated ON resources;
CREATE TRIGGER resources_updated BEFORE UPDATE ON resources FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE OR REPLACE VIEW busy AS SELECT resource_id, count(*) AS referrals FROM referrals GROUP BY resource_id;
