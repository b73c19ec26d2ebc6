"""What a response must not show: the database and the program behind an app."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classroom.apps.exchange import Answer

# Libraries, tracebacks and PostgreSQL's own messages. A sentence such as "could not insert into the database" is not a leak.
PROGRAM = r"sqlalchemy|psycopg|asyncpg|traceback|\.py\b"
SELECT, FROM = "select", "from"  # the two parts of a query, which are a leak only together
MESSAGES = (
    r"\bviolates (?:foreign key|not-null|unique|check|exclusion) constraint|\bduplicate key value\b|\bnull value in column\b"
    r"|\b(?:not present in|still referenced from) table\b|\b(?:on table|of relation) \\?\"|\binvalid input syntax for type\b"
    r"|\bfield value out of range\b|(?-i:\\nLINE \d+: |\\nDETAIL:  )"
)


def leak_pattern(*tables: str) -> re.Pattern[str]:
    """Return a pattern of what shows a library, a traceback, PostgreSQL's messages or a statement on these tables."""
    named = "|".join(map(re.escape, tables))
    table = rf"\s+(?:\w+\.)?\"?(?:{named})\b"
    statements = rf"\binsert\s+into{table}|\bupdate{table}\"?\s+set\b|\bdelete\s+from{table}"
    # `select.*from` in one pattern would look through the rest of the text for each `select`; leak_in joins the two.
    query = rf"(?P<{SELECT}>\bselect(?=\s))|(?P<{FROM}>\sfrom{table})"
    return re.compile("|".join([PROGRAM, MESSAGES, *([statements, query] if tables else [])]), re.IGNORECASE)


def leak_in(answer: Answer, pattern: re.Pattern[str], *secrets: str, headers: bool = False) -> str | None:
    """Return the first part of a response that it must not show, or None, in time linear in its length.

    Args:
        answer: the response.
        pattern: of what must not be shown, such as `leak_pattern` returns.
        secrets: further texts that must not be shown; an empty one is ignored.
        headers: whether to search the values of the headers as well.
    """
    forbidden = "|".join([*(re.escape(secret) for secret in secrets if secret), pattern.pattern])
    shown = answer.text + (" ".join(answer.headers.values()) if headers else "")
    selects: list[re.Match[str]] = []
    for found in re.finditer(forbidden, shown, pattern.flags):
        if found.lastgroup == SELECT:
            selects.append(found)
        elif found.lastgroup != FROM:
            return found[0]
        elif (select := next((one for one in reversed(selects) if one.end() < found.start()), None)) is not None:
            return shown[select.start() : found.end()]
    return None
