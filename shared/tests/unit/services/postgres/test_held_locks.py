"""Locks that a submission holds in its database stop no step of the course, and never count as a failure of the kit."""

from __future__ import annotations

import contextlib
import threading

import psycopg
import pytest
from classroom.services.postgres import course_connection
from classroom.services.postgres.errors import DatabaseError
from classroom.services.postgres.watchdog import oversee

STEPS = ("away", "reader", "clear", "counting", "disconnect", "rows", "freeze", "drop")


@pytest.fixture
def hostile(provisioner):
    """A database with a table, for one test."""
    with provisioner.database() as found:
        assert found.script("CREATE TABLE t (x int); CREATE TABLE u (x int)").error is None
        yield found


def holds(database):
    """Return what a session can leave uncommitted: the rows of its role and of its database, tables, a schema, a number."""
    return (
        f"ALTER ROLE CURRENT_USER PASSWORD '{database.app.password}'",
        f"GRANT CONNECT ON DATABASE {database.name} TO CURRENT_USER",
        "ALTER TABLE t ADD y int",
        "INSERT INTO u VALUES (1)",
        "COMMENT ON SCHEMA public IS 'held'",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO CURRENT_USER",
        "SELECT pg_advisory_lock(n) FROM generate_series(1, 100) n",
    )


@contextlib.contextmanager
def held(database, *statements):
    """Leave each of these statements uncommitted, in a session of its own."""
    sessions = [psycopg.connect(database.url) for _ in statements]
    try:
        for session, statement in zip(sessions, statements, strict=True):
            session.execute(statement)
        yield
    finally:
        for session in sessions:
            session.close()


@contextlib.contextmanager
def flood(database, threads=8):
    """Reopen sessions whenever they are ended, to hold the rows of their role and of their database."""
    over, holding = threading.Event(), threading.Event()

    def hold():
        while not over.is_set():
            with contextlib.suppress(psycopg.Error), contextlib.closing(psycopg.connect(database.url)) as session:
                session.execute("SET lock_timeout = '1s'")
                for statement in holds(database)[:2]:
                    session.execute(statement)
                holding.set()
                while not over.wait(0.001):
                    session.execute("SELECT 1")

    crowd = [threading.Thread(target=hold, daemon=True) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    try:
        assert holding.wait(20)
        yield
    finally:
        over.set()
        for thread in crowd:
            thread.join()


def take(step, database):
    """Take one of the course's steps in a database."""
    if step in ("away", "counting"):
        with getattr(database, step)():
            pass
    elif step == "rows":
        database.close_connections()
        assert database.rows("SELECT 1 AS one") == [{"one": 1}]
    else:
        getattr(database, step)()


@pytest.mark.parametrize("step", STEPS)
def test_nothing_that_is_held_stops_a_step(hostile, step):
    """Catalog rows, tables, schemas and advisory locks that sessions hold endlessly prevent no step."""
    with held(hostile, *holds(hostile)):
        take(step, hostile)


@pytest.mark.parametrize("step", ["away", "clear", "rows", "drop"])
def test_sessions_that_come_back_stop_no_step(hostile, step):
    """Sessions that lock again as soon as they are ended prevent no step."""
    with flood(hostile):
        take(step, hostile)


def test_nothing_is_left_of_a_database_that_is_held(provisioner, hostile):
    """A database is dropped with its roles, even if its row and its role's row are locked."""
    with held(hostile, *holds(hostile)):
        hostile.drop()

    assert provisioner.admin.ask("SELECT 1 FROM pg_roles WHERE starts_with(rolname, %s)", hostile.name) == []
    assert provisioner.admin.ask("SELECT 1 FROM pg_database WHERE datname = %s", hostile.name) == []


def test_a_table_that_is_held_fails_the_check_that_needs_it(hostile, monkeypatch):
    """A table that cannot be prepared for a check, because a session holds it, is a failed check."""
    monkeypatch.setattr("classroom.services.postgres.database.LOCK_SECONDS", 0.2)
    monkeypatch.setattr(course_connection, "LOCK_SECONDS", 0.2)
    hostile.close_connections()
    with held(hostile, "LOCK TABLE t"):
        for ask in (lambda: hostile.refuse("t", "no"), lambda: hostile.run("INSERT INTO t VALUES (1)")):
            with pytest.raises(DatabaseError) as caught:
                ask()
            assert caught.value.code == "55P03"


def test_a_grant_to_the_course_does_not_stop_a_clear(hostile):
    """Default privileges for the course's role, which the server drops in a certain order only, do not keep a database full."""
    hostile.script(
        f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {hostile.course}; GRANT ALL ON t TO {hostile.course}"
    )

    hostile.clear()

    assert hostile.script("SELECT * FROM t").code == "42P01"


def test_a_database_that_is_too_large_is_shut_though_its_row_is_held(provisioner, hostile):
    """A session that locks its database's row does not keep it from being closed."""
    hostile.script("INSERT INTO t SELECT generate_series(1, 200000)")
    names = provisioner.names
    with held(hostile, holds(hostile)[1]):
        done = oversee(provisioner.admin, hostile.name, names.kept(""), 60, 5, superuser=provisioner.superuser)

    assert [sentence for sentence in done if f"{hostile.name} was closed" in sentence]
    assert "too many connections" in hostile.script("SELECT 1").error


def test_temporary_files_count_as_the_size_of_the_database(embedded_database):
    """Rows that a held cursor has put into files belong to no database, but still count as its own."""
    admin, name = embedded_database.provisioner.admin, embedded_database.name
    with psycopg.connect(embedded_database.url, autocommit=True) as session:
        session.execute("SET work_mem = '64kB'")
        session.execute("DECLARE c CURSOR WITH HOLD FOR SELECT repeat('x', 7900) FROM generate_series(1, 5000)")

        done = oversee(admin, name, "no such prefix", 60, 30)

        assert [sentence for sentence in done if f"{name} was closed" in sentence]
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")


def test_the_reader_has_a_limit_for_files_too(embedded_database):
    """A session of the reader may put no more into temporary files than one of the submission."""
    limit = "SELECT current_setting('temp_file_limit') AS most"

    assert embedded_database.reader().script(limit).rows == embedded_database.script(limit).rows == [{"most": "256MB"}]
