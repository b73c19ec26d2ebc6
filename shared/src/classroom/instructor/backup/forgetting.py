"""Remove what a classroom stores about a student who has left it; after an interruption it can be done again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from classroom.core.errors import UsageError
from classroom.instructor.backup.owned_database import owned_database
from classroom.instructor.backup.student_data import own_entries
from classroom.instructor.classrooms.adjust import undo
from classroom.instructor.classrooms.classroom import ROSTER, USERNAME, roster_lock
from classroom.instructor.classrooms.roster_change import UPLOADED
from classroom.instructor.classrooms.team_changes import TeamChanges
from classroom.instructor.grading.results import ATTEMPTS, EARLIER, plain_stem
from classroom.instructor.roster import DROPPED, former_students, write_roster
from classroom.instructor.site.models import STUDENT, Acceptance, Comment, HintsTaken, Person, Token
from classroom.instructor.workers.models import GradingJob

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.roster import Student

IN_A_WEEK = "*/*/*"  # WEEK/results/ada.json, and in releases WEEK/1/ada.json
AFTER_NAME = {ATTEMPTS: 1, EARLIER: 2}  # how many parts follow the name: the commit; the time and the score


def forget(classroom: Classroom, student: Student, address: str = "") -> int:
    """Remove a student who is not on the roster anymore: access first, then repositories, results and rows.

    Args:
        classroom: the classroom.
        student: who has left it.
        address: the URL of the site's database, if that is on another server.

    Returns:
        How many repositories were removed.

    Raises:
        UsageError: the student is on the roster.
    """
    if any(each.username == student.username for each in classroom.students()):
        raise UsageError(
            f"{student.named(student.username)} is on the roster: remove the row from a copy of "
            f"{classroom.folder / ROSTER}, and open the classroom with that copy first."
        )
    _forget_access(classroom, student, address)
    removed = _remove_files(classroom, student.username)
    _remove_rows(classroom, student)
    return removed


def _forget_access(classroom: Classroom, student: Student, address: str) -> None:
    with owned_database(classroom, address) as db:
        if db is None:
            return
        for week in classroom.weeks():
            names = _own_names(classroom, week.name, student.username)
            db.execute(delete(Comment).where(Comment.week == week.name, Comment.username.in_(names)))
        db.execute(delete(Comment).where(Comment.username == student.username))
        db.execute(delete(GradingJob).where(GradingJob.username == student.username))
        query = select(Person).where(Person.role == STUDENT, Person.username == student.username)
        for person in db.scalars(query):
            db.execute(delete(Token).where(Token.person_id == person.id))
            db.execute(delete(Acceptance).where(Acceptance.person_id == person.id))
            db.execute(delete(HintsTaken).where(HintsTaken.person_id == person.id))
            db.delete(person)


def _remove_files(classroom: Classroom, username: str) -> int:
    removed = 0
    for week in (path.name for path in (classroom.state_dir / "weeks").glob("[!.]*")):
        for name in _own_names(classroom, week, username):
            path = classroom.repository_path(week, name)
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
                removed += 1
            classroom.score_path(week, name).unlink(missing_ok=True)
        _leave_team(classroom, week, username)
    stems = {plain_stem(username), *(plain_stem(f"{week.name}-{username}") for week in classroom.weeks())}
    for top in ("grades", "released"):
        for path in (classroom.state_dir / top).glob(IN_A_WEEK):
            if path.is_file() and _stem(path) in stems:
                path.unlink(missing_ok=True)
    return removed


def _leave_team(classroom: Classroom, week: str, username: str) -> None:
    """Take a student out of the team, which is removed with its adjustments if nobody else is in it."""
    teams, changes = classroom.teams(week), TeamChanges(classroom, week)
    team = teams.of(username) if teams else None
    if team and team.members == (username,):
        changes.remove(team.name)
    elif team:
        changes.place(username, "")


def _own_names(classroom: Classroom, week: str, username: str) -> list[str]:
    """Return the names of repositories that are the student's alone: not of a team that has other members."""
    if not USERNAME.fullmatch(username):
        return []
    teams = classroom.teams(week)
    team = teams.of(username) if teams else None
    names = [] if teams and teams.named(username) else [username]
    return [*names, team.name] if team and team.members == (username,) else names


def _stem(path: Path) -> str:
    """Return the name of the submission that a file of a grading or release is about; names may contain dots."""
    return path.stem.rsplit(".", AFTER_NAME.get(path.parent.name, 0))[0]


def _remove_rows(classroom: Classroom, student: Student) -> None:
    for entry in reversed(own_entries(classroom, student)):
        undo(classroom, entry)
    with roster_lock(classroom.folder):
        (classroom.state_dir / UPLOADED).unlink(missing_ok=True)
        left = [each for each in former_students(classroom.folder / ROSTER) if each.username != student.username]
        if left:
            write_roster(classroom.folder / DROPPED, left)
        else:
            (classroom.folder / DROPPED).unlink(missing_ok=True)
