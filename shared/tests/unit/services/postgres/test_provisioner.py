"""What the provisioner guarantees about its databases, on every kind of server."""

from __future__ import annotations

import os
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from classroom.core.errors import CouldNotCheck
from classroom.services.postgres import roles
from classroom.services.postgres.provisioner import Provisioner


def names_of(provisioner, name):
    """Return all databases and roles whose names begin so."""
    sql = "SELECT datname AS name FROM pg_database WHERE starts_with(datname, %s) UNION ALL SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)"
    return sorted(row["name"] for row in provisioner.admin.ask(sql, name, name))


def state_of(database):
    """Return who owns a database and its schemas, and who has which rights in it."""
    rights = "SELECT {owner}::regrole::text AS owner, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest({acl}) a) AS acl"
    asked = (
        rights.format(owner="datdba", acl="datacl") + " FROM pg_database WHERE datname = current_database()",
        rights.format(owner="nspowner", acl="nspacl")
        + ", nspname FROM pg_namespace WHERE oid >= 16384 OR nspname = 'public'",
        rights.format(owner="defaclrole", acl="defaclacl") + ", defaclobjtype::text FROM pg_default_acl",
    )
    return [sorted(database.rows(sql), key=str) for sql in asked]


class TestRole:
    """What the submission's role may do."""

    @pytest.mark.parametrize(
        "attempt",
        [
            "COPY (SELECT 1) TO PROGRAM 'id'",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT lo_import('/etc/passwd')",
            "SELECT * FROM pg_authid",
            "CREATE EXTENSION file_fdw",
            "CREATE ROLE friend",
            "CREATE DATABASE more",
            "ALTER ROLE CURRENT_USER SUPERUSER",
            "ALTER ROLE CURRENT_USER CREATEDB",
            "ALTER ROLE CURRENT_USER CONNECTION LIMIT 1000",
            "ALTER SYSTEM SET fsync = on",
            "SET log_statement = 'all'",
            "SET temp_file_limit = -1",
            "SET SESSION AUTHORIZATION postgres",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user AND usename IS NOT NULL",
            "SELECT pg_reload_conf()",
            "CREATE TABLESPACE t LOCATION '/tmp'",
            "CREATE LANGUAGE plpython3u",
        ],
    )
    def test_it_cannot_leave_its_database(self, database, attempt):
        """Access to files, programs, other roles and the server's settings is denied."""
        assert database.script(attempt).error

    def test_it_becomes_no_other_role(self, database):
        """It can become neither the provisioner nor the course's role."""
        for role in (database.provisioner.server.access.user, database.course):
            assert database.script(f"SET ROLE {role}").code == "42501"
            assert database.script(f"GRANT {role} TO CURRENT_USER").error

    def test_it_gets_into_no_other_database(self, provisioner, database):
        """It cannot connect to another submission's database, to a template, or to the provisioner's own."""
        with provisioner.database() as other:
            wanted = [other.name, "template1", "template0"]
            if provisioner.server.way != "given":  # there the provisioner's own database is the user's business
                wanted.append(provisioner.server.access.database)
            for name in wanted:
                with pytest.raises(psycopg.OperationalError, match=r"permission denied|not currently accepting"):
                    psycopg.connect(provisioner.server.access.login(database.app, name).url())

    def test_it_needs_its_password(self, database):
        """Nobody gets in without the password."""
        parts = urllib.parse.urlsplit(database.url)

        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(database.url.replace(parts.password, "guess"))

    def test_connections_are_limited(self, database):
        """It gets a fixed number of connections at once, and no more."""
        held = [psycopg.connect(database.url) for _ in range(roles.CONNECTIONS)]
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            psycopg.connect(database.url)
        for connection in held:
            connection.close()

    def test_a_system_gets_as_many_connections_as_it_needs(self, provisioner):
        """A request for a database says how many connections each of its roles gets, the reader included."""
        with provisioner.database(connections=2) as system:
            for url in (system.url, system.reader().url):
                held = [psycopg.connect(url) for _ in range(2)]
                with pytest.raises(psycopg.OperationalError, match="too many connections"):
                    psycopg.connect(url)
                for connection in held:
                    connection.close()

    def test_no_session_is_left_when_they_have_been_ended(self, provisioner, database):
        """When the sessions of a role have been ended, none of them is there anymore."""
        held = [psycopg.connect(database.url) for _ in range(10)]

        database.disconnect()

        assert database.connections() == []
        for connection in held:
            connection.close()

    def test_statements_are_limited(self, database):
        """Its statements end by themselves after a while."""
        assert database.script("SHOW statement_timeout").rows != [{"statement_timeout": "0"}]
        with psycopg.connect(database.url) as connection:
            assert connection.execute("SHOW statement_timeout").fetchone() == (f"{roles.STATEMENT_SECONDS}s",)


