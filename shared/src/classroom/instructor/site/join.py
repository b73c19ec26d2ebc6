"""The join link: a student opens it, picks a name, and is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from classroom.instructor.site import people, registration
from classroom.instructor.site.access import TOO_MANY, AVisitor, address_of, context_of, refusal
from classroom.instructor.site.models import STUDENT
from classroom.instructor.site.sign_in import begin_session, first_page

if TYPE_CHECKING:
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.models import Person
    from classroom.instructor.site.visitor import Visitor

router = APIRouter(prefix="/join", default_response_class=HTMLResponse)
STAFF_CANNOT_JOIN = "You are signed in as {name}. To try the link as a student, open it in a private window."
WRONG_CODE = "This class code is invalid or no longer in use. Ask your instructor for the link."


@router.get("/")
def type_code(request: Request, code: str = "") -> Response:
    """Lead from a code that was typed to its page."""
    _ensure_code(context_of(request), request, code)
    plain = "".join(letter for letter in code if letter.isascii() and letter.isalnum())
    return RedirectResponse(f"/join/{plain}", 303)


@router.get("/{code}")
def show_join(request: Request, visitor: AVisitor, code: str) -> Response:
    """Show the names of the roster that nobody has taken."""
    context = context_of(request)
    _ensure_code(context, request, code)
    if visitor.person:
        return _already_in(visitor.person)
    return _form(context, visitor, code)


@router.post("/{code}")
def join(
    request: Request,
    visitor: AVisitor,
    code: str,
    username: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
) -> Response:
    """Join under a name of the roster, or under one that was typed."""
    context = context_of(request)
    _ensure_code(context, request, code)
    if visitor.person:
        return _already_in(visitor.person)
    try:
        with context.begin() as db:
            if name.strip() and not username:
                person = registration.join_typed(context.classroom, db, name)
            else:
                person = registration.join_listed(context.classroom, db, username)
    except people.NotPossible as error:
        return _form(context, visitor, code, problem=str(error), typed=name, status=409)
    context.broadcast.publish("class")
    return begin_session(context, visitor, person)


def _already_in(person: Person) -> Response:
    """Lead a student who has joined on; the staff would sign themselves out by joining."""
    if person.role != STUDENT:
        raise people.NotPossible(STAFF_CANNOT_JOIN.format(name=person.name))
    return RedirectResponse(first_page(person), 303)


def _form(
    context: Context, visitor: Visitor, code: str, *, problem: str = "", typed: str = "", status: int = 200
) -> Response:
    with context.begin() as db:
        students = registration.free(context.classroom, db)
    return context.render(visitor, "page/join.html", status, code=code, students=students, problem=problem, typed=typed)


def _ensure_code(context: Context, request: Request, code: str) -> None:
    """Raise HTTPException if students cannot join with this code, or too many wrong ones were tried."""
    key = "join", address_of(request)
    if context.attempts.are_hopeless(key):
        raise HTTPException(429, TOO_MANY)
    with context.begin() as db:
        right = people.is_join_code(db, code)
    if not right:
        raise refusal(context, key, WRONG_CODE)
