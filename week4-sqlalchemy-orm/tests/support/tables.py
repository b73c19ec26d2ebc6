"""The two tables, written to and read past the app."""

import contextlib
import itertools

from classroom import DatabaseError, GroundMissing, expect, ground

NOT_NULL = "23502"
MODELS = 2  # the task that makes the tables
RESOURCE = "id, name, category, address, contact_email"
REFERRAL = "id, family_name, resource_id, referral_date::date::text AS referral_date, notes"
TABLES = ("resources", "referrals")
IDS = itertools.count(1_100_000_000)  # for rows whose table gives none; beyond every id that is unused


class Tables:
    """The tables `resources` and `referrals`, and rows for them.

    A row that cannot be inserted is a mistake in task 2, and a missing ground for any other task.
    """

    def __init__(self, database, draw, task):
        self.database = database
        self.draw = draw
        self.task = task

    def new_resource(self, **fields):
        """Return what a client sends to create a resource, all four fields drawn unless given."""
        word = self.draw.word
        drawn = {
            "name": f"{word().title()} {word()}",
            "category": word().title(),
            "address": f"{self.draw.randint(1, 99)} {word().title()} Road",
            "contact_email": f"{word()}@example.org",
        }
        return drawn | fields

    def new_referral(self, **fields):
        """Return what a client sends to create a referral, all three fields drawn unless given."""
        return {
            "family_name": self.draw.word().title(),
            "referral_date": self.day(),
            "notes": self.draw.word(12),
        } | fields

    def day(self):
        """Return a day of 2026."""
        return f"2026-{self.draw.randint(1, 12):02}-{self.draw.randint(1, 28):02}"

    def unused_id(self):
        """Return an id that no resource has, and none gets during the checks."""
        return 1_000_000 + 1_000 * self.draw.randint(1, 999_999)

    def resource(self, **fields):
        """Insert a resource, and return it as the app has to return it."""
        return self.resources([fields])[0]

    def resources(self, several):
        """Insert several resources in this order, and return them as the app has to return them."""
        return self._insert("resources", RESOURCE, [self.new_resource(**fields) for fields in several])

    def referral(self, resource_id, **fields):
        """Insert a referral, and return it as the app has to return it."""
        return self.referrals([{"resource_id": resource_id, **fields}])[0]

    def referrals(self, several):
        """Insert several referrals in this order, and return them as the app has to return them."""
        return self._insert("referrals", REFERRAL, [self.new_referral(**fields) for fields in several])

    def among_others(self):
        """Return a resource in the middle of others that share a value with it: one for each column, one for them all."""
        row = self.new_resource()
        alike = [self.new_resource(**{name: row[name]}) for name in row] + [row]
        self.draw.shuffle(alike)
        before = self.possible(self.resource, alike[:2])
        own = self.possible(self.resource, [row]) or [self.resource()]
        return own[0], before + self.possible(self.resource, alike[2:])

    def possible(self, insert, rows):
        """Insert those of these rows that the table accepts: rejecting rows that are alike costs task 2 alone."""
        made = []
        for row in rows:
            with contextlib.suppress(DatabaseError, GroundMissing):
                made.append(insert(**row))
        return made

    def _insert(self, table, columns, rows):
        # An id that does not fill itself is for one check to find, and so is a null that is rejected: the others go on.
        filled = [{name: "-" if row[name] is None else row[name] for name in row} for row in rows]
        attempts = [rows, self._numbered(rows)] if self.task == MODELS else [rows, filled, self._numbered(filled)]
        for attempt in attempts:
            try:
                made = self.database.rows(*self._statement(table, columns, attempt))
                return sorted(made, key=lambda row: row["id"])
            except DatabaseError as error:
                refusal = error
                if error.code != NOT_NULL:
                    break
        # A row that belongs into its table is rejected: a mistake in task 2, a missing ground elsewhere.
        ground(self.task == MODELS, task=MODELS)
        raise refusal

    def _numbered(self, rows):
        return [{"id": next(IDS), **row} for row in rows]

    def _statement(self, table, columns, rows):
        names = list(rows[0])
        values = ", ".join(f"({', '.join(['%s'] * len(names))})" for _ in rows)
        insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES {values} RETURNING {columns}"
        return insert, *(row[name] for row in rows for name in names)

    def empty(self):
        """Delete all rows."""
        for table in reversed(TABLES):
            self.database.run(f"DELETE FROM {table}")

    def count(self, table):
        """Return how many rows a table has."""
        return self.database.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]

    def names(self):
        """Return what a statement names that asks something of the app's own: tables, views, functions."""
        return self.database.names()

    def stored_resource(self, resource_id):
        """Return the row with this id, or None."""
        found = self.database.rows(f"SELECT {RESOURCE} FROM resources WHERE id = %s", resource_id)
        return found[0] if found else None

    def stored_referral(self, referral_id):
        """Return the row with this id, or None."""
        found = self.database.rows(f"SELECT {REFERRAL} FROM referrals WHERE id = %s", referral_id)
        return found[0] if found else None

    def unchanged(self, resources):
        """Check that each of these rows is still stored as it was."""
        ids = [resource["id"] for resource in resources]
        found = self.database.rows(f"SELECT {RESOURCE} FROM resources WHERE id = ANY(%s)", ids)
        stored = {row["id"]: row for row in found}
        for resource in resources:
            there = stored.get(resource["id"])
            expect.that(there, f"Another resource is gone, too: {resource}.")
            expect.that(there == resource, f"Another resource is changed: it was {resource}, and is {there}.")

    def referral_ids(self, *resource_ids):
        """Return the ids of all referrals to these resources."""
        found = self.database.rows(
            "SELECT id FROM referrals WHERE resource_id = ANY(%s) ORDER BY id", list(resource_ids)
        )
        return [row["id"] for row in found]

    def left(self, referrals):
        """Return the ids of those of these referrals that are still stored, whatever they lead to."""
        ids = [referral["id"] for referral in referrals]
        return [row["id"] for row in self.database.rows("SELECT id FROM referrals WHERE id = ANY(%s) ORDER BY id", ids)]
