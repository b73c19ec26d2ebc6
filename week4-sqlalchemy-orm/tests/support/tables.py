"""The two tables, which the checks read and write without the app."""

import contextlib
import itertools

from classroom import DatabaseError, GroundMissing, expect, ground

NOT_NULL = "23502"
MODELS = 2  # the task that makes the tables
RESOURCE = "id, name, category, address, contact_email"
REFERRAL = "id, family_name, resource_id, referral_date::date::text AS referral_date, notes"
TABLES = ("resources", "referrals")
IDS = itertools.count(1_100_000_000)  # for tables whose id has no default; above every id of `unused_id`


def missing_table(database, *wanted):
    """Return a sentence saying which tables the app has not created, and which ones it has."""
    made = database.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    names = [row["name"] for row in made]
    missing = [table for table in wanted or TABLES if table not in names]
    there = f"it created {' and '.join(names)}" if names else "it created no table"
    return f"The app has started, but there is no table {' and '.join(missing)}: {there}."


class Tables:
    """The `resources` and `referrals` tables, and rows for them.

    A row that cannot be inserted fails a check of task 2, and skips the checks of all other tasks.
    """

    def __init__(self, database, draw, names, task):
        self.database = database
        self.draw = draw
        self.task = task
        self.name = names

    def new_resource(self, **fields):
        """Return what a client sends to create a resource, with all four fields random unless given."""
        return {
            "name": self.name.place(),
            "category": self.name.category(),
            "address": self.name.address(),
            "contact_email": self.name.email(),
        } | fields

    def new_referral(self, **fields):
        """Return what a client sends to create a referral, with all three fields random unless given."""
        return {
            "family_name": self.name.family(),
            "referral_date": self.day(),
            "notes": self.name.notes(),
        } | fields

    def day(self):
        """Return a day of 2026."""
        return f"2026-{self.draw.randint(1, 12):02}-{self.draw.randint(1, 28):02}"

    def unused_id(self):
        """Return an id that no resource has or will be given during the checks."""
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
        """Return a resource, and others before and after it: one shares its name, one its category, ..., one every field."""
        row = self.new_resource()
        alike = [self.new_resource(**{name: row[name]}) for name in row] + [row]
        self.draw.shuffle(alike)
        before = self.possible(self.resource, alike[:2])
        own = self.possible(self.resource, [row]) or [self.resource()]
        return own[0], before + self.possible(self.resource, alike[2:])

    def possible(self, insert, rows):
        """Insert the rows that the table accepts: a table that rejects similar rows costs points in task 2 only."""
        made = []
        for row in rows:
            with contextlib.suppress(DatabaseError, GroundMissing):
                made.append(insert(**row))
        return made

    def _insert(self, table, columns, rows):
        # An id without a default, or a null that is rejected, fails one check of task 2: the others continue.
        filled = [{name: "-" if row[name] is None else row[name] for name in row} for row in rows]
        attempts = [rows] if self.task == MODELS else [rows, filled]
        for attempt in [*attempts, None]:
            try:
                values = attempt or self._numbered(table, attempts[-1])
                made = self.database.rows(*self._statement(table, columns, values))
                return sorted(made, key=lambda row: row["id"])
            except DatabaseError as error:
                refusal = error
                if error.code != NOT_NULL:
                    break
        # The table rejects a valid row: a mistake in task 2, a reason to skip in all other tasks.
        ground(self.task == MODELS, task=MODELS)
        raise refusal

    def _numbered(self, table, rows):
        """Return these rows with ids above every id in the table and every id that its counter has given out."""
        highest = self.database.rows(f"SELECT max(id) AS id FROM {table}")[0]["id"]
        free = (number for number in IDS if not isinstance(highest, int) or number > highest)
        return [{"id": next(free), **row} for row in rows]

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
        """Return the names of everything that the app has created in the database: tables, views, functions."""
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
        """Check that each of these rows is still stored unchanged."""
        ids = [resource["id"] for resource in resources]
        found = self.database.rows(f"SELECT {RESOURCE} FROM resources WHERE id = ANY(%s)", ids)
        stored = {row["id"]: row for row in found}
        for resource in resources:
            there = stored.get(resource["id"])
            expect.that(there, f"Another resource was deleted, too: {resource}.")
            expect.that(there == resource, f"Another resource was changed, too: it was {resource}, now it is {there}.")

    def referral_ids(self, *resource_ids):
        """Return the ids of all referrals to these resources."""
        found = self.database.rows(
            "SELECT id FROM referrals WHERE resource_id = ANY(%s) ORDER BY id", list(resource_ids)
        )
        return [row["id"] for row in found]

    def left(self, referrals):
        """Return the ids of those referrals in the list that are still stored, whatever resource they belong to."""
        ids = [referral["id"] for referral in referrals]
        return [row["id"] for row in self.database.rows("SELECT id FROM referrals WHERE id = ANY(%s) ORDER BY id", ids)]
