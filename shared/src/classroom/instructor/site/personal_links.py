"""Personal links for the whole class, as a table for mail merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from classroom.instructor.grading.gradebook import table_text
from classroom.instructor.site import people, tokens
from classroom.instructor.site.access import Instructor, context_of
from classroom.instructor.site.people import NotPossible

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from classroom.instructor.roster import Student

router = APIRouter(prefix="/class/personal-links")
COLUMNS = ("username", "name", "email", "link")
ALL_JOINED = "Every student has already joined. To replace everyone's link, choose everyone."
NO_STUDENTS = "The class has no students yet. Upload a roster first."


@router.post("")
def download_links(request: Request, by: Instructor, everyone: Annotated[bool, Form()] = False) -> Response:
    """Download a new personal link for each student who has not joined, or for everyone; earlier links end."""
    context = context_of(request)
    students = context.classroom.students()
    with context.begin() as db:
        joined = {name for name, person in people.students(db).items() if person.joined}
        chosen = [student for student in students if everyone or student.username not in joined]
        if not chosen:
            raise NotPossible(ALL_JOINED if students else NO_STUDENTS)
        rows = [(*_cells(student), f"{context.url}/sign-in/{_new_secret(db, student)}") for student in chosen]
        whom = "1 student" if len(rows) == 1 else f"{len(rows)} students"
        people.record(db, by, f"made personal links for {whom}")
    context.broadcast.publish("class")
    headers = {"Content-Disposition": 'attachment; filename="personal-links.csv"'}
    return Response(table_text([COLUMNS, *rows]), media_type="text/csv; charset=utf-8", headers=headers)


def _cells(student: Student) -> tuple[str, str, str]:
    return student.username, student.label, student.email


def _new_secret(db: Session, student: Student) -> str:
    return tokens.replace_link(db, people.known(db, student.username, student.label))
