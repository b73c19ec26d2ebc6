"""Students on the roster."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request

from classroom.instructor.site import people
from classroom.instructor.site.access import context_of
from classroom.instructor.site.api.bearer import OneStudent, Staff  # noqa: TC001 - FastAPI reads them
from classroom.instructor.site.api.paging import DEFAULT, Cursor, Limit, Page, page
from classroom.instructor.site.api.problems import responses
from classroom.instructor.site.api.schemas import StudentItem
from classroom.instructor.site.api.weeks import NO_STUDENT

if TYPE_CHECKING:
    from classroom.instructor.roster import Student
    from classroom.instructor.site.models import Person

router = APIRouter(prefix="/students", tags=["students"])


@router.get("", summary="All students", responses=responses(401, 403))
def list_students(request: Request, _: Staff, limit: Limit = DEFAULT, cursor: Cursor = None) -> Page[StudentItem]:
    """Return the students on the roster, by username."""
    context = context_of(request)
    with context.session() as db:
        known = people.students(db)
    students = sorted(context.classroom.students(), key=lambda student: student.username)
    shown, following = page(students, limit, cursor, lambda student: student.username)
    return Page(items=[_item(student, known.get(student.username)) for student in shown], next_cursor=following)


@router.get("/{username}", summary="One student", responses=responses(401, 403, 404))
def show_student(request: Request, username: OneStudent) -> StudentItem:
    """Return a student on the roster."""
    context = context_of(request)
    with context.session() as db:
        known = people.students(db)
    student = next((each for each in context.classroom.students() if each.username == username), None)
    if student is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, NO_STUDENT)
    return _item(student, known.get(username))


def _item(student: Student, person: Person | None) -> StudentItem:
    return StudentItem(
        username=student.username, name=student.label, identifier=student.identifier, email=student.email,
        section=student.section, joined_at=person.joined if person else None,
    )  # fmt: skip
