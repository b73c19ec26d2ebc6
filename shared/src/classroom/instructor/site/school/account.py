"""Whom a school's account belongs to: a student of the roster, or one of the staff whom the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from classroom.core.text import sanitize
from classroom.instructor.site import people, registration
from classroom.instructor.site.models import ASSISTANT, INSTRUCTOR
from classroom.instructor.site.people import NotPossible
from classroom.instructor.site.school.settings import EMAIL, SUBJECT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.roster import Student
    from classroom.instructor.site.models import Person
    from classroom.instructor.site.school.settings import SchoolSettings

MAX_CLAIM = 200
NO_CLAIM = "Your school did not say who you are: its reply has no {claim}. Tell your instructor."
UNVERIFIED = "Your school has not verified the email address {value}, so it cannot be used here. Ask your school to verify it, or use your personal link."
NOT_LISTED = (
    "You signed in at your school as {value}, which is not on the roster of this class. Ask your instructor to add it."
)
SEVERAL = "Several students on the roster have {value}. Ask your instructor to give each their own."


class NotAdmitted(NotPossible):
    """Someone is who they say, and may not sign in here; the message is for the person."""


def signed_in(classroom: Classroom, db: Session, settings: SchoolSettings, claims: dict[str, Any]) -> Person:
    """Return who signs in with an account.

    Raises:
        NotAdmitted: nobody whom this classroom knows.
    """
    if entry := _listed(settings, f"{SUBJECT}{claims.get('sub')}"):
        return people.listed(db, *entry, _name(claims, entry[1]))
    value = _value(settings, claims)
    name = _name(claims, value)
    account = value.casefold()
    # Some providers let people choose the value: one that looks like a subject is not one.
    if not account.startswith(SUBJECT) and (entry := _listed(settings, account)):
        return people.listed(db, *entry, name)
    student = _student(classroom.students(), settings, value)
    # The roster is also opened in spreadsheets, where `=` would begin a formula.
    if student is None and settings.admit and value[0].isalnum():
        email = value if settings.claim == EMAIL else ""
        student = registration.admitted(classroom, name, value, email)
    if student is None:
        raise NotAdmitted(NOT_LISTED.format(value=value))
    known = people.students(db).get(student.username)
    is_new = known is None or known.joined is None
    person = people.let_in(db, student.username, student.label)
    if is_new:
        what = f"joined as {student.username} with the school's account"
        people.record(db, person, what, student.username, student.label)
    return person


def _listed(settings: SchoolSettings, account: str) -> tuple[str, str] | None:
    """Return the role and the entry of an account that the settings list as one of the staff."""
    for role, entries in ((INSTRUCTOR, settings.instructors), (ASSISTANT, settings.assistants)):
        if account in entries:
            return role, account
    return None


def _value(settings: SchoolSettings, claims: dict[str, Any]) -> str:
    value = claims.get(settings.claim)
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_CLAIM or sanitize(value) != value:
        raise NotAdmitted(NO_CLAIM.format(claim=settings.claim))
    value = value.strip()
    # Some providers write it as text.
    if settings.claim == EMAIL and str(claims.get("email_verified")).lower() != "true":
        raise NotAdmitted(UNVERIFIED.format(value=value))
    return value


def _name(claims: dict[str, Any], value: str) -> str:
    """Return the name that the school knows, or one made of the claim."""
    try:
        return registration.name_of(str(claims.get("name") or ""))
    except NotPossible:
        return value.partition("@")[0][: registration.MAX_NAME]


def _student(students: Iterable[Student], settings: SchoolSettings, value: str) -> Student | None:
    """Return the one student of the roster with this claim, in any letter case."""
    by_name = ("username", "login", "account", "identifier", "email")
    keys = ("email", "identifier") if settings.claim == EMAIL else by_name
    found = [student for student in students if value.casefold() in (getattr(student, key).casefold() for key in keys)]
    if len(found) > 1:
        raise NotAdmitted(SEVERAL.format(value=value))
    return found[0] if found else None
