"""Who asks: the browser's cookie, the person who has signed in with it, and what each role may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException  # FastAPI's own is narrower: it is not what reading a form raises
from starlette.requests import ClientDisconnect

from classroom.instructor.site import tokens
from classroom.instructor.site.models import ASSISTANT, INSTRUCTOR, SESSION, STUDENT, Person
from classroom.instructor.site.visitor import Visitor
from classroom.web.guard import READING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from classroom.instructor.site.context import Context

SIGNED_OUT = "Please sign in first: open your personal link, or the link you joined with."
NOT_YOURS = "This page is for someone else."
STALE_FORM = "This form has expired. Go back, reload the page, and send it again."
MAX_FIELDS, MAX_FILES = 50, 2000
UNREADABLE = "Your upload could not be read. Send only the files for one week, without a virtual environment."
NO_ROOM = "The classroom has no space for these files at the moment. Try again later, and tell your instructor."
TOO_MANY = "There were too many failed attempts. Wait ten minutes, then try again."


def context_of(request: Request) -> Context:
    """Return what the site works with."""
    context: Context = request.app.state.context
    return context


def visitor_of(request: Request) -> Visitor:
    """Return who asks."""
    context, secret = context_of(request), _secret(request)
    person = context.recent.get((SESSION, secret), lambda: _owner(context, secret)) if secret else None
    return _visitor(context, secret, person)


async def _find_visitor(request: Request) -> Visitor:
    """Return who asks; most requests come from someone who has asked a moment ago, and need no thread for it."""
    context, secret = context_of(request), _secret(request)
    person = await context.recent.find((SESSION, secret), lambda: _owner(context, secret)) if secret else None
    return _visitor(context, secret, person)


def _secret(request: Request) -> str | None:
    cookies = context_of(request).cookies
    return cookies.read(request.cookies.get(cookies.name, ""))


def _visitor(context: Context, secret: str | None, person: Person | None) -> Visitor:
    known = secret or context.cookies.fresh()
    return Visitor(known, person, secret is None, context.cookies.form_token(known))


def _owner(context: Context, secret: str) -> Person | None:
    with context.session() as db:
        return tokens.owner(db, SESSION, secret)


AVisitor = Annotated[Visitor, Depends(_find_visitor)]


async def ensure_own_form(request: Request, visitor: AVisitor) -> None:
    """Reject what does not come from a form of this site, made for this browser."""
    if request.method in READING:
        return
    if visitor.person is None and request.headers.get("content-type", "").startswith("multipart/"):
        raise HTTPException(401, SIGNED_OUT)  # before anything is stored
    try:
        form = await request.form(max_fields=MAX_FIELDS, max_files=MAX_FILES)
    except (HTTPException, ClientDisconnect):
        raise HTTPException(400, UNREADABLE) from None
    except OSError:  # a full disk
        raise HTTPException(503, NO_ROOM) from None
    token = form.get("form_token")
    if not isinstance(token, str) or not context_of(request).cookies.is_form_token(visitor.secret, token):
        raise HTTPException(403, STALE_FORM)


def _with_role(*roles: str) -> Any:
    async def ensure(visitor: AVisitor) -> Person:  # async: a thread for it would cost more than it does
        if visitor.person is None:
            raise HTTPException(401, SIGNED_OUT)
        if visitor.person.role not in roles:
            raise HTTPException(403, NOT_YOURS)
        return visitor.person

    return Depends(ensure)


Student = Annotated[Person, _with_role(STUDENT)]
Staff = Annotated[Person, _with_role(INSTRUCTOR, ASSISTANT)]
Instructor = Annotated[Person, _with_role(INSTRUCTOR)]
SignedIn = Annotated[Person, _with_role(STUDENT, INSTRUCTOR, ASSISTANT)]


def refusal(context: Context, key: Hashable, why: str) -> HTTPException:
    """Return what to raise for a wrong secret, which is counted; after too many it says to wait."""
    is_over = context.attempts.are_used_up(key)
    context.attempts.count(key)
    return HTTPException(429, TOO_MANY) if is_over else HTTPException(404, why)


def address_of(request: Request) -> str:
    """Return the network address of who asks."""
    return request.client.host if request.client else ""
