"""Tokens for scripts: made on a page, shown once, revoked at any time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from classroom.core.text import sanitize
from classroom.instructor.site import people, tokens
from classroom.instructor.site.access import AVisitor, SignedIn, context_of
from classroom.instructor.site.models import API, STUDENT
from classroom.instructor.time_zone import shown, zone_near

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from classroom.instructor.site.models import Person, Token
    from classroom.instructor.site.visitor import Visitor

router = APIRouter(prefix="/tokens", default_response_class=HTMLResponse)
MAX_NAME, MAX_TOKENS = 80, 20
NO_NAME = f"Describe the token in up to {MAX_NAME} characters, so that you know later which one to revoke."
TOO_MANY = f"You have {MAX_TOKENS} tokens. Revoke one that you no longer need."


@router.get("/")
def show_tokens(request: Request, visitor: AVisitor, person: SignedIn) -> HTMLResponse:
    """Show someone's own tokens for scripts."""
    return _page(request, visitor, person)


@router.post("/")
def make_token(
    request: Request, visitor: AVisitor, person: SignedIn, name: Annotated[str, Form()] = ""
) -> HTMLResponse:
    """Make a token and show it, once."""
    plain = " ".join(sanitize(name).split())
    if not plain or len(plain) > MAX_NAME:
        return _page(request, visitor, person, problem=NO_NAME, status=422)
    with context_of(request).begin() as db:
        if len(_own(tokens.valid(db, person))) >= MAX_TOKENS:
            return _page(request, visitor, person, problem=TOO_MANY, status=409)
        secret = tokens.issue(db, person, API, plain)
        _record(db, person, f"made a token for scripts, called {_quoted(plain)}")
    return _page(request, visitor, person, secret=secret)


@router.post("/{number}/revoke")
def revoke_token(request: Request, person: SignedIn, number: int) -> Response:
    """Revoke one of someone's own tokens for scripts."""
    with context_of(request).begin() as db:
        own = {token.id: token.name for token in _own(tokens.valid(db, person))}
        if number in own and tokens.revoke(db, person, number):
            _record(db, person, f"revoked a token for scripts, called {_quoted(own[number])}")
    return RedirectResponse("/tokens/", 303)


def _page(
    request: Request, visitor: Visitor, person: Person, *, secret: str = "", problem: str = "", status: int = 200
) -> HTMLResponse:
    context = context_of(request)
    zone = zone_near(context.classroom.folder)
    with context.begin() as db:
        listed = [
            (token.id, token.name, shown(token.created, zone), shown(token.used, zone) if token.used else "")
            for token in _own(tokens.valid(db, person))
        ]
    return context.render(
        visitor, "page/tokens.html", status, tokens=listed, secret=secret, problem=problem, url=context.url,
        max_name=MAX_NAME,
    )  # fmt: skip


def _own(found: list[Token]) -> list[Token]:
    return [token for token in found if token.kind == API]


def _record(db: Session, person: Person, what: str) -> None:
    people.record(db, person, what, person.username if person.role == STUDENT else None)


def _quoted(name: str) -> str:
    """Return a name that someone has typed so that it cannot be taken for more of the log's own words."""
    return json.dumps(name, ensure_ascii=False)
