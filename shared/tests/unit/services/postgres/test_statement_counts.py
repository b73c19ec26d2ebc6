"""Counting statements, on a server of every way."""

from __future__ import annotations

import psycopg
import psycopg2
import pytest
from classroom.core.errors import CouldNotCheck
from classroom.services.postgres.statement_counts import Counted, Statement, StatementCounter

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
        """Forty look-ups, one for each row of a list, are forty calls of one text, beside the list itself."""
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
        """A transaction that ends after the answer has left still counts."""
        with tables.counting() as counted:
            user = start_user(
                f"import psycopg\nconnection = psycopg.connect({tables.url!r})\n"
                "connection.execute('SELECT * FROM resources WHERE id = %s', [1])\nprint('answered', flush=True)\n"
                "connection.commit()\nconnection.close()"
            )
            assert user.says() == "answered"

        assert counted.total(naming=("resources",)) == 1

    def test_other_roles_are_not_counted(self, provisioner, tables):
        """What the course does meanwhile, and what happens in other databases, is not counted."""
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
        """A counting inside of another one takes nothing from it."""
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


class TestNaming:
    """Which statements name a table."""

    @pytest.mark.parametrize(
        ("query", "named"),
        [
            ("SELECT * FROM resources", True),
            ('SELECT "resources"."id" FROM "resources"', True),
            ("select * from public.RESOURCES r", True),
            ("SELECT * FROM resources_archive", False),
            ("SELECT resources_id FROM referrals", False),
            ("SELECT 1 -- resources", False),
            ("SELECT /* resources */ 1", False),
        ],
    )
    def test_whole_words_count(self, query, named):
        """A table is named by its whole name, quoted or not, outside of comments."""
        counted = Counted([Statement(query, 1, 1)])

        assert counted.total(naming=("resources",)) == int(named)


def test_what_the_provisioner_does_is_not_counted(embedded):
    """The provisioner's own statements do not fill the table in which a submission's are counted."""
    with embedded.database() as database:
        named = database.name

    assert embedded.admin.ask("SELECT query FROM pg_stat_statements WHERE strpos(query, %s) > 0", named) == []


def test_server_without_counting_is_our_trouble(embedded):
    """A server that does not count statements is our trouble, and the sentence says what to do."""
    bare = embedded.database()
    meter = StatementCounter(ElsewhereAdmin(embedded, bare), bare.app.role, bare.name, superuser=True)

    with pytest.raises(CouldNotCheck, match=r"does not count statements .* load pg_stat_statements"):
        meter.counts()
    bare.drop()


class ElsewhereAdmin:
    """An admin whose own database has no extension."""

    def __init__(self, provisioner, database):
        self.database = database
        self.ask = provisioner.admin.ask

    def attempt(self, sql, *parameters):
        """Run a statement in a database without the extension."""
        return self.database._attempt(sql, parameters)
