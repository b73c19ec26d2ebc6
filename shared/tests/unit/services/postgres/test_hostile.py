"""Hostile submissions: whatever they do, the provisioner responds in time and its memory stays bounded."""

from __future__ import annotations

import contextlib
import resource
import socket
import time

import psycopg
import pytest
from classroom.checks.gates import app_tables, gate_for_commits
from classroom.core.errors import CouldNotCheck
from classroom.services.postgres import bounded_query, course_connection, script
from classroom.services.postgres.errors import DatabaseError
from classroom.services.postgres.provisioner import Provisioner
from classroom.services.postgres.servers.embedded import Embedded
from classroom.services.postgres.servers.external import ExternalServer

MEGABYTE = 1024 * 1024
# Every operator that the server does not have for exactly these types, with a function that stops the statement.
OPERATORS = """
CREATE TABLE t (x int);
DO $make$ DECLARE operator text; one text; other text; types text[] := '{name,text,oid,regclass,int4,int8,xid}'; BEGIN
FOREACH one IN ARRAY types LOOP FOREACH other IN ARRAY types LOOP
EXECUTE format('CREATE FUNCTION public.trap(%s, %s) RETURNS boolean LANGUAGE plpgsql AS
$trap$ BEGIN RAISE EXCEPTION USING MESSAGE = $$trapped$$; END $trap$', one, other);
FOREACH operator IN ARRAY '{=,<>,<,>,<=,>=,~,!~,~~}'::text[] LOOP
EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.trap)', operator, one, other);
END LOOP; END LOOP; END LOOP; END $make$
"""


@pytest.fixture
def quick(monkeypatch, embedded_database):
    """The database, with limits of a test's size."""
    monkeypatch.setattr(course_connection, "COURSE_SECONDS", 1)
    monkeypatch.setattr(course_connection, "LOCK_SECONDS", 0.2)
    monkeypatch.setattr(script, "SCRIPT_SECONDS", 1)
    embedded_database.close_connections()
    return embedded_database


class TestAnswers:
    """Endless results."""

    @pytest.mark.parametrize(
        "text",
        [
            "SELECT repeat('x', 100000000)",
            "SELECT repeat('x', 1000000) FROM generate_series(1, 100)",
            "SELECT i FROM generate_series(1, 3000000) i",
            "; ".join(["SELECT repeat('x', 20000000)"] * 5),
        ],
        ids=["one value", "long rows", "many rows", "many statements"],
    )
    def test_an_endless_answer_is_cut(self, embedded_database, text):
        """A result that is too large is rejected; at most one value beyond the limit was read."""
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        outcome = embedded_database.script(text)

        assert outcome.error
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        assert grown < 3 * bounded_query.MOST_BYTES + 2 * 100_000_000

    def test_an_endless_table_is_cut(self, embedded_database):
        """Reading a table that a submission has filled up is a failed check."""
        embedded_database.script("CREATE VIEW resources AS SELECT repeat('x', 100000000) AS name")

        with pytest.raises(DatabaseError, match="more than 64 MB"):
            embedded_database.rows("SELECT * FROM resources")

        assert embedded_database.rows("SELECT 1 AS one") == [{"one": 1}]

    def test_a_greedy_session_gets_no_memory(self, embedded_database):
        """A session that raises its own memory limit is denied the memory, and the server survives."""
        before = embedded_database.provisioner.admin.epoch()

        outcome = embedded_database.script(
            "SET work_mem = '100GB'; SELECT array_agg(repeat(md5(i::text), 10000)) IS NULL FROM generate_series(1, 100000) i"
        )

        assert outcome.code == "53200"
        assert embedded_database.provisioner.admin.epoch() == before


class TestTime:
    """Endless statements."""

    def test_a_script_without_end_is_stopped(self, quick):
        """A script that raises its own time limit and sleeps is stopped, and its session ended."""
        outcome = quick.script("SET statement_timeout = 0; SELECT pg_sleep(600)")

        assert outcome.error == "the SQL was stopped: it took too long"
        assert quick.connections() == []

    def test_a_trigger_without_end_is_stopped(self, quick):
        """A row that the course writes into a table whose trigger never ends is a failed check."""
        quick.script(
            "CREATE TABLE t (x int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN LOOP PERFORM 1; END LOOP; END'; CREATE TRIGGER t BEFORE INSERT ON t EXECUTE FUNCTION f()"
        )

        with pytest.raises(DatabaseError):
            quick.run("INSERT INTO t VALUES (1)")

    def test_a_locked_table_does_not_hold_the_provisioner(self, quick):
        """A table that a submission keeps locked is a failed check, and can still be dropped."""
        quick.script("CREATE TABLE t (x int)")
        with contextlib.closing(psycopg.connect(quick.url)) as connection:
            connection.execute("LOCK TABLE t")

            with pytest.raises(DatabaseError, match="lock timeout"):
                quick.rows("SELECT * FROM t")

            quick.drop()


