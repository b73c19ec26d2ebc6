"""What the checks of this week share: rows put straight into the tables, and a look at them from beside the app."""

import contextlib
import itertools
import re
import time

import pytest
from classroom import expect, ground
from classroom.client import NoAnswer
from classroom.services.database import DatabaseError
from classroom.suite.expect import GroundMissing

NOT_NULL = "23502"
MODELS = 2  # the task that makes the tables
SESSIONS = 3  # the task whose checks look at what sessions leave open
RESOURCE = "id, name, category, address, contact_email"
REFERRAL = "id, family_name, resource_id, referral_date::date::text AS referral_date, notes"
TABLES = ("resources", "referrals")
WRITERS = """
SELECT pid FROM pg_locks
WHERE relation IN (to_regclass('resources'), to_regclass('referrals')) AND granted AND pid <> pg_backend_pid()
AND mode <> 'AccessShareLock'
"""
# More than all referrals that the checks make: the id of a referral is never that of its resource.
AHEAD = 3000
IDS = itertools.count(1_100_000_000)  # for rows whose table gives none; beyond every id that is unused
STUCK = 2  # seconds
BRIEF = 0.5  # seconds, for an app that is known to leave transactions open
POOL = 15  # connections of a default pool that is full
FEW = 4  # of these: with so many in a transaction, even a pool of five has room for one more request
FAILED = 400
# Names of libraries, statements, tracebacks and PostgreSQL's own messages. A sentence such as "could not insert into the
# database" is none of them.
OF_A_TABLE = r"\s+(?:\w+\.)?\"?(?:resources|referrals)\b"
TELLING = (
    r"sqlalchemy|psycopg|asyncpg|traceback|\.py\b"
    r"|\bviolates (?:foreign key|not-null|unique|check|exclusion) constraint|\bduplicate key value\b|\bnull value in column\b"
    r"|\b(?:not present in|still referenced from) table\b|\b(?:on table|of relation) \\?\"|\binvalid input syntax for type\b"
    r"|\bfield value out of range\b|(?-i:\\nLINE \d+: |\\nDETAIL:  )"
    rf"|\binsert\s+into{OF_A_TABLE}|\bselect\s.*\sfrom{OF_A_TABLE}|\bupdate{OF_A_TABLE}\"?\s+set\b|\bdelete\s+from{OF_A_TABLE}"
)


def open_transactions(connections):
    """Those of the app's connections that are in a transaction."""
    return [each for each in connections if each["state"] not in ("idle", None)]


def at_rest(database, seconds=STUCK):
    """The app's connections once none is at work any more.

    One that has been in its transaction for two seconds stays there: nobody waits for it twice.
    """
    until = time.monotonic() + seconds
    while True:
        connections = database.connections()
        waited_for = [each for each in open_transactions(connections) if each["seconds"] < STUCK]
        if not waited_for or time.monotonic() > until:
            return connections
        time.sleep(0.05)


class Between:
    """Restarts the app between two checks, so that what one check left behind never spoils the next.

    Attributes:
        leaks: the app has been seen to leave transactions open. It is not waited for again.
        leaks_in_task_3: it does so in the requests of task 3, too.
    """

    def __init__(self, app, database):
        self.app = app
        self.database = database
        self.leaks = False
        self.leaks_in_task_3 = False

    def settle(self, *, failed=False, bearable=0):
        """Restart the app if the last check ended in an error, or left more open than the next one can bear."""
        if failed or not self.rests(bearable):
            self.restart()

    def rests(self, bearable=0):
        """Whether no more transactions than these are open, none of them has written, and a default pool has room."""
        connections = at_rest(self.database, 0 if self.leaks else STUCK)
        left = open_transactions(connections)
        self.leaks = self.leaks or bool(left)
        return len(left) <= bearable and len(connections) <= POOL and not (left and self.database.rows(WRITERS))

    def make_room(self):
        """Restart an app that leaks before even a small pool runs out of connections."""
        if self.leaks and len(open_transactions(self.database.connections())) >= FEW:
            self.restart()

    def restart(self):
        """Start the app again, once the connections of the old one are gone."""
        self.app.stop()
        self.database.disconnect()
        self.app.start()


