"""Teaching assistants: they see the class and the code, and comment; the instructor lets them in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from classroom.instructor.site import people, tokens
from classroom.instructor.site.access import AVisitor, Instructor, context_of
from classroom.instructor.site.models import ASSISTANT, LINK, Person
from classroom.instructor.site.registration import name_of
from classroom.instructor.time_zone import shown, zone_near
from classroom.instructor.username import plain, unused

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from classroom.instructor.site.context import Context
    from classroom.instructor.site.visitor import Visitor

router = APIRouter(prefix="/class/assistants", default_response_class=HTMLResponse)
one = APIRouter(prefix="/class/assistants/{username}", default_response_class=HTMLResponse)
NO_ASSISTANT = "There is no assistant with this name."
SAME_NAME = "There is already an assistant with this name."


def _all(db: Session) -> list[Person]:
    return list(db.scalars(select(Person).where(Person.role == ASSISTANT).order_by(Person.name)))


def _assistant(request: Request, username: str) -> Person:
    with context_of(request).session() as db:
        person = people.find(db, ASSISTANT, username)
    if person is None:
        raise HTTPException(404, NO_ASSISTANT)
    return person


AnAssistant = Annotated[Any, Depends(_assistant)]


@router.get("/")
def show_assistants(request: Request, visitor: AVisitor, _: Instructor) -> HTMLResponse:
    """Show the assistants, and who of them can sign in."""
    return _page(context_of(request), visitor)


def _page(context: Context, visitor: Visitor, *, status: int = 200, problem: str = "", typed: str = "") -> HTMLResponse:
    zone = zone_near(context.classroom.folder)
    with context.session() as db:
        found = []
        for person in _all(db):
            valid = tokens.valid(db, person)
            used = max((token.used for token in valid if token.used), default=None)
            by_school = people.has_school_account(person)
            if by_school:  # a session begins when they sign in
                used = max((token.created for token in valid), default=None)
            found.append((person, by_school, bool(valid), shown(used, zone) if used else ""))
    return context.render(visitor, "page/assistants.html", status, assistants=found, problem=problem, typed=typed)


@router.post("/")
def add(request: Request, visitor: AVisitor, by: Instructor, name: Annotated[str, Form()] = "") -> HTMLResponse:
    """Add an assistant, and show the link with which they sign in."""
    context = context_of(request)
    try:
        with context.begin() as db:
            person = _added(db, name_of(name))
            return _link(context, visitor, db, person, f"added the assistant {person.name}", by)
    except people.NotPossible as error:
        return _page(context, visitor, status=409, problem=str(error), typed=name)
    except IntegrityError:  # the form was sent twice at the same moment
        return _page(context, visitor, status=409, problem=SAME_NAME, typed=name)


def _added(db: Session, name: str) -> Person:
    everybody = _all(db)
    if any(name.casefold() == person.name.casefold() for person in everybody):
        raise people.NotPossible(SAME_NAME)
    username = unused(plain(name), {person.username.casefold() for person in everybody})
    person = Person(role=ASSISTANT, username=username, name=name)
    db.add(person)
    db.flush()
    return person


@one.post("/link")
def make_link(request: Request, visitor: AVisitor, by: Instructor, person: AnAssistant) -> HTMLResponse:
    """Make another sign-in link, which ends everything with which the assistant could sign in before."""
    context = context_of(request)
    with context.begin() as db:
        tokens.revoke(db, person)
        return _link(context, visitor, db, person, f"made a sign-in link for the assistant {person.name}", by)


def _link(context: Context, visitor: Visitor, db: Session, person: Person, what: str, by: Person) -> HTMLResponse:
    secret = tokens.issue(db, person, LINK)
    people.record(db, by, what)
    return context.render(visitor, "page/link.html", link=f"{context.url}/sign-in/{secret}", owner=person)


@one.post("/revoke")
def revoke(request: Request, by: Instructor, person: AnAssistant) -> Response:
    """Sign an assistant out everywhere, and end the link."""
    with context_of(request).begin() as db:
        if tokens.revoke(db, person):
            people.record(db, by, f"revoked the access of the assistant {person.name}")
    return RedirectResponse("/class/assistants/", 303)