class TestRights:
    """A submission that waits for the course to touch its tables."""

    @pytest.mark.parametrize(
        "act",
        [
            "COPY (SELECT 1) TO PROGRAM 'id'",
            "ALTER ROLE {role} SUPERUSER",
            "DROP DATABASE postgres",
            "SET ROLE classroom_keeper",
        ],
    )
    def test_a_trigger_gets_no_more_than_its_owner_has(self, embedded_database, act):
        """A trigger that fires for the course's row has no right that the submission has not."""
        act = act.format(role=embedded_database.app.role).replace("'", "''''")
        embedded_database.script(
            "CREATE TABLE t (x int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS"
            f" 'BEGIN EXECUTE ''{act}''; RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"
        )

        with pytest.raises(DatabaseError) as caught:
            embedded_database.run("INSERT INTO t VALUES (1)")

        assert caught.value.code in ("42501", "25001")

    def test_a_changed_password_shuts_out_only_itself(self, embedded_database):
        """A role that changes its password locks out its own scripts, which is reported, and can be dropped."""
        embedded_database.script("ALTER ROLE CURRENT_USER PASSWORD 'mine'")
        embedded_database.disconnect()

        assert "password authentication failed" in embedded_database.script("SELECT 1").error
        assert embedded_database.rows("SELECT 1 AS one") == [{"one": 1}]

    def test_a_shut_database_is_the_submission_s_own_fault(self, embedded_database):
        """A submission whose sessions use up all connections of its database fails its own checks."""
        embedded_database.provisioner.admin.ask(f"ALTER DATABASE {embedded_database.name} CONNECTION LIMIT 0")

        assert embedded_database.script("SELECT 1").error
        with pytest.raises(DatabaseError):
            embedded_database.rows("SELECT 1")

    def test_no_look_up_takes_an_operator_of_the_submission_for_the_servers(self, embedded_database):
        """Operators of exactly the right types, which PostgreSQL prefers, do not run in the provisioner's look-ups."""
        assert embedded_database.script(OPERATORS).error is None
        assert embedded_database.script("SELECT 'a'::name !~ 'b'").error == "trapped"

        with embedded_database.counting(), gate_for_commits(embedded_database) as gate:
            assert gate.waiting() == 0

        assert "trap" in embedded_database.names()
        assert app_tables(embedded_database) == ["t"]

    def test_name_of_a_table_is_not_read_as_sql(self, embedded_database):
        """A table whose name ends the quotation and goes on with a statement gets no statement run."""
        role = embedded_database.app.role
        outcome = embedded_database.script(
            'CREATE TABLE "x""();SELECT public.f()--" (x int); CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS'
            f" 'BEGIN EXECUTE ''ALTER ROLE {role} SUPERUSER''; END'"
        )
        assert outcome.error is None

        for table in app_tables(embedded_database):
            embedded_database.slow_commit(table, 0)
            embedded_database.refuse(table, "not today")
        embedded_database.calm()
        with gate_for_commits(embedded_database):
            found = embedded_database.rows("SELECT rolsuper FROM pg_roles WHERE rolname = %s", role)

        assert found == [{"rolsuper": False}]

    def test_sleep_of_the_submission_does_not_replace_the_servers(self, embedded_database):
        """A session that looks for functions in a schema of its own first still waits at its commit."""
        embedded_database.script(
            "CREATE TABLE t (x int); CREATE SCHEMA evil;"
            " CREATE FUNCTION evil.pg_sleep(numeric) RETURNS void LANGUAGE sql AS '';"
            " CREATE FUNCTION evil.pg_sleep(double precision) RETURNS void LANGUAGE sql AS ''"
        )
        embedded_database.slow_commit("t", 0.3)
        began = time.monotonic()

        outcome = embedded_database.script("SET search_path = evil, pg_catalog, public; INSERT INTO t VALUES (1)")

        assert outcome.error is None
        assert time.monotonic() - began > 0.3


class TestTrouble:
    """A server that does not respond at all."""

    def test_a_silent_server_is_our_trouble(self, monkeypatch):
        """A server that runs but does not respond counts as a failure of the kit, after a limited time."""
        monkeypatch.setattr("classroom.services.postgres.connect.CONNECT_SECONDS", 2)
        with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(CouldNotCheck, match="does not respond"):
            ExternalServer(f"postgresql://me:pw@127.0.0.1:{silent.getsockname()[1]}/db")

    def test_a_server_that_went_away_is_our_trouble(self, fresh_cache, guard_has_gone):
        """A given server that stops during a run counts as a failure of the kit, reported with what to do."""
        server = Embedded()
        with Provisioner(ExternalServer(server.access.url())) as provisioner:
            database = provisioner.database()
            database.rows("SELECT 1")
            server.close()
            guard_has_gone(fresh_cache)

            with pytest.raises(
                CouldNotCheck, match=r"DATABASE_URL \(127.0.0.1:\d+\) does not respond .*unset DATABASE_URL"
            ):
                database.rows("SELECT 1")


def test_five_hundred_tables_cost_no_other_submission(embedded):
    """A submission that uses up the space for locks does not stop another one."""
    with embedded.database() as hostile, embedded.database() as other:
        hostile.script("; ".join(f"CREATE TABLE t{number} (x int)" for number in range(500)))

        assert other.script("CREATE TABLE t (x int)").error is None
