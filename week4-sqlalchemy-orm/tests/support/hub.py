"""The running app: its tables, the transactions that its sessions leave open, and what its responses reveal."""

import re
import time

import pytest
from classroom import DatabaseError, at_rest, expect, ground, leak_in, leak_pattern, open_transactions

from .tables import MODELS, TABLES, Tables, missing_table

# More than all referrals of the checks: no referral has the same id as its resource.
AHEAD = 3000
BRIEF = 0.5  # seconds, for an app that is known to leave transactions open
FAILED = 400
LEAKS = leak_pattern(*TABLES)


class Hub(Tables):
    """The running app's two tables, and what a check can see of the app from outside."""

    def __init__(self, database, draw, names, task, between):
        super().__init__(database, draw, names, task)
        self.between = between

    def calm(self):
        """Remove the course's triggers in the middle of a check."""
        if self.between.leaks and open_transactions(at_rest(self.database, BRIEF)):
            self.between.restart()  # an open transaction would block the removal for seconds
        try:
            self.database.calm()
        except DatabaseError:
            expect.that(
                False, "A transaction is still open after the response, and locks the table. Close the session."
            )

    def at_rest(self):
        """Return the app's connections as soon as none is running a statement."""
        return at_rest(self.database)

    def leaves_no_transaction(self, after):
        """Check that none of the idle app's connections is in a transaction; return all its connections."""
        connections = self.at_rest()
        waiting = len(open_transactions(connections))
        sentence = f"A session is never closed: {waiting} of {len(connections)} connections are still in a transaction"
        expect.that(not waiting, f"{sentence} after {after}. Is every session closed, even after an error?")
        return connections

    def leaves_nothing_open(self, client, *requests):
        """Check that none of these requests leaves its transaction open.

        If GET /resources/{id} leaves one open as well, that cost points in task 3, and costs none here.
        """
        for ask in requests:
            if self.between.leaks_in_task_3:
                ask()
            elif (left := self._left_open(ask)) and not self._leaks_in_task_3(client):
                many = "1 connection is" if left == 1 else f"{left} connections are"
                expect.that(False, f"A session is never closed: {many} still in a transaction after the response.")

    def _leaks_in_task_3(self, client):
        """Return whether a task 3 request also leaves a transaction open."""
        known, unknown = self.resource()["id"], self.unused_id()
        asked = (lambda: client.get(f"/resources/{known}"), lambda: client.get(f"/resources/{unknown}"))
        self.between.leaks_in_task_3 = any(self._left_open(ask) for ask in asked)
        return self.between.leaks_in_task_3

    def _left_open(self, ask):
        """Return how many connections this request has left in a transaction."""
        self.at_rest()  # a transaction of an earlier request is then two seconds old, and not counted for this one
        began = time.monotonic()
        ask()
        waiting = open_transactions(self.at_rest())
        return sum(each["seconds"] <= time.monotonic() - began for each in waiting)

    def counted(self, ask):
        """Return the SQL statements that a request runs, and its response."""
        self.between.settle()
        with self.database.counting() as counted:
            answer = ask()
            if self.between.leaks:
                self.database.disconnect()  # the count waits for the end of every transaction
        if self.between.leaks:
            self.between.restart()
        return counted, answer

    def settled(self, look, expected):
        """Return what `look` finds as soon as that equals `expected`, or whatever it finds after a second.

        Other checks ask whether the commit comes before the response; these give it a moment.
        """
        end = time.monotonic() + 1
        while (found := look()) != expected and time.monotonic() < end:
            time.sleep(0.02)
        return found

    def is_stored(self, table, row):
        """Check that a newly created row is in its table."""
        look = self.stored_resource if table == "resources" else self.stored_referral
        found = self.settled(lambda: look(row["id"]), row)
        expect.that(found, f"The new row is not in the {table} table. Was it committed?")
        expect.that(found == row, f"The new row in the {table} table is wrong: {_differences(found, row)}.")

    def is_changed(self, before, after):
        """Check that a resource's row has changed from `before` to `after`."""
        found = self.settled(lambda: self.stored_resource(after["id"]), after)
        expect.that(found, "The resource is no longer in the table.")
        unsaved = found == before != after
        expect.that(not unsaved, "The row in the table has not changed. Was the change committed?")
        expect.that(found == after, f"The row in the table is wrong: {_differences(found, after)}.")

    def is_deleted(self, resource):
        """Check that a resource's row is gone."""
        left = self.settled(lambda: self.stored_resource(resource["id"]), None)
        expect.that(left is None, "The resource is still in the table. Was the delete committed?")

    def patched(self, answer, before, change):
        """Check that a PATCH returned 200, with new values for the fields that were sent and the others unchanged."""
        returned = expect(answer).ok().answer.json
        for name in sorted(before.keys() - change.keys()):
            kept = not isinstance(returned, dict) or name not in returned or returned[name] == before[name]
            expect.that(kept, f"{name} was not sent, but it has changed.", answer)
        expect(answer).ok(before | change)

    def refused(self, answer, code):
        """Check that a response has this status code, and reveals nothing about the database."""
        expect(answer).refused(code)
        self.shows_nothing(answer)

    def shows_nothing(self, answer, *secrets):
        """Check that a response reveals nothing about the database."""
        shown = self._shown(answer, *secrets)
        expect.that(not shown, shown, answer)

    def _shown(self, answer, *secrets):
        """Return a sentence about what a response reveals about the database, or an empty string."""
        password = re.search(r"://[^:/@]*:([^@/]*)@", self.database.url)
        found = leak_in(answer, LEAKS, *secrets, *(password.groups() if password else ()))
        return f"The response shows part of a database or program error: {found[:80]!r}." if found else ""

    def bears_a_refused_commit(self, client, ask):
        """Check that a database error, before or at the commit, is reported as an error without revealing its text.

        If POST /resources has the same mistake, that cost points in task 3, and costs none here.
        """
        for when in ("row", "commit"):
            secret = self.draw.word(16)
            for table in TABLES:
                self.database.refuse(table, secret, when=when)
            answer = ask()
            fault = self._fault(answer, secret)
            elsewhere = fault and self._fault(client.post("/resources", json=self.new_resource()), secret)
            self.calm()
            expect.that(not fault or elsewhere, fault, answer)
            self.recovers(client)

    def recovers(self, client):
        """Restart the app if GET /resources/{id} fails after an error: that failure already cost points in task 3."""
        if client.get(f"/resources/{self.resource()['id']}").status >= FAILED:
            self.between.restart()

    def _fault(self, answer, secret):
        if answer.status < FAILED:
            return f"The database rejected the change, but the response is {answer.status}: the error is not reported."
        return self._shown(answer, secret)


