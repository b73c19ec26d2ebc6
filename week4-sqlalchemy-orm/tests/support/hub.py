"""The running hub: its tables, what its sessions leave open, and what its responses show."""

import re
import time

import pytest
from classroom import DatabaseError, at_rest, expect, ground, leak_in, leak_pattern, open_transactions

from .tables import MODELS, TABLES, Tables

# More than all referrals that the checks make: the id of a referral is never that of its resource.
AHEAD = 3000
BRIEF = 0.5  # seconds, for an app that is known to leave transactions open
FAILED = 400
LEAKS = leak_pattern(*TABLES)


class Hub(Tables):
    """The two tables of the running app, and what else a check looks at from outside."""

    def __init__(self, database, draw, task, between):
        super().__init__(database, draw, task)
        self.between = between

    def calm(self):
        """Remove the course's triggers in the middle of a check."""
        if self.between.leaks and open_transactions(at_rest(self.database, BRIEF)):
            self.between.restart()  # a transaction that is left open would hold the triggers for seconds
        try:
            self.database.calm()
        except DatabaseError:
            expect.that(False, "A transaction that the app has left open after its answer still holds the table.")

    def at_rest(self):
        """Return the app's connections once none is at work any more."""
        return at_rest(self.database)

    def leaves_no_transaction(self, after):
        """Check that no connection of the app is still in a transaction at rest; return all its connections."""
        connections = self.at_rest()
        waiting = len(open_transactions(connections))
        sentence = f"{waiting} of {len(connections)} connections are still in a transaction after {after}."
        expect.that(not waiting, f"{sentence} Is every session closed, after an error too?")
        return connections

    def leaves_nothing_open(self, client, *requests):
        """Check that no connection stays in the transaction of any of these requests.

        An app that leaves it open for GET /resources/{id} too has lost that in task 3 and does not lose it again.
        """
        for ask in requests:
            if self.between.leaks_in_task_3:
                ask()
            elif (left := self._left_open(ask)) and not self._leaks_in_task_3(client):
                expect.that(False, f"Still in a transaction after the response: {left} of the app's connections.")

    def _leaks_in_task_3(self, client):
        """Return whether a request of task 3 leaves a transaction open, too."""
        known, unknown = self.resource()["id"], self.unused_id()
        asked = (lambda: client.get(f"/resources/{known}"), lambda: client.get(f"/resources/{unknown}"))
        self.between.leaks_in_task_3 = any(self._left_open(ask) for ask in asked)
        return self.between.leaks_in_task_3

    def _left_open(self, ask):
        """Return how many connections rest in a transaction that this request was the last to use."""
        self.at_rest()  # what was open before has been so for two seconds, and is not taken for this request's
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
        """Return what `look` finds as soon as it is `expected`, or what it finds after a second.

        Whether a change is committed before its response is the subject of other checks: these leave it a moment.
        """
        end = time.monotonic() + 1
        while (found := look()) != expected and time.monotonic() < end:
            time.sleep(0.02)
        return found

    def refused(self, answer, code):
        """Check that a response has this status code, and shows nothing of the database."""
        expect(answer).refused(code)
        self.shows_nothing(answer)

    def shows_nothing(self, answer, *secrets):
        """Check that a response shows nothing of the database behind the app."""
        shown = self._shown(answer, *secrets)
        expect.that(not shown, shown, answer)

    def _shown(self, answer, *secrets):
        """Return a sentence about what a response shows of the database behind the app, or an empty string."""
        password = re.search(r"://[^:/@]*:([^@/]*)@", self.database.url)
        found = leak_in(answer, LEAKS, *secrets, *(password.groups() if password else ()))
        failed = "The answer to a request that failed tells something of the database or the program"
        return f"{failed}: {found[:80]!r}." if found else ""

    def bears_a_refused_commit(self, client, ask):
        """Check that an error of the database, at the commit or before it, is not shown as a success or in its own words.

        An app that does so for POST /resources has lost that in task 3 and does not lose it again.
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
        """Restart an app in which GET /resources/{id} no longer works after the refusal: it has lost that in task 3."""
        if client.get(f"/resources/{self.resource()['id']}").status >= FAILED:
            self.between.restart()

    def _fault(self, answer, secret):
        if answer.status < FAILED:
            return f"The database refused the change, and the response is {answer.status}."
        return self._shown(answer, secret)


@pytest.fixture(scope="session")
def ahead():
    """A list that is empty until the ids of the resources are ahead of those of the referrals."""
    return []


@pytest.fixture
def hub(client, database, draw, ahead, between, task_number):
    """The two tables; without them a check is skipped, because task 2 is not there yet."""
    there = database.rows("SELECT to_regclass('resources') IS NOT NULL AND to_regclass('referrals') IS NOT NULL AS yes")
    if task_number != MODELS:
        ground(there[0]["yes"], task=MODELS)
    expect.that(there[0]["yes"], "After the app has started there are no tables resources and referrals.")
    if not ahead:
        spare = (
            "INSERT INTO resources (name, category) SELECT 'Spare ' || n, 'Spare' FROM generate_series(1, %s::int) AS n"
        )
        if database.refuses(spare, 1) is None:
            database.run(spare, AHEAD)
            database.run("DELETE FROM resources WHERE category = 'Spare'")
        ahead.append(True)
    return Hub(database, draw, task_number, between)
