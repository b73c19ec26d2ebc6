"""A student's passwords for git: which there are, a new one, and an end to one that is lost or was seen by others."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from classroom.instructor.site import git_access, people, tokens
from classroom.instructor.site.access import AVisitor, Student, context_of
from classroom.instructor.site.models import GIT
from classroom.instructor.time_zone import shown, zone_near

router = APIRouter(prefix="/passwords", default_response_class=HTMLResponse)


@router.get("/")
def show_passwords(request: Request, visitor: AVisitor, person: Student) -> HTMLResponse:
    """Show when each password was made and first used; the passwords themselves are stored nowhere."""
    context = context_of(request)
    zone = zone_near(context.classroom.folder)
    with context.session() as db:
        own = [
            (token.id, shown(token.created, zone), shown(token.used, zone) if token.used else "")
            for token in tokens.valid(db, person)
            if token.kind == GIT
        ]
    return context.render(visitor, "page/passwords.html", passwords=own)


@router.post("/new")
def make_password(request: Request, visitor: AVisitor, person: Student) -> HTMLResponse:
    """Make a password, and show it this once."""
    context = context_of(request)
    with context.begin() as db:
        secret = git_access.new_password(db, person)
    return context.render(visitor, "page/password.html", secret=secret)


@router.post("/{number}/revoke")
def revoke(request: Request, person: Student, number: int) -> Response:
    """End one of the student's own passwords."""
    with context_of(request).begin() as db:
        if tokens.revoke(db, person, number, GIT):
            people.record(db, person, "revoked a password for git", person.username)
    return RedirectResponse("/passwords/", 303)
