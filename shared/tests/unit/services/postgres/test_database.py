"""What checks do with a database, on every kind of server."""

from __future__ import annotations

import datetime as dt
import time
import urllib.parse

import psycopg
import pytest
from classroom.services.postgres.errors import DatabaseError

TABLE = "CREATE TABLE resources (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, opened date)"


@pytest.fixture
def resources(database):
    """The database with a table that the submission's role has made."""
    assert database.script(TABLE).error is None
    return database


def app(database, **how):
    """Connect as a submission does."""
    return psycopg.connect(database.url, autocommit=True, **how)


class TestAddress:
    """The address that a submission is given."""

    def test_url_has_all_parts(self, database):
        """The URL names a host, a port, a user and a password, and lets the submission's role in."""
        parts = urllib.parse.urlsplit(database.url)

        assert all((parts.hostname, parts.port, parts.username, parts.password))
        with app(database) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (parts.username,)

    def test_url_names_a_driver(self, database):
        """The URL is available in SQLAlchemy's form."""
        assert database.url_for("postgresql+psycopg2") == database.url.replace("postgresql:", "postgresql+psycopg2:", 1)


class TestRows:
    """Reading and writing as the course's role."""

    def test_rows_are_dicts(self, resources):
        """A row is a dict with Python's own types."""
        resources.run("INSERT INTO resources (name, opened) VALUES (%s, %s)", "it's; --", dt.date(2026, 1, 8))

        found = resources.rows("SELECT id, name, opened FROM resources WHERE name = %s", "it's; --")

        assert found == [{"id": 1, "name": "it's; --", "opened": dt.date(2026, 1, 8)}]

    def test_run_counts_rows(self, resources):
        """A statement that changes rows returns how many."""
        assert resources.run("INSERT INTO resources (name) VALUES ('a'), ('b')") == 2
        assert resources.run("UPDATE resources SET name = 'c' WHERE name = 'a'") == 1
        assert resources.run("DELETE FROM resources WHERE name = 'a'") == 0

    def test_percent_sign_without_parameters(self, resources):
        """A percent sign stands for itself if there are no parameters."""
        resources.run("INSERT INTO resources (name) VALUES ('100%')")

        assert len(resources.rows("SELECT * FROM resources WHERE name LIKE '%\\%'")) == 1

    def test_written_rows_are_committed(self, resources):
        """What the course has written is seen by the submission at once."""
        resources.run("INSERT INTO resources (name) VALUES ('a')")

        with app(resources) as connection:
            assert connection.execute("SELECT count(*) FROM resources").fetchone() == (1,)

    def test_wrong_statement_is_an_error(self, resources):
        """A statement that the database rejects is a failed check, with the server's message and code."""
        with pytest.raises(DatabaseError, match='relation "nothing" does not exist') as caught:
            resources.rows("SELECT * FROM nothing")

        assert caught.value.code == "42P01"

    def test_course_goes_on_after_its_connection_was_cut(self, resources):
        """A connection that somebody ended is opened again."""
        resources.rows("SELECT 1")
        resources.provisioner.end_sessions(resources.course)

        assert resources.rows("SELECT 2 AS two") == [{"two": 2}]


class TestScript:
    """Running a student's SQL file as a whole."""

    def test_server_parses_the_text(self, database):
        """Comments, dollar quotes and a missing last semicolon are left to the server."""
        text = "-- one; two\n/* ; */ SELECT $body$ a; b $body$ AS quoted"

        assert database.script(text).rows == [{"quoted": " a; b "}]

    def test_last_rows_are_returned(self, database):
        """The rows are those of the last statement that returns rows."""
        outcome = database.script("SELECT 1 AS a; SELECT 2 AS b, 3 AS c; CREATE TABLE t (x int)")

        assert (outcome.error, outcome.columns, outcome.rows) == (None, ["b", "c"], [{"b": 2, "c": 3}])

    def test_no_rows_still_have_columns(self, database):
        """An empty result says which columns it has."""
        assert database.script("SELECT 1 AS a WHERE false").columns == ["a"]

    def test_error_has_message_and_code(self, resources):
        """An error has the server's message and code, and nothing of the script takes effect."""
        outcome = resources.script(
            "INSERT INTO resources (name) VALUES ('a'); INSERT INTO resources (name) VALUES (NULL)"
        )

        assert outcome.code == "23502"
        assert 'null value in column "name"' in outcome.error
        assert resources.rows("SELECT * FROM resources") == []

    @pytest.mark.parametrize("text", ["", "  \n", "-- a comment", ";"], ids=["empty", "blank", "comment", "semicolon"])
    def test_no_statement_is_no_error(self, database, text):
        """A script without a statement does nothing, which is not an error."""
        assert database.script(text).error is None

    def test_open_transaction_is_rolled_back(self, database):
        """A script that forgets its COMMIT changes nothing."""
        assert database.script("BEGIN; CREATE TABLE t (x int)").error is None

        assert database.script("SELECT * FROM t").code == "42P01"

    def test_nothing_of_a_text_is_found_by_the_next(self, database):
        """Settings, temporary tables and locks of a script are gone when the next one runs."""
        text = "SET search_path = nowhere; CREATE TEMP TABLE kept (x int); SELECT pg_advisory_lock(7)"
        assert database.script(text).error is None

        held = "SELECT current_setting('search_path') AS path, to_regclass('kept') IS NULL AS gone"
        assert database.script(held).rows == [{"path": "public", "gone": True}]
        assert database.rows("SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory'") == [{"locks": 0}]

    def test_what_runs_a_text_is_no_connection_of_the_app(self, database):
        """The connection that runs scripts is not counted among the app's."""
        assert database.script("SELECT 1").error is None

        assert database.connections() == []

    def test_nul_is_refused(self, database):
        """A NUL character is rejected, so nothing after it is silently lost."""
        assert "NUL" in database.script("SELECT 1 \0; DROP TABLE x").error

    @pytest.mark.parametrize("text", ["COPY t FROM STDIN", "COPY t TO STDOUT"])
    def test_copy_has_no_file(self, database, text):
        """COPY from and to the client ends in an error."""
        database.script("CREATE TABLE t (x int)")

        assert database.script(text).error

    def test_values_without_a_python_type_are_text(self, database):
        """A value that Python cannot represent is returned as text, the others of its row unchanged."""
        outcome = database.script("SELECT '0044-03-15 BC'::date AS then, 5 AS number")

        assert outcome.rows == [{"then": "0044-03-15 BC", "number": 5}]


