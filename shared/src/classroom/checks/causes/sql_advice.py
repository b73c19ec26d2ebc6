"""Advice about SQL in an app's code: placeholders, parameters, and words of other languages, each a small rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.checks.causes.scene import Scene

PERCENT = "in SQL with parameters, `%` starts a placeholder: write a percent sign as `%%`, or put it in the value."
OF_A_TYPE = re.compile(r"(?<=[ (=])%[dif](?![\w%'])")
UNFIT = re.compile(
    r"not all arguments converted|index out of range|does not support indexing|object is not subscriptable"
    r"|not enough arguments for format|the query has \d+ placeholders?|dict is not a sequence"
    r"|argument 2 must be|query parameters should be a sequence"
)
NO_SEQUENCE = re.compile(
    r"does not support indexing|not subscriptable|argument 2 must be|should be a sequence|not all arguments converted"
)
SUBSCRIPT = re.compile(r"\b\w+\[[\"'\w]")


def _placeholder(scene: Scene) -> str | None:
    """Recognize parameters that do not fit the placeholders of a statement."""
    if "unsupported format character" in scene.text or "only '%s', '%b', '%t' are allowed" in scene.text:
        typed = OF_A_TYPE.search(scene.statement)
        return f"psycopg's placeholder is `%s` for every type, not `{typed[0]}`." if typed else PERCENT
    if not UNFIT.search(scene.text) or not re.search(r"\bexecute(?:many)?\s*\(", scene.source):
        return None
    if "not subscriptable" in scene.text and SUBSCRIPT.search(scene.statement):
        return None  # which is not a matter of SQL
    if re.search(r"(?<![\w%'])\?(?!\w)|\$\d", scene.statement):
        return "psycopg's placeholder is `%s`, not `?`."
    if re.search(r"(?<=[\s(=]):[a-z_]\w*", scene.statement):
        return "psycopg's placeholder is `%s`, not `:name`."
    if re.search(r"'%'|%'|'%", scene.statement + scene.above):
        return PERCENT
    single = re.search(
        r"(?:[\"']|execute\(\s*\w+)\s*,\s*\(?\s*([A-Za-z_][\w.]*(?:\([\w., ]*\))?)\s*\)?,?\s*\)", scene.statement
    )
    if "dict is not a sequence" in scene.text:
        return "a dict of parameters needs named placeholders, such as `%(name)s`: for `%s`, pass a tuple."
    if single and NO_SEQUENCE.search(scene.text):
        return f"the parameters must be a tuple: `({single[1]},)`, with the comma."
    return f"{scene.error.first_line}: the statement does not have as many `%s` as there are parameters."


VALUE_IN_TEXT = re.compile(r"""\bf["'](?:[^"'\n]|['"](?!\s*\n)){0,300}\{\w|\.format\(|["'] *[+%] *[\w(]|\w *\+ *["']""")


def _sql_syntax(scene: Scene) -> str | None:
    """Recognize values and placeholders of other databases in the text of a statement."""
    if not re.search(r'syntax error at|column "[^"]*" does not exist|invalid input syntax', scene.text):
        return None
    shown = re.search(r"LINE \d+: (.*)", scene.text)
    sql = shown[1] if shown else ""
    if re.search(r'(?:at or near|column) "none"', scene.text, re.IGNORECASE):
        return "None was written into the SQL text: pass values as parameters (`%s`), then None becomes NULL."
    if 'near ":"' in scene.text or re.search(r"[\s(=]:[a-z_]\w*", sql):
        return "`:name` is not a placeholder here: psycopg's placeholder is `%s`."
    if re.search(r"(?<!\w)\?(?!\w)", sql) or 'near "?"' in scene.text:
        return "`?` is not a placeholder here: psycopg's placeholder is `%s`."
    if 'near "%"' in scene.text and "%s" in sql:
        return "`%s` was sent unchanged: pass the parameters to execute() as its second argument."
    if VALUE_IN_TEXT.search(scene.statement) or VALUE_IN_TEXT.search(scene.above.rpartition("def ")[2]):
        message = re.sub(r"^\w+: (?:\([\w.]+\) )?", "", scene.error.first_line)
        return f"{message}: the value is part of the SQL text. Pass it as a parameter (`%s`)."
    return None


NO_COLUMNS = re.compile(r"\bINSERT\s+INTO\s+\w+[\"'\s]*VALUES\b", re.IGNORECASE)


def _sql_words(scene: Scene) -> str | None:
    """Recognize SQL that is written in a way that other languages allow."""
    message = re.sub(r"^\w+: (?:\([\w.]+\) )?", "", scene.error.first_line)
    if "no results to fetch" in scene.text:
        return f"{message}: INSERT, UPDATE and DELETE return rows only with RETURNING."
    if "invalid input syntax for type boolean" in scene.text and re.search(
        r"\bSET\b.*\bAND\b", scene.statement, re.DOTALL
    ):
        return f"{message}: in SET, columns are separated by commas, not AND."
    if re.search(
        r"invalid input syntax for type integer|more expressions than target columns", scene.text
    ) and NO_COLUMNS.search(scene.statement):
        return f"{message}: without a list of columns, the first value is for the first column of the table."
    text, quoted = scene.statement + scene.above, re.search(r"""column "'.*'" does not exist""", scene.text)
    if ("syntax error at or near" in scene.text and "'%s'" in text) or (quoted and '"%s"' in text.replace("\\", "")):
        return f"{message}: no quotes around %s, the driver adds them."
    return None


def _row_by_name(scene: Scene) -> str | None:
    if "tuple indices must be integers or slices, not str" in scene.text:
        return "a row is a tuple here: read it by position (row[0]), or use a cursor that returns dicts."
    return None


def _closed(scene: Scene) -> str | None:
    if re.search(r"(?:cursor|connection) already closed|connection is closed|cursor is closed", scene.text):
        return f"{scene.error.first_line}: this line is outside the `with` block that opened it."
    return None


RULES: tuple[Callable[[Scene], str | None], ...] = (
    _placeholder,
    _sql_words,
    _sql_syntax,
    _row_by_name,
    _closed,
)
