"""Find what rules ask about in a student's own lines: in Python by its syntax tree, in SQL line by line."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from classroom.instructor.interview.constructs import FUNCTIONS, KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from classroom.instructor.interview.rules import Rule

MAX_LETTERS = 100_000  # of a file that is read as Python: about 2,500 lines
MAX_FOUND = 50  # of one rule
MAX_LINE = 400


@dataclass(frozen=True)
class Found:
    """A construct that a rule has found.

    Attributes:
        rule: its name.
        function: the name of the function around it; empty if it does not exist.
        text: the name that was found.
    """

    rule: str
    file: str
    line: int
    function: str = ""
    text: str = ""


@dataclass(frozen=True)
class Reading:
    """What was read of a submission.

    Attributes:
        found: by the rules.
        texts: of the files in which something was found, by path.
        problems: a sentence for each file that cannot be read as Python.
    """

    found: tuple[Found, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def find_all(rules: Iterable[Rule], files: Mapping[str, str], own: Mapping[str, set[int]]) -> Reading:
    """Return what the rules find in the lines that the student wrote.

    Args:
        rules: of the week.
        files: the submission's texts, by path.
        own: the numbers of the lines that are not the starter's, by path.
    """
    found: list[Found] = []
    problems: list[str] = []
    rules = list(rules)
    for file, text in sorted(files.items()):
        if not own.get(file):
            continue
        if file.endswith(".py"):
            try:
                found += _in_python([rule for rule in rules if rule.python], file, text, own[file])
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
                problems.append(f"{file}{line} cannot be read as Python, or is too long.")
        if file.endswith((".py", ".sql")):
            found += _in_sql([rule for rule in rules if rule.sql], file, text, own[file])
    asked = {one.file for one in found}
    texts = {file: text for file, text in files.items() if file in asked}
    return Reading(tuple(found), texts, tuple(problems))


def _in_sql(rules: list[Rule], file: str, text: str, own: set[int]) -> Iterator[Found]:
    lines = [(number, line[:MAX_LINE]) for number, line in enumerate(text.splitlines(), 1) if number in own]
    for rule in rules:
        matches = ((number, re.search(rule.sql, line, re.IGNORECASE)) for number, line in lines)
        hits = [Found(rule.name, file, number, text=match[0]) for number, match in matches if match]
        yield from hits[:MAX_FOUND]


def _in_python(rules: list[Rule], file: str, text: str, own: set[int]) -> list[Found]:
    if len(text) > MAX_LETTERS:
        raise ValueError
    tree = ast.parse(text)
    around = _functions(tree)
    found: dict[str, list[Found]] = {rule.name: [] for rule in rules}
    wanted: dict[str, list[tuple[str, Rule]]] = {}
    for rule in rules:
        kind, _, name = rule.python.partition(":")
        wanted.setdefault(kind, []).append((name, rule))
    for node in ast.walk(tree):
        for kind, of_kind in wanted.items():
            for at, spelled in KINDS[kind](node):
                line = at.lineno
                for name, rule in of_kind if line in own else ():
                    if _is_named(spelled, name) and len(found[rule.name]) < MAX_FOUND:
                        found[rule.name].append(Found(rule.name, file, line, around.get(line, ""), spelled))
    return [one for of_rule in found.values() for one in of_rule]


def _functions(tree: ast.AST) -> dict[int, str]:
    """Return the name of the innermost function of each line, of functions that are not absurdly long."""
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    lines: dict[int, str] = {}
    for node in functions:  # from the outside in
        lines |= dict.fromkeys(
            range(node.lineno, min(node.end_lineno or node.lineno, node.lineno + 500) + 1), node.name
        )
    return lines


def _is_named(spelled: str, name: str) -> bool:
    return not name or spelled == name or spelled.endswith(f".{name}")
