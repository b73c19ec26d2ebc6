"""Signing in with a personal link, and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from classroom.instructor.site import people, tokens
from classroom.instructor.site.access import AVisitor, address_of, context_of, refusal
from classroom.instructor.site.models import LINK, SESSION, STUDENT, Person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from classroom.instructor.site.context import Context
    from classroom.instructor.site.visitor import Visitor

router = APIRouter(default_response_class=HTMLResponse)
WRONG_LINK = "This link is invalid or no longer works. Ask your instructor for another one."


@router.head("/", include_in_schema=False)  # what monitors of uptime ask
@router.get("/")
def show_start(request: Request, visitor: AVisitor) -> Response:
    """Redirect to the home page for the signed-in person."""
    if visitor.person is None:
        return context_of(request).render(visitor, "page/start.html")
    return RedirectResponse(first_page(visitor.person), 303)


def first_page(person: Person) -> str:
    """Return where someone begins."""
    return "/weeks/" if person.role == STUDENT else "/class/"


@router.get("/sign-in/{secret}")
def show_sign_in(request: Request, visitor: AVisitor, secret: str) -> Response:
    """Ask before signing in: mail programs and chats also open links."""
    context = context_of(request)
    person = _owner(context, request, secret)
    return context.render(visitor, "page/sign_in.html", secret=secret, owner=person)


@router.post("/sign-in/{secret}")
def sign_in(request: Request, visitor: AVisitor, secret: str) -> Response:
    """Sign in with a personal link."""
    context = context_of(request)
    person = _owner(context, request, secret, use=True)
    return begin_session(context, visitor, person, secret)


def begin_session(context: Context, visitor: Visitor, person: Person, link: str = "") -> Response:
    """Sign someone in, with a cookie that the browser did not have before, and lead to the first page.

    Raises:
        HTTPException: the access, or the link that leads to it, was revoked in the meantime.
    """
    with context.begin() as db:
        if not _may_sign_in(db, person, link):
            raise HTTPException(404, WRONG_LINK)
        has_joined = bool(link) and people.join_by_link(db, person)
        tokens.revoke_secret(db, SESSION, visitor.secret)
        secret = tokens.issue(db, person, SESSION)
    if has_joined:
        context.broadcast.publish("class")
    response = RedirectResponse(first_page(person), 303)
    context.cookies.write(response, secret)
    return response


def _may_sign_in(db: Session, person: Person, link: str) -> bool:
    """Return whether someone still has access, which nobody can revoke until the end of the transaction."""
    tokens.lock(db, person)
    if link:
        return tokens.owner(db, LINK, link) is not None
    current = db.get(Person, person.id)
    return current is not None and (current.role != STUDENT or current.joined is not None)


@router.post("/sign-out")
def sign_out(request: Request, visitor: AVisitor) -> Response:
    """Sign out in this browser."""
    context = context_of(request)
    if visitor.person:
        with context.begin() as db:
            tokens.revoke_secret(db, SESSION, visitor.secret)
    response = RedirectResponse("/", 303)
    context.cookies.write(response, context.cookies.fresh())
    return response


def _owner(context: Context, request: Request, secret: str, *, use: bool = False) -> Person:
    """Return whose link this is.

    Raises:
        HTTPException: nobody's. After too many of these, it says so.
    """
    with context.begin() as db:
        person = tokens.owner(db, LINK, secret, use=use)
    if person is None:
        raise refusal(context, ("link", address_of(request)), WRONG_LINK)
    return person
