"""Counting statements, on every kind of server."""

from __future__ import annotations

import contextlib

import psycopg
import psycopg2
import pytest
from classroom.core.errors import CouldNotCheck
from classroom.services.postgres.statement_counts import Counted, Statement
from classroom.services.postgres.touched_tables import read_names

TABLES = (
    "CREATE TABLE resources (id int PRIMARY KEY); CREATE TABLE referrals (id int, resource_id int REFERENCES resources)"
)


@pytest.fixture
def tables(database):
    """The database with the two tables of the domain and some rows."""
    assert database.script(TABLES).error is None
    database.run("INSERT INTO resources SELECT generate_series(1, 40)")
    database.run("INSERT INTO referrals SELECT i, i FROM generate_series(1, 40) i")
    return database


def calls(counted):
    """Return the counted statements by their text."""
    return {statement.query: statement.calls for statement in counted.statements}


class TestCounting:
    """What is counted."""

    def test_n_plus_one_is_seen(self, tables):
        """Forty look-ups, one for each row of a list, are forty calls of one statement, in addition to the list itself."""
        with tables.counting() as counted, psycopg2.connect(tables.url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT * FROM referrals ORDER BY id")
            for _, resource in cursor.fetchall():
                cursor.execute("SELECT id FROM resources WHERE id = %s", [resource])
        connection.close()

        assert counted.total(naming=("resources",)) == 40
        assert counted.total(naming=("resources", "referrals")) == 41
        assert counted.rows(naming=("referrals",)) == 40

    @pytest.mark.parametrize("prepare", [None, 0], ids=["plain", "prepared"])
    def test_extended_protocol_is_counted(self, tables, prepare):
        """Statements with parameters of their own, prepared or not, are counted too."""
        with tables.counting() as counted, psycopg.connect(tables.url, prepare_threshold=prepare) as connection:
            for number in range(1, 8):
                connection.execute("SELECT * FROM resources WHERE id = %s", [number])

        assert counted.total(naming=("resources",)) == 7

    def test_an_open_transaction_is_waited_for(self, tables, start_user):
        """A transaction that ends after the response was sent still counts."""
        with tables.counting() as counted:
            user = start_user(
                f"import psycopg\nconnection = psycopg.connect({tables.url!r})\n"
                "connection.execute('SELECT * FROM resources WHERE id = %s', [1])\nprint('answered', flush=True)\n"
                "connection.commit()\nconnection.close()"
            )
            assert user.says() == "answered"

        assert counted.total(naming=("resources",)) == 1

    def test_other_roles_are_not_counted(self, provisioner, tables):
        """What the course does in the meantime, and what happens in other databases, is not counted."""
        with provisioner.database() as other, tables.counting() as counted:
            other.script(f"{TABLES}; SELECT * FROM resources")
            tables.rows("SELECT * FROM resources")

        assert counted.statements == []

    def test_work_behind_a_statement_is_part_of_it(self, tables):
        """What a foreign key, a trigger or a function of the database runs by itself is not counted again."""
        tables.slow_commit("referrals", 0)
        with tables.counting() as counted:
            tables.script("INSERT INTO referrals VALUES (41, 1), (42, 2)")

        told = counted.of(("referrals", "resources"))
        assert told == [Statement("INSERT INTO referrals VALUES ($1, $2), ($3, $4)", 1, 2)]

    def test_two_countings_leave_each_other_alone(self, tables):
        """A count inside another one takes nothing from it."""
        with tables.counting() as outer:
            tables.script("SELECT * FROM resources")
            with tables.counting() as inner:
                tables.script("SELECT * FROM resources")

        assert [counted.total(naming=("resources",)) for counted in (outer, inner)] == [2, 1]

    def test_transaction_control_is_told_apart(self, tables):
        """BEGIN and COMMIT are statements that name no table."""
        with tables.counting() as counted, psycopg.connect(tables.url) as connection:
            connection.execute("SELECT * FROM resources")

        assert calls(counted) == {"BEGIN": 1, "SELECT * FROM resources": 1, "COMMIT": 1}
        assert counted.total(naming=("resources",)) == 1


HIDING = {
    "escapes": 'SELECT * FROM U&"r\\0065sources"',
    "own escapes": """SELECT * FROM U&"r!0065sources" UESCAPE '!'""",
    "comment in an alias": 'SELECT 1 AS "--", resources.* FROM resources',
    "temporary view": "SELECT * FROM hidden_view",
    "view made by a block": "SELECT id FROM made_by_a_block",
    "view": "SELECT * FROM plain_view",
    "function": "SELECT looked_up(1)",
    "operator": "SELECT 1 <%> 1",
    "domain": "SELECT 1::looked_up_domain",
    "block": "DO 'BEGIN PERFORM FROM resources; END'",
    "procedure": "CALL look()",
    "prepared statement": "EXECUTE prepared",
    "search": "SELECT word FROM ts_stat('SELECT to_tsvector(id::text) FROM resources')",
    "cursor": "FETCH ABSOLUTE 3 FROM scrolled",
}
MADE = (
    "CREATE TEMP VIEW hidden_view AS SELECT * FROM resources",
    "DO 'BEGIN CREATE TEMP VIEW made_by_a_block AS SELECT * FROM resources; END'",
    "CREATE VIEW plain_view AS SELECT * FROM resources",
    "CREATE FUNCTION looked_up(int) RETURNS boolean LANGUAGE sql AS 'SELECT count(*) > 0 FROM resources WHERE id = $1'",
    "CREATE FUNCTION looked_up(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT looked_up($1)'",
    "CREATE OPERATOR <%> (LEFTARG = int, RIGHTARG = int, FUNCTION = looked_up)",
    "CREATE DOMAIN looked_up_domain AS int CHECK (looked_up(VALUE))",
    "CREATE PROCEDURE look() LANGUAGE plpgsql AS 'BEGIN PERFORM FROM resources; END'",
    "PREPARE prepared AS SELECT * FROM resources",
    "DECLARE scrolled SCROLL CURSOR WITH HOLD FOR SELECT * FROM resources",
)
HARMLESS = (
    "BEGIN",
    "SELECT 1",
    "SELECT pg_catalog.version()",
    "SELECT current_schema(), current_database()",
    "SET LOCAL work_mem = '4MB'",
    "SHOW standard_conforming_strings",
    "SELECT t.oid, typarray FROM pg_type t JOIN pg_namespace ns ON typnamespace = ns.oid WHERE typname = 'hstore'",
    "WITH RECURSIVE named(oid, depth) AS (SELECT oid, 0 FROM pg_type) SELECT * FROM named, LATERAL (SELECT 1) x",
    "SELECT pg_advisory_xact_lock(7)",
    "SELECT extract(year FROM now()), CAST('1' AS numeric(3, 1)), 1 IS DISTINCT FROM 2",
    "SAVEPOINT resources_saved",
    "COMMIT",
)


class TestTouching:
    """Which statements touch a table."""

    @pytest.mark.parametrize("statement", HIDING.values(), ids=HIDING)
    def test_a_read_is_counted_however_it_is_written(self, tables, statement):
        """A statement that reads a table without its name in plain letters counts, also when what it used is gone again."""
        tables.script("SELECT 1")
        with contextlib.closing(psycopg.connect(tables.url, autocommit=True)) as connection:
            for made in MADE:
                connection.execute(made)
            names = tables.names()
            with tables.counting() as counted:
                for _ in range(5):
                    connection.execute(statement)
                connection.execute("DISCARD TEMP; DROP OPERATOR <%> (int, int); DROP FUNCTION looked_up(int, int)")

        told = {each.query: each.calls for each in counted.of(names) if not each.query.startswith("DROP")}
        assert list(told.values()) == [5]
        assert counted.total(["resources"]) >= 5 or statement in ("SELECT 1 <%> 1", HIDING["domain"])

    def test_what_touches_no_table_is_not_counted(self, tables):
        """Transactions, settings and look-ups in the catalogs touch no table of the submission."""
        with tables.counting() as counted, contextlib.closing(psycopg.connect(tables.url, autocommit=True)) as app:
            for statement in HARMLESS:
                app.execute(statement)

        assert counted.of(tables.names()) == []
        assert counted.total() >= len(HARMLESS)

    def test_a_statement_that_is_too_long_to_read_counts(self, tables):
        """A flood of long texts hides nothing, and does not keep the statements from being counted."""
        with tables.counting() as counted, contextlib.closing(psycopg.connect(tables.url, autocommit=True)) as app:
            for number in range(10, 80):
                app.execute(f'SELECT {"1, " * number} 1 AS "{"x" * 1_000_000}"')

        assert counted.total(["resources"]) == 70

    def test_a_read_behind_the_text_of_a_look_up_counts(self, database):
        """Reads that the server shows under the text of an earlier statement, which was a look-up, still count."""
        database.script("CREATE TABLE resources (category text, name text, id int PRIMARY KEY)")
        with contextlib.closing(psycopg.connect(database.url, autocommit=True)) as app:
            app.execute("SELECT r.datname FROM pg_stat_activity AS r WHERE r.pid = 5")
            with database.counting() as counted:
                for _ in range(40):
                    app.execute("SELECT r.name FROM resources AS r WHERE r.id = 5")

        assert counted.total(database.names()) == 40

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT query_to_xml($1, $2, $3, $4)",
            "SELECT pg_catalog.table_to_xml($1, $2, $3, $4)",
            "SELECT * FROM dblink($1, $2) AS t(x int)",
            "SELECT lo_get($1)",
            "EXPLAIN ANALYZE EXECUTE prepared",
        ],
    )
    def test_a_function_that_runs_a_text_touches_any_table(self, query):
        """A statement that hands the server a text to run may touch any table."""
        assert read_names(query).runs_code

    @pytest.mark.parametrize(
        ("query", "tables"),
        [
            ("SELECT 1 FROM pg_class c JOIN pg_type t ON c.oid = t.oid, v", {"pg_class", "pg_type", "v"}),
            ("SELECT 1 FROM pg_class set, v", {"pg_class", "v"}),
            ("SELECT 1 FROM (pg_class JOIN v ON true)", {"pg_class", "v"}),
            ("SELECT 1 FROM rows", {"rows"}),
            ("WITH v AS (SELECT * FROM v) SELECT * FROM v", {"v"}),
            ("WITH v (x) AS (SELECT 1) SELECT * FROM v", set()),
            ("SELECT (WITH v AS (SELECT 1) SELECT 2) FROM v", {"v"}),
            ("SELECT extract(year FROM x), a IS DISTINCT FROM b", set()),
            ("TABLE v", {"v"}),
        ],
    )
    def test_tables_are_found_by_their_place(self, query, tables):
        """A name is a table's if the grammar expects a table there, unless a WITH defines it."""
        assert read_names(query).tables == tables

    @pytest.mark.parametrize(
        ("query", "named"),
        [
            ("SELECT * FROM resources", True),
            ('SELECT "resources"."id" FROM "resources"', True),
            ("select * from public.RESOURCES r", True),
            ('SELECT * FROM "RESOURCES"', False),
            ("SELECT * FROM resources_archive", False),
            ("SELECT resources_id FROM referrals", False),
            ("SELECT 1 -- resources", False),
            ("SELECT /* resources /* nested */ resources */ 1", False),
            ("SELECT 'resources', E'\\' resources', $tag$ resources $tag$", False),
            ("DECLARE c CURSOR FOR SELECT 'a\\', ' FROM resources --'", True),
        ],
    )
    def test_a_table_is_named_as_the_server_reads_it(self, query, named):
        """A table is named by its whole name, quoted or not, outside of comments and strings."""
        counted = Counted([Statement(query, 1, 1)])

        assert counted.total(naming=("resources",)) == int(named)


def test_what_the_provisioner_does_is_not_counted(embedded):
    """The provisioner's own statements do not fill the table in which a submission's are counted."""
    with embedded.database() as database:
        named = database.name

    assert embedded.admin.ask("SELECT query FROM public.pg_stat_statements WHERE strpos(query, %s) > 0", named) == []


def test_server_without_counting_is_our_trouble(embedded, monkeypatch):
    """A server that does not count statements is not the submission's fault; the message says what to do."""
    monkeypatch.setattr(embedded.admin, "statistics", lambda: "")
    with (
        embedded.database() as bare,
        pytest.raises(CouldNotCheck, match=r"does not count statements .* load pg_stat_statements"),
        bare.counting(),
    ):
        pass
