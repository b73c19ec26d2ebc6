"""Counting the SQL statements of one role, from what the server itself keeps in pg_stat_statements.

It counts what a client sends (`track = top`): a statement that a function, a trigger or a foreign key runs by itself is
part of the one that set it off (only what a deferred constraint runs at the commit counts like one of the client's).
BEGIN, COMMIT, SET and their like count as statements of their own. Literals are replaced by $1, $2, so a thousand
inserts are one text with a thousand calls. Counts are taken before and after and subtracted: a reset would disturb
whoever else is counting on the same server.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from classroom.core.errors import CouldNotCheck

if TYPE_CHECKING:
    from collections.abc import Iterable

    from classroom.services.postgres.admin import Admin

# Whatever a statement may ask of a submission's own: views and functions stand for the tables behind them.
NAMES = (
    "WITH own AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'classroom'))"
    " SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace IN (SELECT oid FROM own)"
    " UNION SELECT proname FROM pg_proc WHERE pronamespace IN (SELECT oid FROM own)"
)
SETTLE_SECONDS = 2.0
PAUSE = 0.005
COUNTS = (
    "SELECT s.queryid AS id, coalesce(max(s.query), '') AS query, sum(s.calls)::bigint AS calls, sum(s.rows)::bigint AS rows"
    " FROM pg_stat_statements s"
    " WHERE s.userid = %s::regrole AND s.dbid = (SELECT oid FROM pg_database WHERE datname = %s) GROUP BY s.queryid"
)
BUSY = (
    "SELECT 1 FROM pg_stat_activity WHERE usename = %s AND datname = %s"
    " AND (state = 'active' OR state LIKE 'idle in transaction%%') LIMIT 1"
)
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
CURSOR, FETCH = (re.compile(rf"\s*{word}\b", re.IGNORECASE) for word in ("DECLARE", "FETCH"))


class Statement(NamedTuple):
    """A statement as the server counts it: its text without literals, how often it ran, how many rows it sent."""

    query: str
    calls: int
    rows: int


NEVER = Statement("", 0, 0)


@dataclass
class Counted:
    """What a role ran while it was counted; complete when the counting has ended."""

    statements: list[Statement] = field(default_factory=list)

    def total(self, naming: Iterable[str] | None = None) -> int:
        """Return how many statements ran, of those that name one of the tables."""
        return sum(statement.calls for statement in self.of(naming))

    def rows(self, naming: Iterable[str] | None = None) -> int:
        """Return how many rows these statements sent or touched.

        What a cursor sends is counted by the server at its FETCH, which names no table.
        """
        asked = self.of(naming)
        if naming is not None and any(CURSOR.match(statement.query) for statement in asked):
            asked += [statement for statement in self.statements if FETCH.match(statement.query)]
        return sum(statement.rows for statement in asked)

    def of(self, naming: Iterable[str] | None = None) -> list[Statement]:
        """Return the statements that name one of the tables, or all."""
        if naming is None:
            return self.statements
        word = re.compile(rf"(?<![\w$])(?:{'|'.join(map(re.escape, naming))})(?![\w$])", re.IGNORECASE)
        return [statement for statement in self.statements if word.search(COMMENT.sub(" ", statement.query))]


class StatementCounter:
    """Takes the counts of one role in one database."""

    def __init__(self, admin: Admin, role: str, database: str, *, superuser: bool) -> None:
        self.admin = admin
        self.who = (role, database)
        # Texts are shown to a superuser and to the role itself, which an ordinary provisioner is a member of.
        self.counts_sql = COUNTS if superuser else f"SET LOCAL ROLE {role}; {COUNTS}"

    def counts(self) -> dict[int, Statement]:
        """Return what the role has run so far."""
        self.settle()
        answers, refusal = self.admin.attempt(self.counts_sql, *self.who)
        if refusal is not None:
            raise CouldNotCheck(
                f"This server does not count statements ({refusal.message}): load pg_stat_statements and create its "
                "extension in the database of DATABASE_URL, or take DATABASE_URL out of the environment."
            )
        return {row["id"]: Statement(row["query"], row["calls"], row["rows"]) for row in answers[-1].rows}

    def since(self, before: dict[int, Statement]) -> list[Statement]:
        """Return what it has run since *before*, the most frequent first."""
        found = []
        for key, now in self.counts().items():
            then = before.get(key, NEVER)
            if now.calls > then.calls:
                found.append(Statement(now.query, now.calls - then.calls, now.rows - then.rows))
        return sorted(found, key=lambda statement: -statement.calls)

    def settle(self) -> None:
        """Wait until no session of the role is at work.

        With the extended protocol a statement is counted when its transaction goes on or ends, and an app may end
        that after it has answered.
        """
        end = time.monotonic() + SETTLE_SECONDS
        while self.admin.ask(BUSY, *self.who) and time.monotonic() < end:
            time.sleep(PAUSE)
