"""Joining: a student takes a name of the roster, or types one that is not on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.text import folded, sanitize
from classroom.instructor.classrooms.classroom import ROSTER, roster_lock
from classroom.instructor.roster import Student, former_students, read_roster, write_roster
from classroom.instructor.roster_headings import NOT_STUDENTS
from classroom.instructor.site import people
from classroom.instructor.username import plain, unused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.site.models import Person

MAX_NAME = 80
MAX_STUDENTS = 2000
NOT_A_STUDENT = "Canvas uses this name for one of its own rows, so the roster leaves it out. Type another one."
AN_ADDRESS = "This is an email address. Type your name."
NO_NAME = "Choose your name from the list, or type it."
NOT_ON_ROSTER = "This name is no longer on the list. Reload the page."
BAD_NAME = f"A name must begin with a letter and have at most {MAX_NAME} characters. Type it again."
SAME_NAME = (
    "There is already a student with this name. If it is you, choose the name from the list, or ask your instructor."
)
FULL = "This class is full. Ask your instructor to add you."


def free(classroom: Classroom, db: Session) -> list[Student]:
    """Return the students of the roster whose names can be taken, by name."""
    taken = people.taken(db)
    students = [student for student in classroom.students() if student.username not in taken]
    return sorted(students, key=lambda student: student.label.casefold())


def join_listed(classroom: Classroom, db: Session, username: str) -> Person:
    """Let a student take a name of the roster.

    Raises:
        NotPossible: it is not on the roster, or someone has taken it.
    """
    if not username:
        raise people.NotPossible(NO_NAME)
    student = next((student for student in classroom.students() if student.username == username), None)
    if student is None:
        raise people.NotPossible(NOT_ON_ROSTER)
    return people.join(db, student.username, student.label)


def join_typed(classroom: Classroom, db: Session, typed: str) -> Person:
    """Put a name on the roster, and let the student take it.

    Raises:
        NotPossible: it is not a name, or someone has it.
    """
    name = name_of(typed)
    with roster_lock(classroom.folder):
        student = _added(classroom, name)
    return people.join(db, student.username, student.label)


def admitted(classroom: Classroom, name: str, identifier: str, email: str = "") -> Student:
    """Return a student whom the school knows; one who is not on the roster yet is added to it.

    Raises:
        NotPossible: the class is full, or someone without an email address there has the name.
    """
    with roster_lock(classroom.folder):
        return _added(classroom, name, identifier, email)


def name_of(typed: str) -> str:
    """Return a name that someone has typed.

    Raises:
        NotPossible: it is not a name.
    """
    name = " ".join(typed.split())
    if "@" in name:  # the person with this address could sign in with the school's account later
        raise people.NotPossible(AN_ADDRESS)
    # The roster is also opened in spreadsheets, where `=` would begin a formula.
    if not name or len(name) > MAX_NAME or not name[0].isalpha() or sanitize(name) != name:
        raise people.NotPossible(BAD_NAME)
    return name


def _added(classroom: Classroom, name: str, identifier: str = "", email: str = "") -> Student:
    """Write a new student into the roster; of two with the same name, both need an email address."""
    if name.casefold() in NOT_STUDENTS:
        raise people.NotPossible(NOT_A_STUDENT)
    path = classroom.folder / ROSTER
    roster = read_roster(path)
    if len(roster) >= MAX_STUDENTS:
        raise people.NotPossible(FULL)
    if known := _known_as(roster, identifier, email):
        return known  # who has come twice at once
    former = former_students(path)
    if returning := _known_as(former, identifier, email):  # who gets the repositories back
        write_roster(path, [*roster, returning])
        return returning
    same = [each for each in roster if folded(name) in map(folded, _names(each))]
    # A repository with this name would be taken for the new student's.
    is_left = any(folded(name) == folded(each.username) for each in former)
    if is_left or any(not email or not each.email for each in same):
        raise people.NotPossible(SAME_NAME)
    # A row of `adjustments.csv` may name someone in any of these ways, and a username comes first.
    taken = {name.casefold() for each in (*roster, *former) for name in _names(each)}
    taken |= _team_names(classroom)
    student = Student(unused(plain(name), taken), identifier or name, name, email)
    write_roster(path, [*roster, student])
    return student


def _known_as(students: Iterable[Student], identifier: str, email: str) -> Student | None:
    """Return the one student whom the school knows by an identifier, which is an email address if that is given."""
    keys = ("email", "identifier") if email else ("username", "login", "account", "identifier", "email")
    wanted = folded(identifier)
    found = [each for each in students if wanted and wanted in (folded(getattr(each, key)) for key in keys)]
    return found[0] if len(found) == 1 else None


def _team_names(classroom: Classroom) -> set[str]:
    """Return the names that the repositories of teams have."""
    found = (classroom.teams(week.name) for week in classroom.weeks())
    return {team.name.casefold() for teams in found if teams for team in teams.teams}


def _names(student: Student) -> tuple[str, ...]:
    return student.username, student.login, student.identifier, student.name, student.email
