"""The rows that a check stored with SQL and a request is about, as SQL to type before the request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from classroom.core.commands import typed
from classroom.services.postgres.quoting import literal

if TYPE_CHECKING:
    from classroom.apps.exchange import Exchange
    from classroom.checks.by_hand.trail import Statement

INSERT = re.compile(r"INSERT INTO (\w+) \(([\w, ]+)\)([A-Z ]*) VALUES ([(%s), ]+)")
MAX_ROWS = 4  # that are shown
SHORT = 3  # characters of a text that is looked for
FIRST = "First, store the check's rows in your own database:"
END = "SQL"


class Row(NamedTuple):
    """A row of an INSERT statement.

    Attributes:
        table: its table.
        option: what the statement says between its columns and its values.
        values: by column.
    """

    table: str
    option: str
    values: dict[str, object]

    def __str__(self) -> str:
        columns, values = ", ".join(self.values), ", ".join(map(_literal, self.values.values()))
        return f"INSERT INTO {self.table} ({columns}){self.option} VALUES ({values});"  # noqa: S608 - shown, never run


def row_lines(statements: list[Statement], requests: list[Exchange], week: str) -> list[str] | None:
    """Return the lines that store the rows which requests are about, or None if they are not known, or too many."""
    rows = _rows(statements)
    ids = {int(number) for request in requests for number in re.findall(r"/(\d{1,18})(?=[/?]|$)", request.path)}
    texts = {value.casefold() for request in requests for _, value in parse_qsl(urlsplit(request.path).query)}
    found = [row for row in rows or () if _is_about(row, ids, {text for text in texts if len(text) >= SHORT})]
    ids |= {value for row in found for name, value in row.values.items() if name.endswith("_id") and type(value) is int}
    found = [row for row in rows or () if row in found or row.values.get("id") in ids]
    if not 0 < len(found) <= MAX_ROWS or ids - {row.values.get("id") for row in found}:
        return None
    return [FIRST, f"{typed('psql', week)} <<'{END}'", *map(str, found), END]


def _rows(statements: list[Statement]) -> list[Row] | None:
    """Return the rows of statements, or None if one of them is anything but an INSERT of values."""
    rows = []
    for sql, values in statements:
        found = INSERT.fullmatch(sql)
        columns = found[2].split(", ") if found else []
        if not found or len(values) != found[4].count("%s") or len(values) % len(columns):
            return None
        for at in range(0, len(values), len(columns)):
            rows.append(Row(found[1], found[3], dict(zip(columns, values[at:], strict=False))))
    return rows


def _is_about(row: Row, ids: set[int], texts: set[str]) -> bool:
    if any((name == "id" or name.endswith("_id")) and value in ids for name, value in row.values.items()):
        return True
    return any(text in value.casefold() for value in row.values.values() if isinstance(value, str) for text in texts)


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int | float) else literal(str(value))
