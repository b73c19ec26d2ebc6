"""Who can sign in: the staff, and the students who have joined."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from classroom.core.errors import ClassroomError
from classroom.instructor.codes import is_same_code, new_code
from classroom.instructor.site import tokens
from classroom.instructor.site.models import ASSISTANT, INSTRUCTOR, SERVER, STUDENT, Acceptance, Act, JoinCode, Person
from classroom.instructor.time_zone import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import tzinfo

    from sqlalchemy.orm import Session

MAX_LOG = 500
FIRST = "instructor"  # who signs in with the link that `serve` prints
# Begins the username of an assistant with the school's account: no name that is typed has a colon.
BY_SCHOOL = "school:"


class NotPossible(ClassroomError):
    """What someone has asked for is not possible; the message is for a page of the site."""


class NameTaken(NotPossible):
    """Someone else has joined under this name."""


def instructor(db: Session) -> Person:
    """Return the instructor, who exists from the first start on."""
    _ensure(db, INSTRUCTOR, FIRST, "Instructor")
    return find(db, INSTRUCTOR, FIRST) or Person()


def listed(db: Session, role: str, entry: str, name: str) -> Person:
    """Return one of the staff who signs in with the school's account, as which the settings list them."""
    username = _listed_username(role, entry)
    _ensure(db, role, username, name)
    person = db.scalars(select(Person).where(Person.role == role, Person.username == username)).one()
    person.name = name
    return person


def has_school_account(person: Person) -> bool:
    """Return whether one of the staff signs in with the school's account."""
    if person.role == ASSISTANT:
        return person.username.startswith(BY_SCHOOL)
    return person.role == INSTRUCTOR and person.username != FIRST


def revoke_unlisted(db: Session, role: str, entries: Collection[str]) -> None:
    """Revoke everything issued to staff who signed in with the school's account, and are not listed anymore."""
    usernames = {_listed_username(role, entry) for entry in entries}
    for person in filter(has_school_account, db.scalars(select(Person).where(Person.role == role))):
        if person.username not in usernames and tokens.revoke(db, person):
            record(db, "classroom serve", f"revoked the access of the {role} {person.name} ({person.username})")


def _listed_username(role: str, entry: str) -> str:
    return BY_SCHOOL + entry if role == ASSISTANT else entry


def find(db: Session, role: str, username: str) -> Person | None:
    """Return someone by role and username."""
    return db.scalars(select(Person).where(Person.role == role, Person.username == username)).one_or_none()


def students(db: Session) -> dict[str, Person]:
    """Return every student who has joined or did so before, by username."""
    return {person.username: person for person in db.scalars(select(Person).where(Person.role == STUDENT))}


def join(db: Session, username: str, name: str) -> Person:
    """Let a student take a name: first come, first served.

    Raises:
        NameTaken: someone has taken it.
    """
    _ensure(db, STUDENT, username, name)
    query = select(Person).where(Person.role == STUDENT, Person.username == username).with_for_update()
    person = db.scalars(query).one()
    if person.joined is not None:
        raise NameTaken(f"{name} has already joined. If that was not you, ask your instructor to undo it.")
    if tokens.has_link(db, person):
        raise NameTaken(f"{name} joins with a personal link. Open yours, or ask your instructor for a new one.")
    person.joined, person.name = datetime.now(UTC), name
    record(db, person, f"joined as {username}", username, name)
    return person


def join_by_link(db: Session, person: Person) -> bool:
    """Let a student join who signs in with a personal link; return whether it is the first time."""
    current = db.get_one(Person, person.id)
    if current.role != STUDENT or current.joined is not None:
        return False
    current.joined = datetime.now(UTC)
    record(db, current, f"joined as {current.username} with a personal link", current.username, current.name)
    return True


def let_in(db: Session, username: str, name: str) -> Person:
    """Return a student who gets in without the join link, and whose name nobody else can take from now on."""
    person = known(db, username, name)
    person.joined = person.joined or datetime.now(UTC)
    return person


def known(db: Session, username: str, name: str) -> Person:
    """Return a student who may not have joined yet, such as one who is given a personal link."""
    _ensure(db, STUDENT, username, name)
    return db.scalars(select(Person).where(Person.role == STUDENT, Person.username == username)).one()


