"""Everything that a classroom stores about one student, in a ZIP file that needs no program of ours.

student.json        the row of the roster, teams, adjustments, and what the site's database has: access, hints, comments, log
WEEK/work.bundle    all branches: `git clone work.bundle` makes a folder of it
WEEK/pushes.txt     when each push was received
WEEK/score.json     the result of the last push, and official.json the official one once it was released
WEEK/extra/NAME/official.json   that of an extra
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from classroom.core.assignment import EXTRA
from classroom.core.errors import ClassroomError, UsageError
from classroom.core.git import git
from classroom.core.receipts import RECEIVED
from classroom.core.scratch import ScratchDir
from classroom.core.text import folded
from classroom.instructor.backup.files import ensure_new_file, naming
from classroom.instructor.backup.owned_database import owned_database
from classroom.instructor.classrooms.classroom import ROSTER
from classroom.instructor.grading.adjustments import EVERYBODY, FILE, read_entries
from classroom.instructor.roster import Roster, former_students
from classroom.instructor.site import official
from classroom.instructor.site.comments import where
from classroom.instructor.site.extras import week_extras
from classroom.instructor.site.models import STUDENT, Acceptance, Act, Comment, HintsTaken, Person, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.grading.adjustments import Entry
    from classroom.instructor.roster import Student
    from classroom.instructor.teams import Team


def find_student(classroom: Classroom, name: str) -> tuple[Student, bool]:
    """Return a student by username, identifier, email or name, and whether the student is on the roster.

    Raises:
        UsageError: nobody has this name.
    """
    former = former_students(classroom.folder / ROSTER)
    for students, is_listed in ((classroom.students(), True), (former, False)):
        if found := Roster(tuple(students)).find(name):
            return found, is_listed
    raise UsageError(
        f"Nobody in {classroom.folder} is called {name}: type the username as `classroom progress` shows it."
    )


def export_student(
    classroom: Classroom, student: Student, to: Path, on_problem: Callable[[str], None], address: str = ""
) -> list[str]:
    """Write what is stored about a student into a new file; return the weeks.

    Args:
        classroom: the classroom.
        student: one of it, or who was.
        to: the file, which must not exist.
        on_problem: called with a sentence for each repository that cannot be read.
        address: the URL of the site's database, if that is on another server.

    Raises:
        UsageError: the file exists, or cannot be created.
    """
    to = to.absolute()
    ensure_new_file(to)
    found = []
    with ScratchDir("student", to.parent, hidden=True) as scratch, naming(to):
        new = scratch / "new.zip"
        with zipfile.ZipFile(new, "x", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("student.json", json.dumps(_about(classroom, student, address), indent=1, default=_text))
            for week in (path.name for path in sorted((classroom.state_dir / "weeks").glob("[!.]*"))):
                if _add_week(archive, classroom, week, student.username, scratch, on_problem):
                    found.append(week)
        new.chmod(0o600)
        new.rename(to)
    return found


def own_entries(classroom: Classroom, student: Student) -> list[Entry]:
    """Return the rows of `adjustments.csv` that name a student, in any letter case; a name that two had is that of who is listed."""
    path, listed = classroom.folder / FILE, Roster(tuple(classroom.students()))
    parts = (student.username, student.login, student.identifier, student.email, student.name)
    names = {folded(part) for part in parts if part}
    found = [entry for entry in (read_entries(path) if path.is_file() else []) if folded(entry.student) in names]
    return [entry for entry in found if (listed.find(entry.student) or student).username == student.username]


def _adjustments(classroom: Classroom, student: Student, teams: Mapping[str, Team]) -> list[Entry]:
    """Return the rows that apply to a student: the own ones, those of the team, and those of everyone."""
    path, own = classroom.folder / FILE, own_entries(classroom, student)
    shared = {(week, team.name) for week, team in teams.items()}
    entries = read_entries(path) if path.is_file() else []
    return [
        entry
        for entry in entries
        if entry in own or entry.student == EVERYBODY or (entry.week, entry.student.casefold()) in shared
    ]


def _about(classroom: Classroom, student: Student, address: str) -> dict[str, Any]:
    roster = {**asdict(student), "other": dict(student.other)}
    teams = _teams_of(classroom, student.username)
    own = [asdict(entry) for entry in _adjustments(classroom, student, teams)]
    with owned_database(classroom, address) as db:
        site = _of_database(db, student, teams) if db else None
    titles = {week: team.title for week, team in teams.items()}
    return {"roster": roster, "teams": titles, "adjustments": own, "site": site}


def _teams_of(classroom: Classroom, username: str) -> dict[str, Team]:
    """Return the teams of a student by week, also after the student has left the roster."""
    found = {path.name: classroom.teams(path.name) for path in (classroom.state_dir / "weeks").glob("[!.]*")}
    return {week: team for week, teams in found.items() if teams and (team := teams.of(username))}


def _of_database(db: Session, student: Student, teams: Mapping[str, Team]) -> dict[str, Any]:
    """Return what the site knows; secrets are not stored, and their digests say nothing."""
    person = db.scalars(select(Person).where(Person.role == STUDENT, Person.username == student.username)).one_or_none()
    number = person.id if person else -1
    tokens = db.scalars(select(Token).where(Token.person_id == number).order_by(Token.id))
    weeks = db.scalars(select(Acceptance).where(Acceptance.person_id == number))
    hints = db.scalars(
        select(HintsTaken).where(HintsTaken.person_id == number).order_by(HintsTaken.week, HintsTaken.task)
    )
    shared = (and_(Comment.week == week, Comment.username == team.name) for week, team in teams.items())
    about = or_(Comment.username == student.username, *shared)
    comments = db.scalars(select(Comment).where(about).order_by(Comment.id))
    own = and_(Act.by.in_([student.username, student.label]), or_(Act.role == STUDENT, Act.role.is_(None)))
    acts = db.scalars(select(Act).where(or_(Act.about == student.username, own)).order_by(Act.id))
    return {
        "joined": person.joined if person else None,
        "access": [
            {"kind": each.kind, "name": each.name, "created": each.created, "used": each.used, "revoked": each.revoked}
            for each in tokens
        ],
        "accepted": {each.week: each.accepted for each in weeks},
        "hints": [{"week": each.week, "task": each.task, "shown": each.count} for each in hints],
        "comments": [
            {
                "at": each.at,
                "by": each.by,
                "week": each.week,
                "on": where(each),
                "text": each.text,
                "removed": each.removed,
            }
            for each in comments
        ],
        "log": [{"at": act.at, "by": act.by, "what": act.what} for act in acts],
    }


def _add_week(
    archive: zipfile.ZipFile,
    classroom: Classroom,
    week: str,
    username: str,
    scratch: Path,
    on_problem: Callable[[str], None],
) -> bool:
    """Add what a student has in a week; return whether there is anything."""
    team = _teams_of(classroom, username).get(week)
    name = team.name if team else username
    repository, score = classroom.repository(week, name), classroom.score_path(week, name)
    if repository is not None:
        bundle = scratch / "work.bundle"
        try:
            git("bundle", "create", "--quiet", bundle, "--all", cwd=repository.path)
            archive.write(bundle, f"{week}/work.bundle", zipfile.ZIP_STORED)
        except ClassroomError as error:
            on_problem(f"{repository.path} could not be read. {error}")
        bundle.unlink(missing_ok=True)
        if (repository.path / RECEIVED).is_file():
            archive.write(repository.path / RECEIVED, f"{week}/pushes.txt")
    if score.is_file():
        archive.write(score, f"{week}/score.json")
    if result := official.result_of(classroom, week, username):
        archive.writestr(f"{week}/official.json", result.to_json())
    handed_out = next((each for each in classroom.weeks() if each.name == week), None)
    for extra in week_extras(classroom, handed_out) if handed_out else ():
        if result := official.result_of(classroom, extra, username):
            archive.writestr(f"{week}/{EXTRA}/{extra}/official.json", result.to_json())
    return repository is not None or score.is_file()


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