@pytest.fixture(scope="session")
def ahead():
    """A list that stays empty until resources have higher ids than referrals."""
    return []


@pytest.fixture
def two_tables(client, database, ahead, task_number):
    """The database, once the app has created both tables; otherwise all checks except those of task 2 are skipped."""
    there = database.rows("SELECT to_regclass('resources') IS NOT NULL AND to_regclass('referrals') IS NOT NULL AS yes")
    if task_number != MODELS:
        ground(there[0]["yes"], task=MODELS)
    expect.that(there[0]["yes"], missing_table(database))
    if not ahead:
        spare = (
            "INSERT INTO resources (name, category) SELECT 'Spare ' || n, 'Spare' FROM generate_series(1, %s::int) AS n"
        )
        if database.refuses(spare, 1) is None:
            database.run(spare, AHEAD)
            database.run("DELETE FROM resources WHERE category = 'Spare'")
        ahead.append(True)
    return database


@pytest.fixture
def hub(two_tables, draw, names, between, task_number):
    """The running app's two tables."""
    return Hub(two_tables, draw, names, task_number, between)


def _differences(found, expected):
    """Return a description of which columns of a row differ."""
    return ", ".join(
        f"{name} is {found[name]!r}, expected {expected[name]!r}" for name in expected if found[name] != expected[name]
    )
