"""The database of the site: durable, up to date, and used by one server at a time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from classroom.core.errors import ClassroomError, UsageError
from classroom.core.load import under_load
from classroom.instructor.site import database, models
from classroom.instructor.site.database import migrations, open_database, parse_address
from classroom.services.postgres.servers.kept import KeptServer
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

KILLED = """
import os, sys
from pathlib import Path
from sqlalchemy import text
from classroom.instructor.site.database import migrations, open_database, parse_address
with open_database(Path(sys.argv[1])) as engine:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO acts (by, what) VALUES ('ada', 'was here')"))
    os.kill(os.getpid(), 9)
"""


def test_tables_are_those_of_the_models(engine):
    """The migrations make exactly the tables that the models describe."""
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), models.Base.metadata) == []


def test_nothing_committed_may_be_lost(engine):
    """The database waits for the disk, unlike the one of checks, and is not reachable over the network."""
    with engine.connect() as connection:
        found = [
            connection.scalar(text(f"SHOW {name}")) for name in ("fsync", "full_page_writes", "synchronous_commit")
        ]
        assert found == ["on", "on", "on"]
        assert connection.scalar(text("SHOW listen_addresses")) == ("127.0.0.1" if sys.platform == "win32" else "")


def test_connection_that_has_ended_is_replaced(engine, owner, monkeypatch):
    """A connection that has ended while nobody used it is replaced before the next page uses it."""
    monkeypatch.setattr(database, "FRESH_SECONDS", 0)
    with engine.connect() as connection:
        process = connection.scalar(text("SELECT pg_backend_pid()"))
    owner.execute("SELECT pg_terminate_backend(%s, 5000)", [process])

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != process


@pytest.mark.long
def test_data_outlives_a_kill(reachable):
    """What was committed is there after the server and its starter were killed."""
    state = reachable / "a killed one"
    state.mkdir()
    done = subprocess.run([sys.executable, "-c", KILLED, str(state)], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr

    with open_database(state) as engine, engine.connect() as connection:
        assert connection.scalar(text("SELECT what FROM acts")) == "was here"


def test_one_server_for_each_database(engine, tmp_path):
    """A second server with the same database is refused."""
    address = engine.url.render_as_string(hide_password=False)
    with pytest.raises(UsageError, match="Another classroom is being served"), open_database(tmp_path, address):
        pass


@pytest.fixture
def restarted(new_database, tmp_path):
    """The engine of a database that has ended all connections, as it does when it restarts; and its address."""
    address = new_database("restarted")
    with open_database(tmp_path, address) as engine:
        with psycopg.connect(address, autocommit=True) as other:
            everyone = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
            other.execute(f"{everyone} AND pid <> pg_backend_pid()")
        engine.dispose()
        yield engine, address


def test_server_is_the_only_one_again_after_a_restart_of_the_database(restarted, tmp_path):
    """After the database has restarted, a second server is still refused."""
    engine, address = restarted
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1

    with pytest.raises(UsageError, match="Another classroom is being served"), open_database(tmp_path, address):
        pass


def test_server_that_has_lost_its_database_to_another_one_says_so(restarted, tmp_path):
    """If another server has taken the database after a restart, the first one does not go on with it."""
    engine, address = restarted
    with (
        open_database(tmp_path, address),
        pytest.raises(UsageError, match="Another classroom is being served"),
        engine.connect(),
    ):
        pass


STEPS = [step.revision for step in ScriptDirectory.from_config(migrations(None)).walk_revisions()]


@pytest.mark.parametrize("step", STEPS)
def test_database_of_each_earlier_version_is_brought_up_to_date(new_database, tmp_path, step):
    """Tables as any earlier version has left them have today's form after a start, and keep their rows."""
    empty = new_database("older")
    with create_engine(parse_address(empty), poolclass=NullPool).connect() as connection:
        command.upgrade(migrations(connection), step)
        connection.execute(text("INSERT INTO people (role, username, name) VALUES ('student', 'ada', 'Ada')"))
        connection.commit()

    with open_database(tmp_path, empty) as engine, engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), models.Base.metadata) == []
        assert connection.scalar(text("SELECT name FROM people")) == "Ada"