class Asker:
    """The kit's client; an answer in which an earlier task's TODO shows up is a missing ground, not a failure."""

    def __init__(self, client, task, between):
        self.client = client
        self.task = task
        self.between = between

    def request(self, method, path, **more):
        if self.task > SESSIONS:
            self.between.make_room()
        try:
            answer = self.client.request(method, path, **more)
        except NoAnswer as error:
            raise NoAnswer(f"{error}{self.cause()}", error.exchange) from None
        todo = re.search(r"TODO (\d+)", answer.text) if answer.status == 501 else None
        if todo and int(todo[1]) < self.task:
            expect(answer).ground(task=int(todo[1]))
        return answer

    def cause(self):
        """What may have kept the app from responding, as far as its connections show it."""
        connections = self.between.database.connections()
        idle = sum(str(each["state"]).startswith("idle in transaction") for each in connections)
        if idle < 2:
            return ""
        return (
            f". The app has {len(connections)} connections open, {idle} of them idle in a transaction:"
            " a session that is never closed keeps its connection, and when none is left, the next request waits"
        )

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)

    def patch(self, path, **more):
        return self.request("PATCH", path, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)


class Hub:
    """The two tables, written to and read beside the app."""

    def __init__(self, database, draw, task, between=None):
        self.database = database
        self.draw = draw
        self.task = task
        self.between = between

    def new_resource(self, **fields):
        """What a client sends to create a resource, all four fields drawn unless given."""
        word = self.draw.word
        drawn = {
            "name": f"{word().title()} {word()}",
            "category": word().title(),
            "address": f"{self.draw.randint(1, 99)} {word().title()} Road",
            "contact_email": f"{word()}@example.org",
        }
        return drawn | fields

    def new_referral(self, **fields):
        """What a client sends to create a referral, all three fields drawn unless given."""
        return {
            "family_name": self.draw.word().title(),
            "referral_date": self.day(),
            "notes": self.draw.word(12),
        } | fields

    def day(self):
        """A day of 2026."""
        return f"2026-{self.draw.randint(1, 12):02}-{self.draw.randint(1, 28):02}"

    def among_others(self):
        """A resource in the middle of others that share a value with it: one for each column, and one for them all."""
        row = self.new_resource()
        alike = [self.new_resource(**{name: row[name]}) for name in row] + [row]
        self.draw.shuffle(alike)
        before = self.possible(self.resource, alike[:2])
        own = self.possible(self.resource, [row]) or [self.resource()]
        return own[0], before + self.possible(self.resource, alike[2:])

    def possible(self, insert, rows):
        """Those of these rows that go in: a table that rejects two rows which are alike has lost that in task 2."""
        made = []
        for row in rows:
            with contextlib.suppress(DatabaseError, GroundMissing):
                made.append(insert(**row))
        return made

    def resource(self, **fields):
        """A resource put into its table, as it is answered."""
        return self.resources([fields])[0]

    def resources(self, several):
        """Several resources put into their table in this order, as they are answered."""
        return self._insert("resources", RESOURCE, [self.new_resource(**fields) for fields in several])

    def referral(self, resource_id, **fields):
        """A referral put into its table, as it is answered."""
        return self.referrals([{"resource_id": resource_id, **fields}])[0]

    def referrals(self, several):
        """Several referrals put into their table in this order, as they are answered."""
        return self._insert("referrals", REFERRAL, [self.new_referral(**fields) for fields in several])

    def _insert(self, table, columns, rows):
        # An id that does not fill itself is for one check to find, and so is a null that is refused: the others go on.
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
        # A row that belongs into its table is refused: a mistake in task 2, a missing ground elsewhere.
        ground(self.task == MODELS, task=MODELS)
        raise refusal

    def _numbered(self, rows):
        return [{"id": next(IDS), **row} for row in rows]

    def _statement(self, table, columns, rows):
        names = list(rows[0])
        places = ", ".join(f"({', '.join(['%s'] * len(names))})" for _ in rows)
        insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES {places} RETURNING {columns}"
        return insert, *(row[name] for row in rows for name in names)

    def unused_id(self):
        """An id that no resource has, and none gets during the checks."""
        return 1_000_000 + 1_000 * self.draw.randint(1, 999_999)

    def empty(self):
        """Take all rows away."""
        for table in reversed(TABLES):
            self.database.run(f"DELETE FROM {table}")

    def stored_resource(self, resource_id):
        """The row with this id; None where there is none."""
        found = self.database.rows(f"SELECT {RESOURCE} FROM resources WHERE id = %s", resource_id)
        return found[0] if found else None

    def unchanged(self, resources):
        """Fail where one of these rows is no longer stored as it was."""
        ids = [resource["id"] for resource in resources]
        found = self.database.rows(f"SELECT {RESOURCE} FROM resources WHERE id = ANY(%s)", ids)
        stored = {row["id"]: row for row in found}
        for resource in resources:
            there = stored.get(resource["id"])
            expect.that(there, f"Another resource is gone, too: {resource}.")
            expect.that(there == resource, f"Another resource is changed: it was {resource}, and is {there}.")

    def stored_referral(self, referral_id):
        """The row with this id; None where there is none."""
        found = self.database.rows(f"SELECT {REFERRAL} FROM referrals WHERE id = %s", referral_id)
        return found[0] if found else None

    def referral_ids(self, *resource_ids):
        """The ids of all referrals to these resources."""
        found = self.database.rows(
            "SELECT id FROM referrals WHERE resource_id = ANY(%s) ORDER BY id", list(resource_ids)
        )
        return [row["id"] for row in found]

    def left(self, referrals):
        """The ids of those of these referrals that are there, whatever they lead to."""
        ids = [referral["id"] for referral in referrals]
        return [row["id"] for row in self.database.rows("SELECT id FROM referrals WHERE id = ANY(%s) ORDER BY id", ids)]

    def calm(self):
        """Take the course's triggers away in the middle of a check."""
        if self.between.leaks and open_transactions(at_rest(self.database, BRIEF)):
            self.between.restart()  # a transaction that is left open would hold the triggers for seconds
        try:
            self.database.calm()
        except DatabaseError:
            expect.that(False, "A transaction that the app has left open after its answer still holds the table.")

    def leaves_no_transaction(self, after):
        """Fail where a connection of the app is still in a transaction at rest; return all its connections."""
        connections = self.at_rest()
        waiting = len(open_transactions(connections))
        told = f"{waiting} of {len(connections)} connections are still in a transaction after {after}."
        expect.that(not waiting, f"{told} Is every session closed, after an error too?")
        return connections

    def names(self):
        """What a statement names that asks something of the app's own: tables, views, functions."""
        return self.database.names()

    def count(self, table):
        """How many rows a table has."""
        return self.database.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]

    def refused(self, answer, code):
        """Fail where this is not a refusal with this code, or where it tells something of the database."""
        expect(answer).refused(code)
        self.shows_nothing(answer)

    def shows_nothing(self, answer, *secrets):
        """Fail where an answer tells something of the database behind the app."""
        shown = self._shown(answer, *secrets)
        expect.that(not shown, shown, answer)

    def _shown(self, answer, *secrets):
        """What an answer tells of the database behind the app, in a sentence; nothing where it tells nothing."""
        password = re.search(r"://[^:/@]*:([^@/]*)@", self.database.url)
        words = [re.escape(word) for word in (*secrets, *(password.groups() if password else ())) if word]
        told = re.search("|".join([*words, TELLING]), answer.text, re.IGNORECASE | re.DOTALL)
        failed = "The answer to a request that failed tells something of the database or the program"
        return f"{failed}: {told[0][:80]!r}." if told else ""

    def bears_a_refused_commit(self, client, ask):
        """Fail where an error of the database, at the commit or before it, is told as a success or in its own words.

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

    def leaves_nothing_open(self, client, *requests):
        """Fail where a connection stays in the transaction of one of these requests.

        An app that leaves it open for GET /resources/{id} too has lost that in task 3 and does not lose it again.
        """
        for ask in requests:
            if self.between.leaks_in_task_3:
                ask()
            elif (left := self._left_open(ask)) and not self._leaks_in_task_3(client):
                expect.that(False, f"Still in a transaction after the response: {left} of the app's connections.")

    def _leaks_in_task_3(self, client):
        """Whether one of the requests of task 3 leaves a transaction open, too."""
        known, unknown = self.resource()["id"], self.unused_id()
        asked = (lambda: client.get(f"/resources/{known}"), lambda: client.get(f"/resources/{unknown}"))
        self.between.leaks_in_task_3 = any(self._left_open(ask) for ask in asked)
        return self.between.leaks_in_task_3

    def _left_open(self, ask):
        """How many connections rest in a transaction that this request was the last to use."""
        self.at_rest()  # what was open before has been so for two seconds, and is not taken for this request's
        began = time.monotonic()
        ask()
        waiting = open_transactions(self.at_rest())
        return sum(each["seconds"] <= time.monotonic() - began for each in waiting)

    def counted(self, ask):
        """The SQL statements that one request runs, and its response."""
        self.between.settle()
        with self.database.counting() as counted:
            answer = ask()
            if self.between.leaks:
                self.database.disconnect()  # the count waits for the end of every transaction
        if self.between.leaks:
            self.between.restart()
        return counted, answer

    def settled(self, look, expected):
        """What `look` finds as soon as it is `expected`, or what it finds after a second.

        Whether a change is committed before its answer is asked by checks of its own: the others leave it a moment.
        """
        until = time.monotonic() + 1
        while (found := look()) != expected and time.monotonic() < until:
            time.sleep(0.02)
        return found

    def at_rest(self):
        """The app's connections once none is at work any more."""
        return at_rest(self.database)


