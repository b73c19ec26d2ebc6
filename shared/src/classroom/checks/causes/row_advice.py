"""Advice about rows: what a response shows of the statements that an app sends to its database."""

from __future__ import annotations

import ast
import builtins
import json
import re
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import find_only
from classroom.checks.causes.reached import is_column, nodes_reached
from classroom.checks.causes.scene import MAX_SOURCE
from classroom.checks.causes.unexpected import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.checks.causes.reached import Reached
    from classroom.checks.causes.unexpected import Unexpected

TABLES = "schema/01_create_tables.sql"
CASCADE = re.compile(r"\bON\s+DELETE\s+CASCADE\b", re.IGNORECASE)
NOT_NULL = re.compile(r'null value in column "(\w{1,60})"')
CHOOSING = ("where", "filter", "having")
PATTERNS = ("like", "ilike")
DELETED, CONFLICT, INVALID, BROKEN = "204", "409", "422", 500


def without_lastrowid(response: Unexpected) -> str | None:
    """Recognize `lastrowid`, which PostgreSQL does not fill: the id that was sent is 0."""
    is_psycopg = any("psycopg" in text for text in response.routes.texts.values())
    if not is_psycopg or not isinstance(response.json, dict) or response.json.get("id", ...) not in (0, None):
        return None
    for function, node in nodes_reached(response.routes, response.handler):
        if isinstance(node, ast.Attribute) and node.attr == "lastrowid":
            return f"{function.file}, line {node.lineno}: lastrowid has no id in PostgreSQL: add RETURNING id, and fetch it."
    return None


def deleted_in_cascade(response: Unexpected) -> str | None:
    """Recognize a foreign key that deletes the rows that should have prevented the deletion."""
    found = STATUSES.search(response.message)
    if found is None or found.groups() != (DELETED, CONFLICT):
        return None
    path = response.folder / TABLES
    try:
        text = path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size <= MAX_SOURCE else ""
    except OSError:
        return None
    code = re.sub(r"--[^\n]*", lambda comment: " " * len(comment[0]), text)
    if cascade := CASCADE.search(code):
        line = code.count("\n", 0, cascade.start()) + 1
        return f"{TABLES}, line {line}: with ON DELETE CASCADE, the database deletes the referrals too, and refuses nothing."
    return None


def null_accepted(response: Unexpected) -> str | None:
    """Recognize a model that accepts the null that the database has refused."""
    found, refused = STATUSES.search(response.message), NOT_NULL.search(response.printed)
    is_invalid = INVALID in (found[2] if found else response.message.rpartition("expected")[2])
    if refused is None or not is_invalid or response.answer.status != BROKEN:
        return None
    try:
        sent = json.loads(response.exchange.content or b"")
    except (ValueError, RecursionError):
        return None
    if not isinstance(sent, dict) or sent.get(refused[1], ...) is not None:
        return None
    field = re.compile(rf"^[ \t]+{refused[1]}[ \t]*:(?![^\n]*\bMapped\b)([^\n=]*\bNone\b[^\n=]*)", re.MULTILINE)
    schemas = {file: text for file, text in response.routes.texts.items() if not file.endswith("models.py")}
    if (accepts := find_only(field, schemas)) is None:
        return None
    return f"{accepts.place}: `{refused[1]}: {accepts.match[1].strip()}` accepts null, which the database then rejects."


def compared_in_python(response: Unexpected) -> str | None:
    """Recognize a condition of a query that Python computes itself: `is`, or a function's name for a column's."""
    for function, node in _conditions(response):
        column, operator = node.left, node.ops[0]
        where = f"{function.file}, line {node.lineno}"
        if isinstance(operator, (ast.Is, ast.IsNot)) and is_column(column) and _has_tables(response):
            always = "False" if isinstance(operator, ast.Is) else "True"
            is_none = isinstance(node.comparators[0], ast.Constant)
            word = ("is_(None)" if always == "False" else "is_not(None)") if is_none else "=="
            better = f"use .{word}" if is_none else f"write {word if always == 'False' else '!='}"
            return f"{where}: Python itself compares `{ast.unparse(node)}`, and it is always {always}: {better}."
        if isinstance(column, ast.Name) and hasattr(builtins, column.id) and not _is_bound(column.id, function):
            return (
                f"{where}: `{column.id}` is Python's own {column.id}() here, not a column: "
                f"write the class before it, as in Resource.{column.id}."
            )
    return None


def whole_value(response: Unexpected) -> str | None:
    """Recognize `ilike(q)` where only a part of the value is known."""
    found = response.json.get("items") if isinstance(response.json, dict) else response.json
    if found != []:
        return None
    for function, node in nodes_reached(response.routes, response.handler):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in PATTERNS:
            value = node.args[0] if node.args else None
            if not isinstance(value, ast.Name) or f"{value.id}=" not in response.exchange.path:
                continue
            if is_column(node.func.value) and _is_argument(value.id, function):
                call = f"{node.func.attr}({value.id})"
                return (
                    f"{function.file}, line {node.lineno}: {call} finds only values that equal {value.id} as a whole: "
                    "for a part of the value, use icontains() or contains()."
                )
    return None


def limit_for_offset(response: Unexpected) -> str | None:
    """Recognize `.limit(offset).offset(limit)`."""
    for function, node in nodes_reached(response.routes, response.handler):
        if isinstance(node, ast.Call) and re.search(
            r"\.limit\(offset\)\.offset\(limit\)$|\.offset\(limit\)\.limit\(offset\)$", ast.unparse(node)
        ):
            return f"{function.file}, line {node.end_lineno}: limit and offset are swapped: write .limit(limit).offset(offset)."
    return None


def _conditions(response: Unexpected) -> Iterator[tuple[Reached, ast.Compare]]:
    """Yield the comparisons that are arguments of where() or filter()."""
    for function, node in nodes_reached(response.routes, response.handler):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHOOSING:
            yield from ((function, argument) for argument in node.args if isinstance(argument, ast.Compare))


def _has_tables(response: Unexpected) -> bool:
    """Return whether an app has classes of tables, whose attributes are columns."""
    return any("Mapped[" in text or "__tablename__" in text for text in response.routes.texts.values())


def _is_argument(name: str, function: Reached) -> bool:
    """Return whether a name is an argument of a function that it never changes."""
    stored = (
        node.id for node in ast.walk(function.node) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    arguments = function.node.args
    return name in [each.arg for each in (*arguments.args, *arguments.kwonlyargs)] and name not in stored


def _is_bound(name: str, function: Reached) -> bool:
    """Return whether a function gives a name another meaning than Python's own."""
    return any(
        (isinstance(node, ast.arg) and node.arg == name)
        or (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        for node in ast.walk(function.node)
    )
