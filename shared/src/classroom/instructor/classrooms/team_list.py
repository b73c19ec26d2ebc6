"""A table of who is in which team, as an instructor keeps it in a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.text import one_line
from classroom.instructor.named_student import named_student
from classroom.instructor.spreadsheet import plain_heading, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.instructor.roster import Roster, Student

TEAM = ("team", "group", "teamname", "groupname")
STUDENT = ("student", "username", "githubusername", "identifier", "email", "emailaddress", "name", "fullname")


def read_team_list(path: Path, roster: Roster) -> dict[str, str]:
    """Return the team of each student in a CSV file, by username.

    Args:
        path: the file, with a column for the team and one that names the student.
        roster: the students of the class.

    Raises:
        UsageError: it cannot be read, lacks a column, or a row names nobody, no team, or someone a second time.
    """
    table = read_table(path, (*TEAM, *STUDENT))
    headings = [plain_heading(heading) for heading in table.headings]
    at = [next((headings.index(name) for name in names if name in headings), None) for names in (TEAM, STUDENT)]
    if at[0] is None or at[1] is None:
        raise UsageError(f"{path} has no columns named team and student: add them to its first line.")
    found: dict[str, str] = {}
    for row in table.rows:
        where, cells = f"{path}, line {row.line}", [*row.cells, *[""] * len(headings)]
        team, name = cells[at[0]], cells[at[1]]
        student = _student(name, roster, where)
        if student is None:
            raise UsageError(f"{where}: there is no student {one_line(name) or '(empty)'} on the roster.")
        if not team:
            raise UsageError(f"{where}: {one_line(name)} has no team. Write one, or remove the line.")
        if student.username in found:
            raise UsageError(f"{where}: {one_line(name)} is on an earlier line, too. Remove one of them.")
        found[student.username] = team
    if not found:
        raise UsageError(f"{path} has no students: write one line for each.")
    return found


def _student(name: str, roster: Roster, where: str) -> Student | None:
    try:
        return named_student(name, roster)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None
