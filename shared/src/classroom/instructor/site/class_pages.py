"""The instructor's pages: the class, a student's access, and the log."""

from __future__ import annotations

from collections.abc import AsyncIterable  # noqa: TC003 - FastAPI reads the annotations
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from classroom.instructor.site import people, tokens
from classroom.instructor.site.access import AVisitor, Instructor, Staff, context_of
from classroom.instructor.site.models import LINK, STUDENT, Person
from classroom.instructor.time_zone import shown, zone_near

if TYPE_CHECKING:
    from classroom.instructor.site.context import Context

router = APIRouter(prefix="/class", default_response_class=HTMLResponse)
one = APIRouter(prefix="/class/students/{username}", default_response_class=HTMLResponse)
GAP_SECONDS = 0.5  # between two events of the class, of which each push causes two
KINDS = {"session": "a browser", "link": "a personal link", "git": "a password for git"}


@router.get("/")
def show_class(request: Request, visitor: AVisitor, _: Staff) -> HTMLResponse:
    """Show every student with every week."""
    context = context_of(request)
    with context.begin() as db:
        code = people.join_code(db)
    return context.render(visitor, "page/class.html", link=f"{context.url}/join/{code}", code=code, **_table(context))


def _table(context: Context) -> dict[str, Any]:
    with context.begin() as db:
        known = people.students(db)
        numbers = {person.id: person.username for person in known.values()}
        accepted = {(numbers[number], week) for number, week in people.accepted(db, known.values())}
    weeks, rows = context.table.rows(known, accepted)
    return {"weeks": weeks, "rows": rows}


@router.get("/parts/class")
def show_table(request: Request, visitor: AVisitor, _: Staff) -> HTMLResponse:
    """Show the table again, after something has changed."""
    return context_of(request).render(visitor, "page/class_table.html", **_table(context_of(request)))


@router.get("/events", response_class=EventSourceResponse)
async def send_class_events(request: Request, _: Staff) -> AsyncIterable[ServerSentEvent]:
    """Say that something in the class has changed."""
    async with aclosing(context_of(request).broadcast.subscribe("class", GAP_SECONDS)) as parts:
        async for part in parts:
            yield ServerSentEvent(raw_data=part)


@router.get("/log")
def show_log(request: Request, visitor: AVisitor, _: Instructor) -> HTMLResponse:
    """Show who did what."""
    context = context_of(request)
    zone = zone_near(context.classroom.folder)
    with context.begin() as db:
        lines = [(shown(act.at, zone), act.by, act.what) for act in people.log(db)]
    return context.render(visitor, "page/log.html", lines=lines)


@router.post("/join-code")
def replace_join_code(request: Request, by: Instructor) -> Response:
    """Make a new join link; the one before ends."""
    with context_of(request).begin() as db:
        people.replace_join_code(db, by.name)
    return RedirectResponse("/class/", 303)


def _student(request: Request, username: str) -> Person:
    """Return a student who has joined, did so before, or is on the roster."""
    context = context_of(request)
    with context.begin() as db:
        person = people.find(db, STUDENT, username)
    listed = next((each for each in context.classroom.students() if each.username == username), None)
    if person is not None:
        return person
    if listed is None:
        raise HTTPException(404, "There is no student with this name.")
    return Person(role=STUDENT, username=username, name=listed.label)


AStudent = Annotated[Any, Depends(_student)]


@one.get("")
def show_student(request: Request, visitor: AVisitor, _: Instructor, student: AStudent) -> HTMLResponse:
    """Show with what a student can sign in."""
    context = context_of(request)
    zone = zone_near(context.classroom.folder)
    with context.begin() as db:
        valid = [
            (token.id, KINDS[token.kind], shown(token.created, zone), shown(token.used, zone) if token.used else "")
            for token in (tokens.valid(db, student) if student.id else ())
        ]
    joined = shown(student.joined, zone) if student.joined else ""
    return context.render(visitor, "page/student.html", student=student, joined=joined, tokens=valid)


@one.post("/undo")
def undo_join(request: Request, by: Instructor, student: AStudent) -> Response:
    """Free the name of a student; whoever took it is signed out."""
    context = context_of(request)
    with context.begin() as db:
        if known := people.find(db, STUDENT, student.username):
            people.undo_join(db, known, by.name)
    context.broadcast.publish("class")
    return RedirectResponse("/class/", 303)


@one.post("/link")
def make_link(request: Request, visitor: AVisitor, by: Instructor, student: AStudent) -> HTMLResponse:
    """Make a personal link for a student, which ends the one before."""
    context = context_of(request)
    with context.begin() as db:
        known = people.let_in(db, student.username, student.name)
        tokens.revoke(db, known, kind=LINK)
        secret = tokens.issue(db, known, LINK)
        people.record(db, by.name, f"made a personal link for {student.name} ({student.username})")
    return context.render(visitor, "page/link.html", link=f"{context.url}/sign-in/{secret}", owner=student)


@one.post("/tokens/{number}/revoke")
def revoke(request: Request, by: Instructor, student: AStudent, number: int) -> Response:
    """Revoke one of the things with which a student can sign in."""
    with context_of(request).begin() as db:
        if student.id and tokens.revoke(db, student, number):
            people.record(db, by.name, f"revoked an access of {student.name} ({student.username})")
    return RedirectResponse(f"/class/students/{student.username}", 303)