class TestRefuses:
    """Trying a bad row."""

    def test_good_row_is_taken_and_taken_back(self, resources):
        """A row that the database accepts gives None, and is not there afterward."""
        assert resources.refuses("INSERT INTO resources (name) VALUES (%s)", "a") is None

        assert resources.rows("SELECT * FROM resources") == []

    @pytest.mark.parametrize(
        ("sql", "code"),
        [
            ("INSERT INTO resources (name) VALUES (NULL)", "23502"),
            ("INSERT INTO resources (name, opened) VALUES ('a', '2026-02-30')", "22008"),
            ("INSERT INTO resources (name, opened) VALUES ('a', 'soon')", "22007"),
        ],
        ids=["missing", "impossible day", "no date"],
    )
    def test_bad_row_gives_the_code(self, resources, sql, code):
        """A row that the database rejects gives the SQLSTATE."""
        assert resources.refuses(sql).code == code

    def test_refusal_is_told_in_the_servers_words(self, resources):
        """A rejection inside a sentence is the server's message and its SQLSTATE."""
        told = 'null value in column "name" of relation "resources" violates not-null constraint (SQLSTATE 23502)'

        assert str(resources.refuses("INSERT INTO resources (name) VALUES (NULL)")) == told

    def test_deferred_constraint_counts(self, resources):
        """A deferred constraint is checked here, too."""
        resources.script("CREATE TABLE r (id int REFERENCES resources DEFERRABLE INITIALLY DEFERRED)")

        assert resources.refuses("INSERT INTO r VALUES (99)").code == "23503"

    def test_a_lock_is_no_refusal(self, resources, monkeypatch):
        """A locked row was not rejected: that is an error of its own."""
        resources.run("INSERT INTO resources (name) VALUES ('a')")
        monkeypatch.setattr("classroom.services.postgres.course_connection.LOCK_SECONDS", 0.1)
        resources.close_connections()
        with app(resources) as connection, connection.transaction():
            connection.execute("LOCK TABLE resources IN ACCESS EXCLUSIVE MODE")

            with pytest.raises(DatabaseError) as caught:
                resources.refuses("UPDATE resources SET name = 'b'")

        resources.close_connections()
        assert caught.value.code == "55P03"


class TestConnections:
    """Seeing the submission's sessions."""

    def test_states_are_told(self, resources):
        """A session shows what it is doing, and the course's own are not among them."""
        resources.rows("SELECT 1")
        with app(resources) as first, app(resources) as second, second.transaction():
            first.execute("SELECT 1 AS here")
            second.execute("SELECT 2 AS there")

            found = [(one["state"], one["query"]) for one in resources.connections()]

        assert found == [("idle", "SELECT 1 AS here"), ("idle in transaction", "SELECT 2 AS there")]

    def test_disconnect_ends_them(self, resources):
        """The sessions of the submission's role can be ended."""
        with app(resources) as connection:
            resources.disconnect()

            assert resources.connections() == []
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")

    def test_away_shuts_the_role_out_for_a_while(self, resources):
        """While the database is down, the submission's role cannot log in; afterward it is as before."""
        with resources.away(), pytest.raises(psycopg.OperationalError):
            app(resources)

        with app(resources) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


