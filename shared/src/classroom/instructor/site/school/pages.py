"""The way to the school's provider and back."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from classroom.core.text import one_line
from classroom.instructor.site.access import AVisitor, context_of
from classroom.instructor.site.sign_in import begin_session, first_page

if TYPE_CHECKING:
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.school.school import School
    from classroom.instructor.site.visitor import Visitor

router = APIRouter(prefix="/oidc", default_response_class=HTMLResponse)
BACK = "/oidc/callback"  # registered at the provider
NO_SCHOOL = "In this classroom, nobody signs in with a school account. Open your personal link."
AWAY = "{name}'s sign-in is not responding at the moment. Try again in a few minutes, or open your personal link."
REFUSED = "{name} did not sign you in ({error}). Go back to the home page, and try again."
STALE = "This sign-in is no longer valid: it was already used, took more than ten minutes, or was started in another browser. Begin again on the home page."
INVALID = "The reply from {name} could not be verified, so you are not signed in. Begin again on the home page; if the problem persists, tell your instructor."
MAX_SUBJECT = 255
log = logging.getLogger(__name__)


def _school(request: Request) -> School:
    school: School | None = context_of(request).school
    if school is None:
        raise HTTPException(404, NO_SCHOOL)
    return school


ASchool = Annotated[Any, Depends(_school)]


@router.get("/sign-in")
async def begin(request: Request, visitor: AVisitor, school: ASchool) -> Response:
    """Send the browser to the school's provider."""
    from classroom.instructor.site.school.provider import Unavailable

    context = context_of(request)
    if visitor.person:
        return RedirectResponse(first_page(visitor.person), 303)
    try:
        begun = await school.provider.begin(context.url + BACK)
    except Unavailable as error:
        raise _away(school, error) from None
    response = RedirectResponse(begun.url, 303)
    if visitor.is_new:
        context.cookies.write(response, visitor.secret)
    school.trips.begin(visitor.secret, begun)
    return response


@router.get("/callback")
async def finish(
    request: Request, visitor: AVisitor, school: ASchool, code: str = "", state: str = "", error: str = ""
) -> Response:
    """Sign in whom the provider has sent back."""
    from classroom.instructor.site.school.provider import NotVerified, Unavailable

    context = context_of(request)
    begun = school.trips.end(visitor.secret, state)
    if begun is None:
        raise HTTPException(400, STALE)
    if error or not code:
        raise HTTPException(403, REFUSED.format(name=school.name, error=one_line(error)[:80] or "no code"))
    try:
        claims = await school.provider.claims(begun, context.url + BACK, code)
    except Unavailable as problem:
        raise _away(school, problem) from None
    except NotVerified as problem:
        log.warning("A sign-in with the school's account was refused: %s", problem)
        raise HTTPException(400, INVALID.format(name=school.name)) from None
    return await to_thread.run_sync(functools.partial(_sign_in, context, visitor, school, claims))


def _sign_in(context: Context, visitor: Visitor, school: School, claims: dict[str, Any]) -> Response:
    from classroom.instructor.site.school.account import NotAdmitted, signed_in

    try:
        with context.begin() as db:
            person = signed_in(context.classroom, db, school.settings, claims)
    except NotAdmitted as error:
        log.info("A school's account was not let in: sub:%s", one_line(str(claims.get("sub")))[:MAX_SUBJECT])
        raise HTTPException(403, str(error)) from None
    context.broadcast.publish("class")
    return begin_session(context, visitor, person)


def _away(school: School, error: Exception) -> HTTPException:
    log.warning("The school's provider cannot be used: %s", error)
    return HTTPException(503, AWAY.format(name=school.name))