def taken(db: Session) -> set[str]:
    """Return the usernames that nobody can join under: of students who have joined, or who have a personal link."""
    linked = tokens.with_link(db)
    return {name for name, person in students(db).items() if person.joined is not None or person.id in linked}


def undo_join(db: Session, person: Person, by: Person | str) -> None:
    """Free the name of a student, and revoke everything issued to the person who took it. The repositories are kept."""
    person.joined = None
    tokens.revoke(db, person)
    record(db, by, f"undid the join of {person.name} ({person.username})", person.username)


def accept(db: Session, person: Person, week: str) -> bool:
    """Record that a student has accepted a week; return whether it is new."""
    query = insert(Acceptance).values(person_id=person.id, week=week).on_conflict_do_nothing()
    return db.scalar(query.returning(Acceptance.week)) is not None


def accepted(db: Session, people: Iterable[Person]) -> set[tuple[int, str]]:
    """Return which of these people have accepted which week, as pairs of their number and the week."""
    numbers = [person.id for person in people]
    rows = db.execute(select(Acceptance.person_id, Acceptance.week).where(Acceptance.person_id.in_(numbers)))
    return {(number, week) for number, week in rows}


def accepted_weeks(db: Session, person: Person) -> set[str]:
    """Return the weeks that a student has accepted."""
    return {week for _, week in accepted(db, [person])}


def has_acceptance(db: Session, week: str) -> bool:
    """Return whether any student has accepted a week."""
    return db.scalar(select(Acceptance.week).where(Acceptance.week == week).limit(1)) is not None


def join_code(db: Session) -> str:
    """Return the code with which students join."""
    query = select(JoinCode.code).where(JoinCode.replaced.is_(None)).order_by(JoinCode.id.desc())
    return db.scalars(query).first() or _new_code(db)


def replace_join_code(db: Session, by: Person) -> None:
    """Make a new code; the previous one no longer works."""
    for code in db.scalars(select(JoinCode).where(JoinCode.replaced.is_(None))):
        code.replaced = datetime.now(UTC)
    _new_code(db)
    record(db, by, "replaced the join link")


def is_join_code(db: Session, code: str) -> bool:
    """Return whether students can join with a code, however it is typed."""
    return is_same_code(code, join_code(db))


def record(db: Session, by: Person | str, what: str, about: str | None = None, name: str = "") -> None:
    """Add a line to the log.

    Args:
        db: the transaction.
        by: who did it, or the name of the command that did.
        what: was done.
        about: the username of the student whom it is about, if any.
        name: to call the person by; a student is otherwise called by the username, and the staff by their names.
    """
    role = SERVER if isinstance(by, str) else by.role
    called = by if isinstance(by, str) else name or (by.username if by.role == STUDENT else by.name)
    db.add(Act(by=called[:200], role=role, what=what[:1000], about=about))


def log(
    db: Session, about: str | None = None, *, staff: bool = False, before: int | None = None, most: int = MAX_LOG
) -> list[Act]:
    """Return lines of the log, newest first.

    Args:
        db: the transaction.
        about: the username of a student, if only lines about this one are wanted.
        staff: whether to leave out what students did.
        before: the number of a line, if only older ones are wanted.
        most: how many.
    """
    query = select(Act).order_by(Act.id.desc()).limit(most)
    if about is not None:
        query = query.where(Act.about == about)
    if staff:
        query = query.where(or_(Act.role != STUDENT, Act.role.is_(None)))
    if before is not None:
        query = query.where(Act.id < before)
    return list(db.scalars(query))


def shown_log(acts: Iterable[Act], zone: tzinfo | None) -> list[tuple[str, str, str, str]]:
    """Return lines of the log as pages show them: when, who, in which role, and what."""
    return [(shown(act.at, zone), act.by, act.role or "unknown", act.what) for act in acts]


def _new_code(db: Session) -> str:
    code = new_code()
    db.add(JoinCode(code=code))
    db.flush()
    return code


def _ensure(db: Session, role: str, username: str, name: str) -> None:
    db.execute(insert(Person).values(role=role, username=username, name=name).on_conflict_do_nothing())
