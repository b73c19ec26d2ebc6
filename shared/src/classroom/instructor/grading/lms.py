"""Grades for a learning management system: a CSV file in the columns that Canvas or Moodle imports.

Canvas reads the columns in this order, the assignment after "Section", and a row "Points Possible"
(lib/gradebook_importer.rb). Moodle's grading worksheet needs Identifier, Grade and Last modified (grade), its gradebook
an email address or an ID number (mod/assign/feedback/offline/importgradeslib.php, grade/import/csv).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.result import EXCUSED, GRADED, Result
from classroom.core.text import one_line
from classroom.instructor.grading.gradebook import table_text
from classroom.instructor.grading.matching import matched
from classroom.instructor.roster import Student
from classroom.instructor.spreadsheet import plain_heading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from classroom.instructor.roster import Roster

SYSTEMS = ("canvas", "moodle")
CANVAS_IDS = ("ID", "SIS User ID", "SIS Login ID")
MOODLE_COLUMNS = (
    *("Identifier", "Full name", "ID number", "Email address"),
    *("Grade", "Last modified (grade)", "Feedback comments"),
)
PARTICIPANT = "participant "  # how Moodle's worksheet begins an identifier


@dataclass(frozen=True)
class Export:
    """What was exported, and what was not.

    Attributes:
        assignment: the name of the assignment.
        rows: how many students the file has.
        unmatched: students who have a result, and whom the platform would not recognize.
        ungraded: students without points, because they could not be graded.
        absent: students on the platform's roster who have no result.
    """

    assignment: str
    rows: int
    unmatched: tuple[str, ...]
    ungraded: tuple[str, ...]
    absent: tuple[str, ...]


def export_grades(
    system: str,
    results: Sequence[Result],
    students: Mapping[str, Student],
    path: Path,
    *,
    roster: Roster | None = None,
    assignment: str | None = None,
) -> Export:
    """Write the grades of a week for a platform.

    Args:
        system: canvas or moodle.
        results: of the week, at least one.
        students: by the name of their submission, as `grade` has kept them.
        path: the file.
        roster: the platform's own list of students, if it is not the one that `grade` had.
        assignment: its name on the platform; the week's by default.

    Raises:
        UsageError: no student can be matched.
    """
    known = _known(system, results, students, roster)
    unmatched = [result.submission for result in results if result.submission not in known]
    rows = [(known[result.submission], result) for result in results if result.submission in known]
    rows.sort(key=lambda row: row[0].name.casefold())
    scored = [(student, result) for student, result in rows if result.score is not None or result.status == EXCUSED]
    title = assignment or results[0].assignment
    write_atomic(path, table_text(_canvas(title, scored) if system == "canvas" else _moodle(scored)))
    return Export(
        title,
        len(scored),
        tuple(one_line(students[name].label if name in students else name) for name in unmatched),
        tuple(one_line(student.label) for student, result in rows if (student, result) not in scored),
        tuple(one_line(one.label) for one in roster or () if one not in known.values()),
    )


def _known(
    system: str, results: Sequence[Result], students: Mapping[str, Student], roster: Roster | None
) -> dict[str, Student]:
    """Return the students whom the platform will recognize, by the name of their submission."""
    everybody = {result.submission: students.get(result.submission, Student(result.submission)) for result in results}
    there = matched(everybody, roster) if roster is not None else students
    found = {name: there[name] for name in everybody if name in there and is_recognized(system, there[name])}
    if not found:
        raise UsageError(
            f"None of the {len(results)} students can be matched with {system.capitalize()}: add --roster and the "
            f"{'gradebook' if system == 'canvas' else 'grading worksheet'} that you exported there."
        )
    return found


def is_recognized(system: str, student: Student) -> bool:
    """Return whether the roster says of a student what `canvas` or `moodle` recognizes students by."""
    return _has_canvas_id(student) if system == "canvas" else _has_moodle_id(student)


def _has_canvas_id(student: Student) -> bool:
    return any(_cell(student, heading) for heading in CANVAS_IDS)


def _has_moodle_id(student: Student) -> bool:
    return bool(student.email or _participant(student) or _cell(student, "ID number"))


def _cell(student: Student, heading: str) -> str:
    """Return what the roster has under a heading."""
    wanted = plain_heading(heading)
    return next((text for name, text in student.other.items() if plain_heading(name) == wanted), "")


def _participant(student: Student) -> str:
    return student.identifier if student.identifier.casefold().startswith(PARTICIPANT) else ""


def _canvas(title: str, rows: Sequence[tuple[Student, Result]]) -> list[list[object]]:
    table: list[list[object]] = [["Student", *CANVAS_IDS, "Section", title]]
    table.append(["    Points Possible", "", "", "", "", rows[0][1].max_score if rows else ""])
    for student, result in rows:
        ids = (_cell(student, heading) for heading in CANVAS_IDS)
        points = "EX" if result.status == EXCUSED else result.score
        table.append([student.name or student.label, *ids, student.section, points])
    return table


def _moodle(rows: Sequence[tuple[Student, Result]]) -> list[list[object]]:
    table: list[list[object]] = [list(MOODLE_COLUMNS)]
    for student, result in rows:
        who = (_participant(student), student.name or student.label, _cell(student, "ID number"), student.email)
        points = "" if result.status == EXCUSED else result.score
        table.append([*who, points, _cell(student, "Last modified (grade)"), _comment(result)])
    return table


def _comment(result: Result) -> str:
    """Return the points of each task, and what the instructor changed, in one line and without any text of the student's."""
    parts = [f"Task {task.number}: {result.points(task)} of {task.points}." for task in result.tasks]
    parts = parts if result.status == GRADED else [] if result.status == EXCUSED else [f"Status: {result.status}."]
    parts += [f"Late: {result.late}."] if result.late else []
    return " ".join([*parts, *(change.text for change in result.adjustments)])
