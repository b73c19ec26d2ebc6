"""Gates in an app's database: statements wait there until a check lets them go on, so that a race can be arranged.

A gate is an advisory lock: a statement that waits holds (gate, 1), and the course holds (gate, 0) while the gate is shut.
A waiting statement polls, because a lock_timeout that the app has set must not end the wait. It waits for some seconds
at most, more on a busy machine: an app that serves one request at a time might otherwise never reach the request that opens the gate.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from classroom.checks.concurrency import wait_until
from classroom.checks.expect import expect
from classroom.core.load import under_load
from classroom.services.postgres.quoting import identifier
from classroom.services.postgres.triggers import PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from classroom.checks.concurrency import BackgroundCall
    from classroom.checks.system import System
    from classroom.services.postgres.database import Database

COMMITS, READS, STARTS = 52026001, 52026002, 52026003
PATIENCE = 3  # seconds
TABLES = (
    "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'"
    " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'classroom') AND n.nspname !~ '^pg_'"
)
# Assignments and not PERFORM: at a commit a statement of a trigger is counted like one that the client sent.
WAIT = (
    "DECLARE ignored text; late timestamptz := clock_timestamp() + interval '{seconds} s'; BEGIN"
    " IF coalesce(current_setting('classroom.gate{gate}', true), '') <> ({once})::text THEN"
    " ignored := set_config('classroom.gate{gate}', ({once})::text, false);"
    " ignored := pg_advisory_xact_lock_shared({gate}, 1);"
    " WHILE clock_timestamp() < late AND NOT pg_try_advisory_xact_lock_shared({gate}, 0) LOOP"
    " ignored := pg_sleep(0.003); END LOOP; END IF;"
)
COMMITS_GATE = (
    "CREATE SCHEMA IF NOT EXISTS classroom; REVOKE ALL ON SCHEMA classroom FROM PUBLIC;"
    " CREATE OR REPLACE FUNCTION classroom.commits() RETURNS trigger LANGUAGE plpgsql {path} AS $body$ {wait} RETURN NULL; END $body$"
)
READS_GATE = (
    "CREATE SCHEMA IF NOT EXISTS classroom;"
    " CREATE OR REPLACE FUNCTION classroom.reads() RETURNS boolean LANGUAGE plpgsql VOLATILE {path} AS $body$"
    " {wait} RETURN true; END $body$"
)
# A policy is evaluated for rows, so a lookup that finds no row would not wait. Lookups wait in a view instead: the search
# path has the schema named like the role before `public`, so a view there shadows the table.
# OFFSET 0 keeps the planner from reading the table before the gate.
SHADOWED = (
    "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname = 'public'"
)
SHADOW = (
    'CREATE VIEW "{role}".{table} AS SELECT behind.* FROM (SELECT classroom.reads() AS passed OFFSET 0) gate,'
    " LATERAL (SELECT * FROM public.{table} WHERE gate.passed OFFSET 0) behind;"
    ' GRANT SELECT ON "{role}".{table} TO "{role}"'
)
# Both instances wait for the schema, which the course drops in a transaction that waits at a gate itself.
DROPPING = (
    "BEGIN; SET LOCAL lock_timeout = 0; DROP SCHEMA public RESTRICT;"
    f" SELECT pg_advisory_xact_lock({STARTS}, 0); ROLLBACK"
)
DROPPED = (
    "SELECT 1 FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock' AND classid = 'pg_namespace'::regclass"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
HELD_UP = (
    "SELECT 1 FROM pg_stat_activity WHERE usename = %s AND datname = current_database() AND wait_event_type = 'Lock'"
)
WAITING = (
    "SELECT count(*) AS waiting FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def _wait(gate: int, once: str) -> str:
    """Return the code of a function that waits at a gate, once for each value of an expression."""
    return WAIT.format(gate=gate, once=once, seconds=under_load(PATIENCE))


def _reads_gate() -> str:
    return READS_GATE.format(path=PATH, wait=_wait(READS, "statement_timestamp()"))


class Gate:
    """A gate in a database, open until it is shut.

    Args:
        database: with the course's rights.
        number: of the advisory lock.
    """

    def __init__(self, database: Database, number: int) -> None:
        self.database = database
        self.number = number
        self.is_shut = False

    def shut(self) -> None:
        """Let statements wait from now on."""
        self.database.lock(self.number)
        self.is_shut = True

    def open(self) -> None:
        """Let all statements go on."""
        if self.is_shut:
            self.database.unlock(self.number)
            self.is_shut = False

    def waiting(self) -> int:
        """Return how many statements wait."""
        found: int = self.database.look_up(WAITING, self.number)[0]["waiting"]
        return found

    def wait_for(self, *calls: BackgroundCall[Any]) -> None:
        """Return when each of these calls waits at the gate or has finished, or after a few seconds."""
        wait_until(lambda: self.waiting() + sum(call.done for call in calls) >= len(calls), under_load(PATIENCE))

    def wait_for_nobody(self) -> None:
        """Return when no statement is waiting any longer, or after some seconds."""
        wait_until(lambda: not self.waiting(), under_load(PATIENCE))


def app_tables(database: Database) -> list[str]:
    """Return the names of the tables that the app has made."""
    return [row["name"] for row in database.look_up(TABLES)]


@contextlib.contextmanager
def gate_for_commits(database: Database) -> Iterator[Gate]:
    """Yield a gate at which every transaction that changes a table of the app waits at its commit."""
    database.run(COMMITS_GATE.format(path=PATH, wait=_wait(COMMITS, "pg_current_xact_id()")))
    for table in app_tables(database):
        database.run(
            f"CREATE CONSTRAINT TRIGGER classroom_commits AFTER INSERT OR UPDATE OR DELETE ON {identifier(table)}"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION classroom.commits()"
        )
    gate = Gate(database, COMMITS)
    try:
        yield gate
    finally:
        gate.open()
        database.calm()


@contextlib.contextmanager
def gate_for_reads(database: Database) -> Iterator[Gate]:
    """Yield a gate at which a reader's statements wait after they have found rows.

    The owner of a table, which the app writes as, is not held up: policies do not apply to it.
    """
    tables = app_tables(database)
    database.run(_reads_gate())
    gate = Gate(database, READS)
    try:
        for table in tables:
            database.run(
                f"CREATE POLICY classroom_reads ON {identifier(table)} FOR SELECT USING (classroom.reads());"
                f" ALTER TABLE {identifier(table)} ENABLE ROW LEVEL SECURITY"
            )
        yield gate
    finally:
        gate.open()
        for table in tables:
            database.run(
                f"ALTER TABLE {identifier(table)} DISABLE ROW LEVEL SECURITY;"
                f" DROP POLICY IF EXISTS classroom_reads ON {identifier(table)}"
            )
        database.calm()


@contextlib.contextmanager
def gate_for_lookups(database: Database, reader: Database) -> Iterator[Gate]:
    """Yield a gate at which a reader's statements wait before they look, even if they find nothing."""
    role = reader.app.role
    gate = Gate(database, READS)
    try:
        database.run(f'{_reads_gate()}; CREATE SCHEMA "{role}"; GRANT USAGE ON SCHEMA "{role}" TO "{role}"')
        for row in database.look_up(SHADOWED):
            database.run(SHADOW.format(role=role, table=identifier(row["name"])))
        yield gate
    finally:
        gate.open()
        database.run(f'DROP SCHEMA IF EXISTS "{role}" CASCADE')
        database.calm()


def start_together(system: System, background: Callable[[Callable[[], Any]], BackgroundCall[Any]]) -> None:
    """Start both instances so that both have looked for the tables before either can make one.

    Args:
        system: on an empty database, not started yet.
        background: the fixture of this name.

    Raises:
        Failure: an instance does not start.
    """
    primary, beside = system.primary, system.replica
    gate = Gate(beside, STARTS)
    gate.shut()
    dropping = background(lambda: primary.run(DROPPING))
    wait_until(lambda: dropping.done or beside.look_up(DROPPED), under_load(PATIENCE))
    starts = [background(instance.start) for instance in (system.a, system.b)]
    wait_until(
        lambda: sum(start.done for start in starts) + len(beside.look_up(HELD_UP, primary.app.role)) > 1,
        under_load(2 * PATIENCE),
    )
    gate.open()
    dropping.result()
    for start in starts:
        start.wait()
        sentence = f"Two instances were started at the same time, and one did not start: {start.error}"
        expect.that(start.error is None, sentence)
