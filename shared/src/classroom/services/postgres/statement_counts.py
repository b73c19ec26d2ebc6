"""Counting the SQL statements of a submission, from what the server itself keeps in pg_stat_statements.

It counts what a client sends (`track = top`): a statement that a function, a trigger or a foreign key runs by itself is
part of the one that set it off (only what a deferred constraint runs at the commit counts like one of the client's).
BEGIN, COMMIT, SET and their like count as statements of their own. Literals are replaced by $1, $2, so a thousand
inserts are one text with a thousand calls. Counts are taken before and after and subtracted: a reset would disturb
other counts on the same server. A server that is full of statements forgets those that ran least. On a private server
only its submission can fill it, and a count during which something was forgotten fails. On one that others share nobody
can say who filled it, so what has been forgotten there is not counted.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from classroom.core.errors import CouldNotCheck
from classroom.services.postgres.admin import PRIVATE, failure
from classroom.services.postgres.errors import DatabaseError
from classroom.services.postgres.touched_tables import SYSTEM_NAMES, SystemNames, read_names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from classroom.services.postgres.access import Server
    from classroom.services.postgres.admin import Admin

SETTLE_SECONDS = 2.0
PAUSE = 0.005
# Look-ups in the catalogs that a driver makes for a new connection are not counted. The server takes statements on two
# relations for one if these have the same alias and their columns the same places (PostgreSQL 18), and shows the text of the
# first: so more of them than this may be reads of a table.
MOST_LOOKS = 10
MOST_TEXT = 300_000  # bytes of statements that are read; what is beyond them may touch any table
COUNTS = (
    "SELECT s.userid::bigint AS role, s.queryid AS id, sum(s.calls)::bigint AS calls, sum(s.rows)::bigint AS rows"
    " FROM {{schema}}.pg_stat_statements(false) s LEFT JOIN pg_roles ON pg_roles.oid = s.userid"
    " WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = %s) AND {whose} GROUP BY s.userid, s.queryid"
)
TEXTS = (
    "SELECT role, id, CASE WHEN sum(octet_length(query)) OVER (ORDER BY octet_length(query), id, role) <= %s THEN query END AS query"
    " FROM (SELECT s.userid::bigint AS role, s.queryid AS id, max(s.query) AS query FROM {schema}.pg_stat_statements(true) s"
    " WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = %s) AND s.queryid = ANY(%s)"
    " GROUP BY s.userid, s.queryid) texts"
)
# Grows with each time that the server forgets statements to make room for others, and with each loss of all of them.
FORGOTTEN = "SELECT dealloc AS evictions, stats_reset::text AS reset FROM {schema}.pg_stat_statements_info"
BUSY = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND {whose} AND backend_type = 'client backend'"
    " AND (state = 'active' OR state LIKE 'idle in transaction%%') LIMIT 1"
)
SESSIONS = (
    "SELECT pid, state, query, extract(epoch FROM now() - state_change)::float AS seconds FROM pg_stat_activity"
    " WHERE datname = %s AND {whose} AND backend_type = 'client backend' ORDER BY backend_start"
)
CURSOR, FETCH = (re.compile(rf"\s*{word}\b", re.IGNORECASE) for word in ("DECLARE", "FETCH"))


@dataclass(frozen=True)
class Scope:
    """Whose statements and sessions in a database are looked at.

    Attributes:
        database: its name.
        role: a role that may see their texts.
        only: only those of this role (the reader's); those of all roles but *others* if it is None.
        others: roles of the course's, and of what is looked at by itself. The provisioner's own never counts.
    """

    database: str
    role: str
    only: str | None = None
    others: tuple[str, ...] = ()

    def query(self, sql: str, name: str) -> tuple[str, list[object]]:
        """Return one of the queries above, for the column that holds a role's name, with its parameters."""
        if self.only is not None:
            return sql.format(whose=f"{name} = %s"), [self.database, self.only]
        others = f"{name} IS DISTINCT FROM session_user AND coalesce({name} <> ALL(%s), true)"
        return sql.format(whose=others), [self.database, list(self.others)]


class Statement(NamedTuple):
    """A statement as the server counts it: its text without literals, how often it ran, how many rows it sent.

    `hidden` says that it may touch any table, whatever its text names.
    """

    query: str
    calls: int
    rows: int
    hidden: bool = False


NEVER = Statement("", 0, 0)


@dataclass
class Counted:
    """The statements that ran while they were counted; complete once counting has stopped."""

    statements: list[Statement] = field(default_factory=list)

    def total(self, naming: Iterable[str] | None = None) -> int:
        """Return how many statements ran, of those that touch one of the tables."""
        return sum(statement.calls for statement in self.of(naming))

    def rows(self, naming: Iterable[str] | None = None) -> int:
        """Return how many rows these statements sent or touched.

        If one of these statements opens a cursor, every FETCH is included: the server counts a cursor's rows there, and a
        FETCH names no table.
        """
        asked = self.of(naming)
        if naming is not None and any(CURSOR.match(statement.query) for statement in asked):
            asked += [
                statement for statement in self.statements if FETCH.match(statement.query) and statement not in asked
            ]
        return sum(statement.rows for statement in asked)

    def of(self, naming: Iterable[str] | None = None) -> list[Statement]:
        """Return the statements that touch one of the tables, or all."""
        if naming is None:
            return self.statements
        names = frozenset(naming)
        return [
            statement for statement in self.statements if statement.hidden or names & read_names(statement.query).all
        ]


class StatementCounter:
    """Takes the counts of a submission's statements in one database.

    Args:
        admin: the provisioner's connection to a database of its own.
        scope: whose statements are counted.
        superuser: whether *admin* is one.
        tables: returns the names of the tables in the database.
    """

    def __init__(self, admin: Admin, scope: Scope, *, superuser: bool, tables: Callable[[], Collection[str]]) -> None:
        self.admin = admin
        self.scope = scope
        # Texts are shown to a superuser and to the role itself, which an ordinary provisioner is a member of.
        self.as_role = "" if superuser else f"SET LOCAL ROLE {scope.role}; "
        self.tables = frozenset(tables())

    def counts(self) -> dict[tuple[int, int | None], Statement]:
        """Return what has run so far, without texts, once no session is at work.

        Raises:
            CouldNotCheck: The server does not count statements.
        """
        self.settle()
        return self.so_far()

    def forgotten(self) -> dict[str, Any]:
        """Return how often the server has forgotten statements; nothing on one that others share, who may be the cause."""
        if self.admin.server.way != PRIVATE:
            return {}
        return self.read(FORGOTTEN)[0] | {"epoch": self.admin.epoch()}

    def ensure_nothing_forgotten(self, before: dict[str, Any]) -> None:
        """Make sure that every statement since *before*, which `forgotten` returned, has been counted.

        Raises:
            DatabaseError: The submission has run so many that the server has forgotten some, or its server was restarted.
        """
        now = self.forgotten()
        if now == before:
            return
        if now["epoch"] != before["epoch"]:
            raise DatabaseError(
                "The database server crashed while the statements that the app runs were being counted."
            )
        raise DatabaseError("The app ran too many different SQL statements for the database server to count them all.")

    def so_far(self) -> dict[tuple[int, int | None], Statement]:
        """Return what the server has counted up to now, while sessions are at work.

        Raises:
            CouldNotCheck: The server does not count statements.
        """
        sql, parameters = self.scope.query(COUNTS, "rolname")
        rows = self.read(sql, *parameters)
        return {(row["role"], row["id"]): Statement("", row["calls"], row["rows"]) for row in rows}

    def read(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Run a query on the statistics, whose schema it calls {schema}, and return its rows.

        Raises:
            CouldNotCheck: The server does not count statements.
            DatabaseError: The submission's own server refused the query.
        """
        schema = self.admin.statistics()
        if not schema:
            raise uncounted(self.admin.server, "the extension is missing")
        answers, refusal = self.admin.attempt(self.as_role + sql.format(schema=schema), *parameters)
        if refusal is not None:
            raise uncounted(self.admin.server, refusal.message)
        return answers[-1].rows

    def since(self, before: dict[tuple[int, int | None], Statement]) -> list[Statement]:
        """Return what has run since *before*, the most frequent first."""
        found = {}
        for key, now in self.counts().items():
            then = before.get(key, NEVER)
            if now.calls > then.calls:
                found[key] = Statement("", now.calls - then.calls, now.rows - then.rows)
        texts = self.texts(found) if found else {}
        looks = sum(statement.calls for key, statement in found.items() if self.looks_up(texts.get(key)))
        statements = [
            statement._replace(
                query=texts.get(key) or "",
                hidden=self.is_hidden(texts.get(key)) or (looks > MOST_LOOKS and self.looks_up(texts.get(key))),
            )
            for key, statement in found.items()
        ]
        return sorted(statements, key=lambda statement: -statement.calls)

    def texts(self, keys: Iterable[tuple[int, int | None]]) -> dict[tuple[int, int | None], str | None]:
        """Return the texts of statements; None for one that the server has lost, and for what is too much to read."""
        ids = [number for _, number in keys if number is not None]
        rows = self.read(TEXTS, MOST_TEXT, self.scope.database, ids)
        return {(row["role"], row["id"]): row["query"] for row in rows}

    def is_hidden(self, query: str | None) -> bool:
        """Whether a statement may touch a table that it does not name."""
        names = read_names(query)
        if names.runs_code:
            return True
        if names.all & self.tables or not (names.tables or names.functions):
            return False
        system = system_names(self.admin)
        return not (names.tables <= system.tables and names.functions <= system.functions)

    def looks_up(self, query: str | None) -> bool:
        """Whether a statement reads the catalogs and, by its text, no table of the submission."""
        names = read_names(query)
        return bool(names.system or names.tables) and not names.all & self.tables

    def settle(self) -> None:
        """Wait until no session is at work.

        With the extended protocol a statement is counted when its transaction goes on or ends, and an app may end
        that after it has sent its response.
        """
        end = time.monotonic() + SETTLE_SECONDS
        sql, parameters = self.scope.query(BUSY, "usename")
        while self.admin.ask(sql, *parameters) and time.monotonic() < end:
            time.sleep(PAUSE)


def uncounted(server: Server, reason: str) -> Exception:
    """Return the error for a server that does not count statements, or cannot say how many there were."""
    if server.way == PRIVATE:
        return failure(server, f"The statements that the app ran could not be counted: {reason}.")
    return CouldNotCheck(
        f"This server does not count statements ({reason}): load pg_stat_statements and create its extension in the "
        "database at DATABASE_URL, or unset DATABASE_URL."
    )


def system_names(admin: Admin) -> SystemNames:
    """Return what the server itself brings along; it is asked once for each provisioner."""
    if admin.system_names is None:
        rows = admin.ask(SYSTEM_NAMES)
        admin.system_names = SystemNames(
            frozenset(row["name"] for row in rows if row["is_table"]),
            frozenset(row["name"] for row in rows if not row["is_table"]),
        )
    return admin.system_names