class TestOwnership:
    """The database belongs to the provisioner, the schema public to the submission's role."""

    @pytest.mark.parametrize(
        "attempt",
        [
            "ALTER DATABASE {name} IS_TEMPLATE true",
            "ALTER DATABASE {name} CONNECTION LIMIT 0",
            "ALTER DATABASE {name} SET my.note = 'a message'",
            "ALTER DATABASE {name} OWNER TO CURRENT_USER",
            "COMMENT ON DATABASE {name} IS 'a message'",
            "DROP DATABASE {name}",
        ],
    )
    def test_the_app_cannot_change_its_database(self, database, attempt):
        """What a database's owner may do is denied to the submission's role, even after a `clear`."""
        assert database.script(attempt.format(name=database.name)).code == "42501"

    def test_the_app_cannot_let_anybody_in(self, provisioner, database):
        """A GRANT on its database changes nothing: the submission's role has its rights without the grant option."""
        with provisioner.database() as other:
            before = state_of(database)

            database.script(f"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {database.name} TO {other.app.role}, PUBLIC")

            assert state_of(database) == before
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                psycopg.connect(provisioner.server.access.login(other.app, database.name).url())

    @pytest.mark.parametrize(
        "text",
        [
            "CREATE TABLE t (x int); CREATE TEMP TABLE u (x int)",
            "CREATE SCHEMA more CREATE TABLE t (x int)",
            "CREATE EXTENSION pg_trgm",
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE public.t (x int)",
            "COMMENT ON SCHEMA public IS 'mine'; GRANT USAGE ON SCHEMA public TO PUBLIC",
        ],
        ids=["tables", "schemas", "trusted extensions", "public made again", "public changed"],
    )
    def test_the_app_may_do_what_its_work_needs(self, database, text):
        """The submission may change tables, schemas, trusted extensions and the schema public."""
        assert database.script(text).error is None

    def test_clear_restores_every_right(self, provisioner):
        """After a `clear` owner and rights are what they were, the reader's too, whatever the submission did to them."""
        with provisioner.database() as database:
            reader = database.reader()
            before = state_of(database)
            database.script(
                f"REVOKE ALL ON SCHEMA public FROM {reader.app.role}, PUBLIC; CREATE TABLE t (x int); CREATE SCHEMA s;"
                f" ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM {reader.app.role}; CREATE EXTENSION pg_trgm"
            )
            assert state_of(database) != before

            database.clear()

            assert state_of(database) == before
            assert database.script("CREATE TABLE t AS SELECT 1 AS x").error is None
            assert reader.script("SELECT * FROM t").rows == [{"x": 1}]

    def test_a_database_of_an_earlier_version_is_taken_over(self, provisioner):
        """A lasting database that still belongs to the submission's role becomes the provisioner's, with all that is in it."""
        kept = provisioner.kept("test-taken-over")
        try:
            before = state_of(kept)
            kept.script("CREATE TABLE t AS SELECT 1 AS x")
            provisioner.admin.ask(f"ALTER DATABASE {kept.name} OWNER TO {kept.app.role}")

            with Provisioner(Borrowed(provisioner.server)) as other:
                again = other.kept("test-taken-over")
                assert state_of(again) == before
                assert again.script("SELECT * FROM t").rows == [{"x": 1}]
        finally:
            kept.drop()


class TestTemplate:
    """Cloning."""

    def test_clone_has_all_and_belongs_to_the_new_role(self, provisioner):
        """A clone holds the template's tables and rows, and its own role may change them; the next clone is as fresh."""
        with provisioner.database() as template:
            template.script("CREATE TABLE t (id serial, x int); INSERT INTO t (x) VALUES (1)")
            with provisioner.database(template) as first:
                assert first.script("INSERT INTO t (x) VALUES (2); ALTER TABLE t ADD y int").error is None
                assert first.rows("SELECT count(*) FROM t") == [{"count": 2}]
                with provisioner.database(template) as second:
                    assert second.script("SELECT * FROM t").rows == [{"id": 1, "x": 1}]

    def test_template_is_closed(self, provisioner):
        """Nobody changes a template once it has been used."""
        with provisioner.database() as template, provisioner.database(template):
            assert "not currently accepting connections" in template.script("SELECT 1").error