class TestTriggers:
    """A database that commits slowly, or rejects rows."""

    def test_refusal_at_the_commit(self, resources):
        """A rejection at the commit accepts the statement and fails the transaction."""
        resources.refuse("resources", "not today")

        with app(resources) as connection:
            connection.execute("BEGIN")
            connection.execute("INSERT INTO resources (name) VALUES ('a')")
            with pytest.raises(psycopg.errors.RaiseException, match="not today"):
                connection.execute("COMMIT")
        assert resources.rows("SELECT * FROM resources") == []

    def test_refusal_at_the_statement(self, resources):
        """A rejection of the row fails the statement, with the code that was asked for."""
        resources.refuse("resources", "it's full", when="row", code="23514")

        with app(resources) as connection, pytest.raises(psycopg.errors.CheckViolation, match="it's full"):
            connection.execute("INSERT INTO resources (name) VALUES ('a')")

    def test_slow_commit_waits_once_for_a_transaction(self, resources):
        """A slow commit waits once, however many rows the transaction has changed."""
        resources.slow_commit("resources", 0.2)
        begun = time.monotonic()

        outcome = resources.script("INSERT INTO resources (name) SELECT 'x' FROM generate_series(1, 200)")

        # 200 waits would be past what a text may take.
        assert (outcome.error, time.monotonic() - begun >= 0.2) == (None, True)

    def test_calm_takes_them_away(self, resources):
        """After calm() the database accepts every row again."""
        resources.refuse("resources", "no", when="row")
        resources.refuse("resources", "no")
        resources.slow_commit("resources", 30)

        resources.calm()

        assert resources.script("INSERT INTO resources (name) VALUES ('a')").error is None

    def test_missing_table_is_said(self, database):
        """A missing table is named."""
        with pytest.raises(DatabaseError, match="The nothing table could not be prepared"):
            database.slow_commit("nothing", 1)

    def test_submission_cannot_change_the_function(self, resources):
        """The submission's role cannot replace what the trigger does."""
        resources.refuse("resources", "no")

        outcome = resources.script(
            "CREATE OR REPLACE FUNCTION classroom.refuse_resources() RETURNS trigger LANGUAGE sql AS ''"
        )

        assert outcome.code == "42501"


class TestReader:
    """The second role, which only reads."""

    def test_reader_sees_what_was_and_will_be_made(self, resources):
        """The reader sees tables that the submission's role made before and after."""
        reader = resources.reader()
        resources.script("CREATE TABLE later (x int); INSERT INTO later VALUES (1)")

        assert reader.script("SELECT * FROM resources").error is None
        assert reader.script("SELECT * FROM later").rows == [{"x": 1}]

    @pytest.mark.parametrize(
        "text",
        [
            "INSERT INTO resources (name) VALUES ('a')",
            "CREATE TABLE mine (x int)",
            "CREATE TEMP TABLE mine (x int)",
            "SELECT nextval('resources_id_seq')",
        ],
    )
    def test_reader_cannot_write(self, resources, text):
        """The reader cannot write, whether or not the transaction is read-only."""
        reader = resources.reader()

        assert reader.script(text).code in ("25006", "42501")
        assert reader.script(f"SET default_transaction_read_only = off; COMMIT; {text}").code == "42501"

    def test_reader_is_counted_for_itself(self, resources):
        """The statements of the two roles are counted apart."""
        reader = resources.reader()

        with reader.counting() as reads, resources.counting() as writes:
            reader.script("SELECT * FROM resources")

        assert (reads.total(["resources"]), writes.total(["resources"])) == (1, 0)

    def test_asking_twice_gives_the_same(self, resources):
        """The reader of a database is one role, however often it is asked for."""
        assert resources.reader().url == resources.reader().url


class TestClear:
    """Emptying a database."""

    def test_nothing_is_left(self, resources):
        """Tables, functions, types, schemas, grants and triggers are gone, the course's own too."""
        resources.script(
            "CREATE SCHEMA s CREATE TABLE t (x int); CREATE TYPE mood AS ENUM ('ok'); GRANT ALL ON SCHEMA s TO PUBLIC"
        )
        resources.refuse("resources", "no")

        resources.clear()

        left = resources.rows("SELECT 1 FROM pg_class WHERE oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace")
        assert left == []
        assert resources.script(TABLE).error is None

    def test_public_comes_back(self, resources):
        """A schema public that a submission dropped is there again."""
        resources.script("DROP SCHEMA public CASCADE")

        resources.clear()

        assert resources.script(TABLE).error is None


def test_transaction_that_was_left_open_by_an_error_is_ended(resources):
    """A script whose error comes before its ROLLBACK leaves nothing behind that would fail the next statement."""
    with pytest.raises(DatabaseError):
        resources.run("BEGIN; INSERT INTO resources (name) VALUES ('lost'); SELECT 1 / 0; ROLLBACK")

    assert resources.rows("SELECT count(*) AS n FROM resources") == [{"n": 0}]
