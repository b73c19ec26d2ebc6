"""One part of a class, for a job that fetches and grades it: its students, and the adjustments that concern them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from classroom.core.files import write_atomic
from classroom.instructor.grading.adjustments import COLUMNS, EVERYBODY, FILE, read_adjustments, read_entries
from classroom.instructor.named_student import named_student

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.instructor.classrooms.github_git import RepoName
    from classroom.instructor.roster import Roster, Student


def students_of_part(
    roster: Roster, listed: Sequence[RepoName], part: Sequence[RepoName], slug: str, *, first: bool
) -> list[Student]:
    """Return the students of one part: those whose repositories are in it.

    Args:
        roster: all students.
        listed: all repositories.
        part: those of the part.
        slug: the name with which repositories' names begin.
        first: whether it is the first part, which also has the students without a repository.
    """
    theirs = {repository.student(slug).casefold() for repository in part}
    everybody = {repository.student(slug).casefold() for repository in listed}
    return [
        student
        for student in roster
        if student.username.casefold() in theirs or (first and student.username.casefold() not in everybody)
    ]


def write_adjustments_of(
    students: Sequence[Student], path: Path, to: Path, roster: Roster, assignment: Assignment, weeks: Sequence[str]
) -> None:
    """Write the rows of a file of adjustments that concern some students into a folder, where `grade` finds them.

    Raises:
        UsageError: the file cannot be read, or a row of it is wrong, whomever it concerns.
    """
    names = {student.username for student in students}

    def find(name: str) -> str | None:
        student = named_student(name, roster)
        return student.username if student else None

    read_adjustments(path, assignment, weeks, find)
    entries = [entry for entry in read_entries(path) if entry.student == EVERYBODY or find(entry.student) in names]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows([getattr(entry, name) for name in COLUMNS] for entry in entries)
    write_atomic(to / FILE, text.getvalue())