@pytest.fixture(scope="session")
def between(app, database):
    """What happens to the app between two checks."""
    return Between(app, database)


@pytest.fixture
def client(client, between, run, request):
    """The app, as a client sees it."""
    last = [*run.results.values()][-1:]
    between.settle(failed=any(str(result.answer).startswith("500") for result in last), bearable=FEW)
    return Asker(client, request.node.get_closest_marker("task").args[0], between)


@pytest.fixture(scope="session")
def ahead():
    """Whether the ids of the resources are ahead of those of the referrals already."""
    return []


@pytest.fixture
def hub(client, database, draw, ahead, between, request):
    """The two tables; without them a check is skipped, because task 2 is not there yet."""
    there = database.rows("SELECT to_regclass('resources') IS NOT NULL AND to_regclass('referrals') IS NOT NULL AS yes")
    task = request.node.get_closest_marker("task").args[0]
    if task != MODELS:
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
    return Hub(database, draw, task, between)


@pytest.fixture
def trouble(client, database, between):
    """The database with the course's triggers, which are taken away after the check."""
    yield database
    # A transaction that the app has left open would hold the triggers in place.
    between.settle(failed=between.leaks)
    database.calm()


class OldHub:
    """The database as it was before the migration: the two tables of the course, with rows, and no phone."""

    def __init__(self, database, command):
        self.database = database
        self.command = command

    def alembic(self, *words):
        """Run alembic as the submission does; a failure, with its last lines, where it does not end well."""
        done = self.command.run("alembic", *words)
        last = "\n".join(done.output.strip().splitlines()[-4:])
        expect.that(done.exit_code == 0, f"alembic {' '.join(words)} ends with exit status {done.exit_code}:\n{last}")

    def rows(self):
        """All rows, in the columns that were there before."""
        gone = {"id", "name", "category", "address", "contact_email"} - self.columns()
        expect.that(not gone, f"The column {', '.join(sorted(gone))} of resources is gone.")
        resources = self.database.rows(f"SELECT {RESOURCE} FROM resources ORDER BY id")
        return resources, self.database.rows(f"SELECT {REFERRAL} FROM referrals ORDER BY id")

    def columns(self):
        """The names of the columns of `resources`."""
        found = self.database.rows(
            "SELECT attname AS name FROM pg_attribute"
            " WHERE attrelid = to_regclass('resources') AND attnum > 0 AND NOT attisdropped"
        )
        return {row["name"] for row in found}


OLD_TABLES = """
CREATE TABLE resources (
    id SERIAL PRIMARY KEY, name VARCHAR NOT NULL, category VARCHAR NOT NULL, address VARCHAR, contact_email VARCHAR
);
CREATE TABLE referrals (
    id SERIAL PRIMARY KEY, family_name VARCHAR NOT NULL,
    resource_id INTEGER NOT NULL REFERENCES resources (id) ON DELETE CASCADE, referral_date DATE NOT NULL, notes VARCHAR
);
CREATE INDEX ix_referrals_resource_id ON referrals (resource_id);
"""
NO_TABLES = "DROP TABLE IF EXISTS referrals, resources, alembic_version CASCADE;"


@pytest.fixture
def old_hub(app, command, database, draw):
    """A database that holds rows and was never migrated; the app makes its own tables again when it is started next."""
    app.stop()
    hub = Hub(database, draw, 10)
    made = database.script(NO_TABLES + OLD_TABLES)
    expect.that(made.error is None, f"The tables could not be made anew: {made.error}")
    resources = hub.resources([{} for _ in range(5)])
    hub.referrals([{"resource_id": draw.one_of(resources)["id"]} for _ in range(9)])
    yield OldHub(database, command)
    database.script(NO_TABLES)
