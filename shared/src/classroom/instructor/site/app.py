"""The app of the classroom's site: its routes, and what an error looks like."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from classroom.core.errors import ClassroomError
from classroom.core.text import one_line
from classroom.instructor.classrooms.git_http import GitHttp
from classroom.instructor.site import (
    archives,
    assistants,
    class_downloads,
    class_gradings,
    class_pages,
    class_student,
    class_teams,
    class_week,
    comment_pages,
    feedback_pages,
    git_access,
    hand_in,
    hint_pages,
    join,
    passwords,
    people,
    personal_links,
    roster_upload,
    script_tokens,
    sign_in,
    student_access,
    student_work,
    team_pages,
    weeks,
)
from classroom.instructor.site.access import ensure_own_form, visitor_of
from classroom.instructor.site.api.app import PATH as API
from classroom.instructor.site.api.app import api
from classroom.instructor.site.api.problems import problem
from classroom.instructor.site.context import pages
from classroom.instructor.site.models import INSTRUCTOR
from classroom.instructor.site.school import pages as school_pages
from classroom.services.postgres.connect import first_line
from classroom.web.guard import READING

if TYPE_CHECKING:
    from classroom.instructor.site.context import Context

NO_DATABASE = "The classroom's database does not respond. Your pushes are safe: try again in a minute.\n"
NO_FILE = (
    "The classroom's server could not read or write a file ({reason}). What was pushed is safe: "
    "try again in a minute; if the problem persists, tell your instructor.\n"
)
TROUBLE_TITLE = "This could not be done"
TROUBLE = "Something went wrong on the classroom's side. Try again in a minute; if the problem persists, tell your instructor."
TITLES = {401: "Please sign in", 403: "Not allowed", 404: "Not found", 409: "Not possible", 429: "Please wait"}
METHOD_NOT_ALLOWED = 405
INVALID = "This address or form contains an invalid value. Go back, reload the page, and try again."
UNSTORABLE = "What was sent contains a character or a number that cannot be stored. Go back, and correct it."
FOR_FORMS = "This address only accepts a form. Go back to the page with the form, and send it again."
NO_METHOD = "This address does not accept {method} requests."
log = logging.getLogger(__name__)
STAFF = (
    assistants,
    class_pages,
    roster_upload,
    personal_links,
    class_student,
    student_access,
    student_work,
    comment_pages,
    class_week,
    class_teams,
    class_gradings,
    class_downloads,
)
OWN = (weeks, team_pages, hand_in, archives, hint_pages, feedback_pages, passwords)  # of a student
ALL = (script_tokens,)
ONE = (weeks.one, assistants.one, comment_pages.one)
ROUTERS = (sign_in.router, school_pages.router, join.router, *ONE, *(each.router for each in (*OWN, *ALL, *STAFF)))


def site(context: Context) -> FastAPI:
    """Return the site of a classroom."""
    app = FastAPI(openapi_url=None, dependencies=[Depends(ensure_own_form)], redirect_slashes=False)
    app.state.context = context
    app.add_api_route("/static/{name}", pages.static, response_class=Response)
    app.mount(git_access.PATH, GitHttp(context.classroom, git_access.GitAccess(context), context.url))
    app.mount(API, api(app.state))
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _show_refusal)
    app.add_exception_handler(people.NotPossible, _show_refusal)
    app.add_exception_handler(ClassroomError, _show_trouble)
    app.add_exception_handler(RequestValidationError, _show_invalid)
    app.add_exception_handler(DataError, _show_unstorable)
    app.add_exception_handler(OperationalError, _show_outage)
    app.add_exception_handler(PoolTimeout, _show_outage)
    app.add_exception_handler(OSError, _show_full_disk)
    return app


def _show_refusal(request: Request, error: Exception) -> Response:
    """Show an error as a page: one sentence that says what to do."""
    status = error.status_code if isinstance(error, HTTPException) else 409
    said = error.detail if isinstance(error, HTTPException) else str(error)
    if request.url.path.startswith(f"{API}/"):  # a line break in a path, which no mount takes for its own
        return problem(status, said)
    if status == METHOD_NOT_ALLOWED:
        said = FOR_FORMS if request.method in READING else NO_METHOD.format(method=request.method)
    context: Context = request.app.state.context
    title = TITLES.get(status, TROUBLE_TITLE)
    try:
        visitor = visitor_of(request)
    except (ClassroomError, OperationalError, PoolTimeout) as outage:
        return _show_outage(request, outage)
    return context.render(visitor, "page/message.html", status, title=title, said=said)


def _show_invalid(request: Request, _: Exception) -> Response:
    """Show that an address or a form has a value of the wrong type, such as a word in place of a number."""
    return _show_refusal(request, HTTPException(422, INVALID))


def _show_unstorable(request: Request, _: Exception) -> Response:
    """Show that an address or a form has what the database takes in no column, such as a null character."""
    return _show_refusal(request, HTTPException(422, UNSTORABLE))


def _show_trouble(request: Request, error: Exception) -> Response:
    """Show that something of ours failed; why, with paths and lines of the roster, is for the instructor alone."""
    reason = one_line(str(error))
    try:
        visitor = visitor_of(request)
    except (ClassroomError, OperationalError, PoolTimeout) as outage:
        return _show_outage(request, outage)
    log.error("A page could not be shown: %s", reason)
    is_instructor = visitor.person is not None and visitor.person.role == INSTRUCTOR
    context: Context = request.app.state.context
    said = reason if is_instructor else TROUBLE
    return context.render(visitor, "page/message.html", 503, title=TROUBLE_TITLE, said=said)


def _show_outage(_: Request, error: Exception) -> Response:
    """Show that the database is away, without asking it who has signed in."""
    log.error("The classroom's database does not respond: %s", first_line(error))
    return PlainTextResponse(NO_DATABASE, 503)


def _show_full_disk(_: Request, error: Exception) -> Response:
    """Show that a file could not be written or read, such as on a full disk; which one is for the log."""
    log.error("A page could not be shown: %s", error)
    reason = isinstance(error, OSError) and error.strerror
    return PlainTextResponse(NO_FILE.format(reason=reason or type(error).__name__), 503)
