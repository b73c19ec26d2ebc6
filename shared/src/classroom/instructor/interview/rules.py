"""The rules of a week, `grading/questions.toml`: each finds a construct in a student's code and asks about it.

    [[question]]
    name = "exception-raised"
    task = 4
    python = "raise:HTTPException"
    ask = "Line {line} raises HTTPException. What would a client see if it were returned instead?"
    good = "200 with the exception's fields as JSON, or a 500: only `raise` ends the request with 404."

A rule has either `python`, a construct as in `constructs.py`, or `sql`, a regular expression for one line of SQL in any
file, in upper or lower case. `ask` may name {line}, {file}, {function} and {found}, the text that was found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classroom.core.errors import UsageError
from classroom.instructor.interview.constructs import KINDS
from classroom.instructor.proof.case_file import read_case_file

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.core.assignment import Assignment

FILE = "questions.toml"
ENTRIES = {"name", "task", "python", "sql", "ask", "good"}


@dataclass(frozen=True)
class Rule:
    """A question, and the construct that it is about.

    Attributes:
        name: unique in a week.
        task: the task that the construct usually belongs to.
        python: a construct such as `raise:HTTPException`; empty if it is about SQL.
        sql: a regular expression for a line of SQL; empty if it is about Python.
        ask: the question, with placeholders.
        good: what a good answer mentions.
    """

    name: str
    task: int
    ask: str
    good: str
    python: str = ""
    sql: str = ""


def rules_file(assignment: Assignment) -> Path:
    """Return the path of a week's rules."""
    return assignment.folder / "grading" / FILE


def read_rules(assignment: Assignment) -> list[Rule]:
    """Return the rules of a week.

    Raises:
        UsageError: there are none, or an entry is invalid; the message names it.
    """
    path = rules_file(assignment)
    try:
        data = read_case_file(path, {"question"})
    except FileNotFoundError:
        raise UsageError(f"{assignment.name} has no questions: write {path}, as described in docs/checks.md.") from None
    tables = data.get("question", [])
    rules = [_rule(path, number, table, assignment) for number, table in enumerate(tables, 1)]
    names = [rule.name for rule in rules]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"{path}: two questions are called {twice}.")
    return rules


def _rule(path: Path, number: int, table: dict[str, Any], assignment: Assignment) -> Rule:
    where = f"{path}: question {number} ({table.get('name', 'without a name')})"
    if unknown := sorted(set(table) - ENTRIES):
        raise UsageError(f"{where} has the unknown entry {unknown[0]!r} (known: {', '.join(sorted(ENTRIES))}).")
    if missing := [entry for entry in ("name", "ask", "good") if not isinstance(table.get(entry), str)]:
        raise UsageError(f"{where} needs `{missing[0]}`, a string.")
    if table.get("task") not in {task.number for task in assignment.tasks}:
        raise UsageError(f"{where} needs `task`, the number of one of the week's tasks.")
    if ("python" in table) == ("sql" in table):
        raise UsageError(f"{where} needs either `python` or `sql`.")
    if "python" in table and table["python"].partition(":")[0] not in KINDS:
        raise UsageError(f"{where}: {table['python']!r} is not a construct (known: {', '.join(sorted(KINDS))}).")
    try:
        re.compile(table.get("sql", ""))
    except re.error as error:
        raise UsageError(f"{where}: `sql` is not a regular expression: {error}.") from None
    return Rule(**table)
