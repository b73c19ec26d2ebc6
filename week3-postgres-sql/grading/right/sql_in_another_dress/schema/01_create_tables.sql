/* The tables; they are made once /* and only once; nested */ and then left alone; */
BEGIN;
DO $make$
BEGIN
    IF to_regclass('public.resources') IS NULL THEN
        CREATE TABLE "resources" (
            "id" SERIAL, -- a counter; see below
            "name" CHARACTER VARYING NOT NULL,
            "category" TEXT NOT NULL CONSTRAINT "some category" CHECK ("category" <> $t$$t$),
            "address" TEXT NULL,
            "contact_email" TEXT DEFAULT NULL,
            PRIMARY KEY ("id")
        );
    END IF;
    IF to_regclass('public.referrals') IS NULL THEN
        CREATE TABLE "referrals" (
            "referral_date" DATE NOT NULL,
            "resource_id" INT4 NOT NULL,
            "family_name" TEXT NOT NULL,
            "notes" TEXT,
            "id" SERIAL PRIMARY KEY
        );
        ALTER TABLE "referrals" ADD CONSTRAINT "known resource" FOREIGN KEY ("resource_id") REFERENCES "resources" ("id");
    END IF;
END
$make$;
COMMENT ON TABLE "resources" IS $$It's a place; it helps; 100 % of the time$$;
COMMIT
