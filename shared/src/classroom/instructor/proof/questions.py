"""Check the questions of a week: each rule finds something in the solution or in another right answer."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.scratch import ScratchDir
from classroom.instructor.grading.similarity import starter_of
from classroom.instructor.interview.find import find_all
from classroom.instructor.interview.rules import read_rules, rules_file
from classroom.instructor.proof.cases import RIGHT, SOLUTION, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from classroom.core.assignment import Assignment

ENDINGS = (".py", ".sql")
MIN_RULES = 12  # five questions are drawn, and students talk to each other


def problems(assignment: Assignment) -> Iterator[str]:
    """Yield what is wrong with a week's questions; a week without any has no problem."""
    path = rules_file(assignment)
    if not path.is_file():
        return
    try:
        rules = read_rules(assignment)
    except UsageError as error:
        yield str(error)
        return
    if len(rules) < MIN_RULES:
        yield f"{path} has {len(rules)} questions: a class needs at least {MIN_RULES}, since five are drawn for each student."
    starter = starter_of(assignment)
    left = rules
    with ScratchDir("questions") as scratch:
        for texts in _right_answers(assignment, scratch):
            found = {one.rule for one in find_all(left, texts, starter.own_lines(texts)).found}
            left = [rule for rule in left if rule.name not in found]
            if not left:
                return
    for rule in left:
        yield f"{path}: the question {rule.name} finds nothing in the solution or any other right answer."


def _right_answers(assignment: Assignment, scratch: Path) -> Iterator[dict[str, str]]:
    """Yield the files of the solution, then those of each other right answer, by path."""
    for case in cases(assignment):
        if case.kind in (SOLUTION, RIGHT):
            with contextlib.suppress(UsageError):  # `verify` names a case that does not match the solution
                case.materialize(assignment, scratch / case.title)
                yield _texts(scratch / case.title)


def _texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(folder.rglob("*"))
        if path.suffix in ENDINGS
    }
