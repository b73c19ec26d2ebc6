"""With what a student can sign in: the instructor undoes a join, makes a personal link, and revokes an access."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from classroom.instructor.site import people, tokens
from classroom.instructor.site.access import AVisitor, Instructor, context_of
from classroom.instructor.site.class_student import AStudent  # noqa: TC001 - FastAPI reads the annotations
from classroom.instructor.site.models import STUDENT

router = APIRouter(prefix="/class/students/{username}", default_response_class=HTMLResponse)


@router.post("/undo")
def undo_join(request: Request, by: Instructor, student: AStudent) -> Response:
    """Free the name of a student; the person who took it is signed out."""
    context = context_of(request)
    with context.begin() as db:
        if known := people.find(db, STUDENT, student.username):
            people.undo_join(db, known, by)
    context.broadcast.publish("class")
    return RedirectResponse("/class/", 303)


@router.post("/link")
def make_link(request: Request, visitor: AVisitor, by: Instructor, student: AStudent) -> HTMLResponse:
    """Make a personal link for a student, which ends the one before."""
    context = context_of(request)
    with context.begin() as db:
        secret = tokens.replace_link(db, people.known(db, student.username, student.name))
        what = f"made a personal link for {student.name} ({student.username})"
        people.record(db, by, what, student.username)
    return context.render(visitor, "page/link.html", link=f"{context.url}/sign-in/{secret}", owner=student)


@router.post("/tokens/{number}/revoke")
def revoke(request: Request, by: Instructor, student: AStudent, number: int) -> Response:
    """Revoke one of the things with which a student can sign in."""
    with context_of(request).begin() as db:
        if student.id and tokens.revoke(db, student, number):
            people.record(db, by, f"revoked a credential of {student.name} ({student.username})", student.username)
    return RedirectResponse(f"/class/students/{student.username}", 303)
