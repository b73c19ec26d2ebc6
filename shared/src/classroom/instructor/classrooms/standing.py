"""How far each student of a classroom is: begun or not, the last push, and the score that it was told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.git_history import History
from classroom.core.result import EXCUSED, MISSING, NOT_STARTED, Result
from classroom.instructor.classrooms.due_dates import DueDates

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from classroom.core.assignment import Assignment
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.repository import Repository
    from classroom.instructor.grading.deadline import Deadline
    from classroom.instructor.roster import Student

STARTED, UNREADABLE = "started", "could-not-read"


@dataclass(frozen=True)
class Standing:
    """One student in one week.

    Attributes:
        student: who.
        status: missing (no repository), not-started, started, excused or could-not-read.
        pushes: how many pushes there were.
        pushed: when the last one was received.
        score: the points that the visible checks gave to the last graded push.
        max_score: the most that they can give.
        waiting: whether a later push has not been graded yet.
        closing: when the week closes for this student.
        outdated: whether a student who has started has not merged the newest handout.
        team: what the student's team is called; None without one.
        needs_team: whether the week has teams, and the student is in none.
    """

    student: Student
    status: str
    pushes: int = 0
    pushed: datetime | None = None
    score: int | None = None
    max_score: int = 0
    waiting: bool = False
    closing: Deadline | None = None
    outdated: bool = False
    team: str | None = None
    needs_team: bool = False


@dataclass(frozen=True)
class WeekStanding:
    """All students in one week, by name.

    Attributes:
        week: its name.
        zone: the classroom's time zone; None for this machine's.
        closing: when the week closes for those without an extension.
        students: how far each is.
    """

    week: str
    zone: tzinfo | None
    closing: Deadline | None
    students: tuple[Standing, ...]


def standings(classroom: Classroom) -> list[WeekStanding]:
    """Return how far the students on the roster are, week by week."""
    dates = DueDates(classroom)
    dates.read()
    students = sorted(classroom.students(), key=lambda student: student.label.casefold())
    found = []
    for week in classroom.weeks():
        repositories = classroom.repositories(week.name)
        rows = (_row(classroom, week, student, repositories, dates) for student in students)
        found.append(WeekStanding(week.name, dates.zone, dates.closing(week.name), tuple(rows)))
    return found


def _row(
    classroom: Classroom, week: Assignment, student: Student, found: Mapping[str, Repository], dates: DueDates
) -> Standing:
    name = classroom.work_name(week.name, student.username)
    return standing(classroom, week, student, found.get(name) if name else None, dates)


def standing(
    classroom: Classroom, week: Assignment, student: Student, repository: Repository | None, dates: DueDates
) -> Standing:
    """Return how far one student is in one week; `repository` is the one in which the student works."""
    found, teams = _standing(classroom, week, student, repository, dates), classroom.teams(week.name)
    if teams is None:
        return found
    team = teams.named(classroom.work_name(week.name, student.username) or "")
    return replace(found, team=team.title if team else None, needs_team=team is None)


def _standing(
    classroom: Classroom, week: Assignment, student: Student, repository: Repository | None, dates: DueDates
) -> Standing:
    closing = dates.own_closing(week.name, student.username)
    excused = dates.adjustments(week).excuse(student.username)
    if repository is None:
        return Standing(student, EXCUSED if excused else MISSING, closing=closing)
    try:
        pushes = repository.pushes()[1:]  # the first is the starter
        history = History.at(repository.path)
        own = [push for push in pushes if history and not history.is_handout(push.commit)]
    except ClassroomError:
        return Standing(student, UNREADABLE, closing=closing)
    status = EXCUSED if excused else STARTED if own else NOT_STARTED
    if not pushes:
        return Standing(student, status, closing=closing)
    last, result = pushes[-1], last_result(classroom, week.name, student.username)
    return Standing(
        student,
        status,
        pushes=len(pushes),
        pushed=last.received,
        score=result.score if result else None,
        max_score=week.max_score,
        waiting=result is None or result.commit != last.commit,
        closing=closing,
        outdated=bool(own and history and history.lacks_handout()),
    )


def last_result(classroom: Classroom, week: str, username: str) -> Result | None:
    """Return the result of a student's last graded push, without adjustments; None if it does not exist.

    In a week with teams that is the team's, under the student's name.
    """
    name = classroom.work_name(week, username)
    try:
        result = Result.from_json(classroom.score_path(week, name).read_text(encoding="utf-8")) if name else None
    except (OSError, ValueError):
        return None
    return replace(result, submission=username) if result else None
