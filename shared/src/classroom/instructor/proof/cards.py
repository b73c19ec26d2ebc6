"""The page docs/cards.md: for some slips of each week, the card that the student gets."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from rich.console import Console

from classroom.instructor.proof.slips import read_slips, unnamed
from classroom.student.scorecard import Scorecard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result
    from classroom.instructor.proof.cases import Case
    from classroom.instructor.proof.slips import Slip

WIDTH = 80
WEEK = re.compile(r"^## (\S+)\n", re.MULTILINE)
SLIP = re.compile(r"^### (\S+)\n", re.MULTILINE)


def card(assignment: Assignment, result: Result) -> str:
    """Return the card of the first red task as plain text, as a terminal of 80 columns shows it."""
    text = io.StringIO()
    console = Console(file=text, width=WIDTH, highlight=False, no_color=True)
    Scorecard(assignment, result, console, pushed=True).print_card()  # with the commands for the week's own folder
    return "\n".join(line.rstrip() for line in text.getvalue().strip("\n").splitlines())


def slips_on(page: str, assignment: Assignment) -> list[Slip]:
    """Return the slips whose cards a page has for a week, in the page's order."""
    by_name = {slip.case.name: slip for slip in read_slips(assignment)}
    parts = WEEK.split(page)
    names = [
        name
        for week, body in zip(parts[1::2], parts[2::2], strict=True)
        if week == assignment.name
        for name in SLIP.findall(body)
    ]
    return [by_name[name] for name in names if name in by_name]


def graded(assignment: Assignment, slips: list[Slip], jobs: int, seed: int) -> dict[str, Result]:
    """Return the result of each slip, by its name."""
    results: dict[str, Result] = {}

    def keep(case: Case, result: Result) -> None:
        results[case.name] = result

    unnamed(assignment, slips, jobs, seed, "none", keep)
    return results


def updated(page: str, slips: list[Slip], cards: Mapping[str, str]) -> str:
    """Return a page with these cards, and what each slip is about, below their headings."""
    parts = SLIP.split(page)
    about = {slip.case.name: slip.case.about for slip in slips}
    for index in range(1, len(parts), 2):
        name = parts[index]
        heading = re.search(r"^## ", parts[index + 1], re.MULTILINE)
        rest = parts[index + 1][heading.start() :] if heading else ""
        if name in cards:
            parts[index + 1] = f"\n{about[name]}\n\n````text\n{cards[name]}\n````\n\n{rest}"
    text = parts[0] + "".join(f"### {name}\n{body}" for name, body in zip(parts[1::2], parts[2::2], strict=True))
    return text.rstrip("\n") + "\n"