def test_students_who_never_opened_their_link_have_not_joined(new_database, tmp_path):
    """Making a link counted as joining in an earlier version; who has signed in or accepted a week has joined."""
    address = new_database("older")
    with create_engine(parse_address(address), poolclass=NullPool).connect() as connection:
        command.upgrade(migrations(connection), "0006_grading_jobs")
        people = (
            "INSERT INTO people (role, username, name, joined) VALUES ('student', :name, :name, now()) RETURNING id"
        )
        token = "INSERT INTO tokens (person_id, kind, digest, used) VALUES (:id, :kind, :digest, :used)"
        for name, kind, used in (("ada", "link", None), ("bob", "link", "2026-11-29"), ("eve", "session", None)):
            found = connection.scalar(text(people), {"name": name})
            connection.execute(text(token), {"id": found, "kind": kind, "digest": name.encode(), "used": used})
        connection.commit()

    with open_database(tmp_path, address) as engine, engine.connect() as connection:
        query = "SELECT username FROM people WHERE joined IS NOT NULL ORDER BY username"
        assert list(connection.scalars(text(query))) == ["bob", "eve"]


def test_one_line_of_versions():
    """Each version of the tables follows another one, so that there is one newest."""
    assert len(ScriptDirectory.from_config(migrations(None)).get_heads()) == 1


@pytest.mark.parametrize("address", ["sqlite:///x", "nonsense", "postgresql://host", "mysql://a@b/c"])
def test_other_addresses_are_refused(tmp_path, address):
    """An address that is not a PostgreSQL database's is refused with an example."""
    with pytest.raises(UsageError, match="postgresql://USER:PASSWORD@HOST/DATABASE"), open_database(tmp_path, address):
        pass


@pytest.mark.parametrize(
    ("rights", "told"),
    [
        ({"options": "-c default_transaction_read_only=on"}, "Make the user in the URL the owner of the database"),
        ({"nothing": "1"}, "cannot be reached"),
    ],
)
def test_database_that_cannot_be_used_is_said(engine, tmp_path, rights, told):
    """A database in which nothing can be written, or a setting that PostgreSQL does not know, is one sentence."""
    address = engine.url.set(database="postgres").update_query_dict(rights).render_as_string(hide_password=False)
    with pytest.raises(ClassroomError, match=told), open_database(tmp_path, address):
        pass


CHANGES = ["UPDATE acts SET what = ''", "DELETE FROM acts", "TRUNCATE acts"]


@pytest.mark.parametrize("statement", CHANGES)
def test_log_is_append_only(owner, statement):
    """The database rejects every change to the log, also one by the owner of the tables."""
    with pytest.raises(psycopg.Error, match="append-only"):
        owner.execute(statement)


@pytest.mark.parametrize("statement", [*CHANGES, "DROP TABLE acts", "CREATE TABLE more (id int)", "CREATE ROLE eve"])
def test_site_may_not_change_the_log_nor_the_tables(engine, statement):
    """The site works as a role that owns nothing: it reads and writes rows, and adds lines to the log."""
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), engine.begin() as connection:
        connection.execute(text(statement))


def test_site_is_not_a_superuser(engine):
    """The role of the site may neither make databases nor roles, nor read files of the server."""
    query = "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user"
    with engine.connect() as connection:
        assert connection.execute(text(query)).one() == (False, False, False, False)
        assert connection.scalar(text("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")) == 0


@pytest.mark.long
def test_other_process_with_the_old_number_is_left_alone(reachable):
    """After a power cut another process may have the number of the server that was: it goes on, and so does the database."""
    server = KeptServer(reachable / "an old one")
    with server:
        pass
    other = subprocess.Popen(["cat"], stdin=subprocess.PIPE, **server.programs.account)
    note = server.data / "postmaster.pid"
    note.write_text(f"{other.pid}\n{server.data}\n1000000000\n5432\n{server.folder / 'door'}\n\n1 2\nready\n")
    server.programs.give(note)

    with KeptServer(server.folder):
        assert other.poll() is None
    other.communicate()
    assert other.returncode == 0


@pytest.mark.long
def test_database_that_was_killed_comes_back(reachable):
    """A database that somebody has killed is started again, and has everything that was committed."""
    state = reachable / "a revived one"
    state.mkdir()
    with open_database(state) as engine:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO acts (by, what) VALUES ('ada', 'was here')"))
        os.kill(int((state / "database/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        end = time.monotonic() + under_load(60)
        found = None
        while found is None:
            assert time.monotonic() < end, "the database has not come back"
            with contextlib.suppress(OperationalError), engine.connect() as connection:
                found = connection.scalar(text("SELECT what FROM acts"))

    assert found == "was here"
