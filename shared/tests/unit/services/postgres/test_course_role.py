"""The course's role stays under the course's control, although a submission's trigger runs with its rights."""

from __future__ import annotations

import psycopg
import pytest
from classroom.services.postgres.errors import DatabaseError
from classroom.services.postgres.roles import Login


@pytest.fixture
def trapped(provisioner):
    """A function that makes a database with a table, whose trigger runs statements as the role that adds a row."""
    made = []

    def make(*statements):
        database = provisioner.database()
        made.append(database)
        body = " ".join(f"EXECUTE {literal(statement)};" for statement in statements)
        outcome = database.script(
            "CREATE TABLE t (x int); CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS"
            f" $trap$ BEGIN IF right(session_user, 7) = '_course' THEN {body} END IF; RETURN NEW; END $trap$;"
            " CREATE TRIGGER trap BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION trap()"
        )
        assert outcome.error is None
        return database

    yield make
    for database in made:
        database.drop()


def literal(text):
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def log_in(database, password):
    """Connect under the course's role, as an app does that knows a password."""
    access = database.provisioner.server.access.login(Login(database.course, password), database.name)
    psycopg.connect(access.url()).close()


def test_a_password_that_a_trigger_set_is_of_no_use(trapped):
    """A trigger that changes the password of its role does not enable a login as the course."""
    database = trapped("ALTER ROLE CURRENT_USER PASSWORD 'mallory'")
    database.run("INSERT INTO t VALUES (1)")

    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        log_in(database, "mallory")

    database.close_connections()
    assert database.rows("SELECT * FROM t") == [{"x": 1}]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        log_in(database, "mallory")


@pytest.mark.parametrize(
    "attempt",
    [
        "ALTER ROLE CURRENT_USER LOGIN",
        "ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'",
        "CREATE ROLE twin LOGIN",
        "GRANT {course} TO {app}",
        "GRANT {course} TO PUBLIC",
        "DROP SCHEMA classroom CASCADE",
        "CREATE OR REPLACE FUNCTION classroom.refuse_t() RETURNS trigger LANGUAGE sql AS ''",
        "ALTER DATABASE {name} CONNECTION LIMIT 0",
    ],
)
def test_a_trigger_cannot_change_what_is_the_course_s(trapped, attempt):
    """A trigger cannot make the course's role one that logs in, join it, or change the course's own triggers."""
    database = trapped()
    attempt = attempt.format(course=database.course, app=database.app.role, name=database.name)
    database.refuse("t", "not today")
    database.script(
        "CREATE OR REPLACE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS"
        f" $trap$ BEGIN EXECUTE {literal(attempt)}; RETURN NEW; END $trap$"
    )

    with pytest.raises(DatabaseError) as caught:
        database.run("INSERT INTO t VALUES (1)")

    assert caught.value.code in ("42501", "0LP01", "22023", "42704")


def test_a_temporary_table_does_not_hide_a_table(trapped):
    """A temporary table that a trigger leaves in the course's session is not taken for the submission's table."""
    database = trapped("CREATE TEMP TABLE IF NOT EXISTS u AS SELECT 99 AS x")
    database.script("CREATE TABLE u AS SELECT 1 AS x")

    database.run("INSERT INTO t VALUES (1)")

    assert database.rows("SELECT * FROM u") == [{"x": 1}]


@pytest.mark.parametrize(
    "setting", ["SET search_path = evil", "ALTER ROLE CURRENT_USER SET search_path = evil", "SET ROLE {app}"]
)
def test_settings_of_a_trigger_do_not_stay(trapped, setting):
    """What a trigger sets in the course's session, or for the course's role, is gone at the next statement."""
    database = trapped()
    database.script(
        "CREATE SCHEMA evil; CREATE TABLE evil.u AS SELECT 99 AS x; CREATE TABLE public.u AS SELECT 1 AS x;"
        "CREATE OR REPLACE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS"
        f" $trap$ BEGIN EXECUTE {literal(setting.format(app=database.app.role))}; RETURN NEW; END $trap$"
    )
    database.run("INSERT INTO t VALUES (1)")

    shown = "SELECT current_user::text AS role, (SELECT x FROM u) AS x"
    assert database.rows(shown) == [{"role": database.course, "x": 1}]
    database.close_connections()
    assert database.rows(shown) == [{"role": database.course, "x": 1}]


def test_a_session_under_any_role_is_counted(provisioner, trapped):
    """Sessions and statements count for the whole database, under whatever role they run."""
    database = trapped()
    with provisioner.database() as other:
        provisioner.admin.ask(f"GRANT CONNECT ON DATABASE {database.name} TO {other.app.role}")
        database.script("CREATE TABLE u (x int); GRANT SELECT ON u TO PUBLIC")
        url = provisioner.server.access.login(other.app, database.name).url()
        with database.counting() as counted, psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SELECT * FROM u")
            sessions = database.connections()

        assert (counted.total(["u"]), len(sessions)) == (1, 1)


def test_an_advisory_lock_outlasts_a_statement(provisioner):
    """Clearing the course's session before each statement keeps the advisory locks that a check holds: a gate is one."""
    with provisioner.database() as database:
        database.lock(42)
        database.rows("SELECT 1")

        assert database.rows("SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = 42") == [
            {"objid": 0}
        ]


def test_the_reader_has_a_session_of_its_own(provisioner):
    """A lock that the course holds through the reader's database is not its own in the primary's: it would have to wait."""
    with provisioner.database() as database:
        database.reader().run("SELECT pg_advisory_lock(42, 0)")

        assert database.rows("SELECT pg_try_advisory_lock(42, 0) AS got") == [{"got": False}]