class TestGoing:
    """Dropping."""

    def test_nothing_is_left_of_a_dropped_one(self, provisioner):
        """A database that is dropped is gone with its roles, even while a submission is connected."""
        database = provisioner.database()
        database.reader()
        connection = psycopg.connect(database.url)

        database.drop()

        connection.close()
        assert names_of(provisioner, database.name) == []

    def test_closing_drops_what_was_given_out(self, provisioner):
        """Closing a provisioner drops its databases."""
        other = Provisioner(Borrowed(provisioner.server))
        name = other.database().name

        other.close()

        assert names_of(provisioner, name) == []

    def test_a_child_process_takes_nothing_along(self, provisioner):
        """A process that was forked off and ends does not drop its parent's databases."""
        with provisioner.database() as database:
            if (child := os.fork()) == 0:
                provisioner.close()
                os._exit(0)
            os.waitpid(child, 0)

            assert database.rows("SELECT 1 AS one") == [{"one": 1}]

    def test_foreign_names_are_left_alone(self, provisioner):
        """Databases and roles that do not carry this account's prefix are not swept."""
        for name in ("classroom_of_mine", "classroom_ffffff_00000000_00000000"):
            provisioner.admin.ask(f"CREATE ROLE {name}_app")
            try:
                provisioner.sweep()
                assert names_of(provisioner, name) == [f"{name}_app"]
            finally:
                provisioner.admin.ask(f"DROP ROLE {name}_app")


class Borrowed:
    """A server that is not closed with its provisioner."""

    def __init__(self, server):
        self.server = server

    def __getattr__(self, name):
        return getattr(self.server, name)

    def close(self):
        """Leave it open."""


class TestKept:
    """The database that `classroom run` keeps."""

    def test_it_lasts(self, provisioner):
        """It keeps its data and its address from one time to the next."""
        first = provisioner.kept("test-lasting")
        first.script("CREATE TABLE IF NOT EXISTS t (x int); INSERT INTO t VALUES (1)")
        provisioner.sweep()

        with Provisioner(Borrowed(provisioner.server)) as other:
            again = other.kept("test-lasting")
            assert again.url == first.url
            assert again.rows("SELECT * FROM t") == [{"x": 1}]
        first.drop()

    def test_reset_empties_it(self, provisioner):
        """After a reset it is empty, with the same address."""
        before = provisioner.kept("test-emptied")
        before.script("CREATE TABLE t (x int)")
        with psycopg.connect(before.url):
            provisioner.reset("test-emptied")

        assert provisioner.kept("test-emptied").url == before.url
        assert before.script("SELECT * FROM t").code == "42P01"
        before.drop()


class TestRights:
    """A server on which the provisioner may not do its work."""

    @pytest.mark.parametrize(("right", "missing"), [("CREATEDB", "CREATEROLE"), ("CREATEROLE", "CREATEDB")])
    def test_missing_right_is_named(self, embedded, right, missing):
        """If a role lacks a right, the message names it and how to grant it."""
        from classroom.services.postgres.servers.external import ExternalServer

        access = embedded.server.access
        embedded.admin.ask(f"CREATE ROLE poor LOGIN {right} PASSWORD 'pw'; GRANT CONNECT ON DATABASE postgres TO poor")
        try:
            with pytest.raises(CouldNotCheck, match=f"ALTER ROLE poor {missing}"):
                Provisioner(ExternalServer(f"postgresql://poor:pw@127.0.0.1:{access.port}/postgres"))
        finally:
            embedded.admin.ask("REVOKE CONNECT ON DATABASE postgres FROM poor; DROP ROLE poor")


def test_oversight_ends_what_is_too_long(embedded_database):
    """A transaction past the limit is ended, even if its role has raised its own limit."""
    provisioner = embedded_database.provisioner
    with psycopg.connect(embedded_database.url) as connection:
        connection.execute("SET statement_timeout = 0")

        done = provisioner.oversee(seconds=0)

        assert any(embedded_database.name in sentence for sentence in done)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_oversight_shuts_what_is_too_big(embedded):
    """A database past the limit no longer accepts connections from the submission."""
    with embedded.database() as database:
        database.script("CREATE TABLE t AS SELECT repeat(md5(i::text), 60) FROM generate_series(1, 20000) i")

        done = embedded.oversee(megabytes=20)

        assert any(f"{database.name} was closed" in sentence for sentence in done)
        assert "too many connections" in database.script("SELECT 1").error


def test_provisioner_settings_go_before_a_role_s_own(embedded_database):
    """What a submission sets for its role does not reach the provisioner's sessions."""
    role, name = embedded_database.app.role, embedded_database.name
    embedded_database.script(
        f"ALTER ROLE {role} SET statement_timeout = 1; ALTER ROLE {role} IN DATABASE {name} SET search_path = nowhere"
    )
    embedded_database.script(f"ALTER ROLE {role} IN DATABASE {name} SET default_transaction_read_only = on")

    assert embedded_database.script("CREATE TABLE t (x int)").error is None
    assert embedded_database.run("INSERT INTO t VALUES (1)") == 1


def test_threads_take_turns(embedded_database):
    """Several threads of a check may use one database at the same time."""
    embedded_database.script("CREATE TABLE t (x int PRIMARY KEY)")

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: embedded_database.run("INSERT INTO t VALUES (%s)", number), range(40)))
        refused = list(
            pool.map(lambda number: embedded_database.refuses("INSERT INTO t VALUES (%s)", number), range(40))
        )

    assert (sum(found), {refusal.code for refusal in refused}) == (40, {"23505"})
