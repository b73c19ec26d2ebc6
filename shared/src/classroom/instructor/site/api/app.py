"""The app behind `/api`: its routes, its description, and the pages that are made from that."""

from __future__ import annotations

import functools
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from classroom.instructor.site.access import AVisitor, context_of
from classroom.instructor.site.api import account, comments, problems, students, weeks
from classroom.instructor.site.api.problems import Problem
from classroom.instructor.site.api.reference import reference
from classroom.web.markdown import with_code

if TYPE_CHECKING:
    from starlette.datastructures import State

PATH = "/api"
ABOUT = """The classroom for programs: weeks, students, results and the log, as JSON.

Send a token with each request: `Authorization: Bearer TOKEN`. You can create one on the page `/tokens/`. It can read what is listed here, as far as you can see it yourself. It cannot change anything.
Times are UTC, as in 2026-11-29T18:00:00Z. Lists have `items` and `next_cursor`, which leads to the next page.
Errors are `application/problem+json`. Names and meanings stay; new fields may be added.
"""


def api(state: State) -> FastAPI:
    """Return the app; it shares the state of the site that it is part of."""
    app = FastAPI(
        title="Classroom",
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        root_path_in_servers=True,
        responses=problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS, 503),
    )
    app.state = state
    app.openapi = functools.partial(_described, app)  # type: ignore[method-assign]
    problems.add_handlers(app)
    for router in (account.router, weeks.router, comments.router, students.router):
        app.include_router(router)
    app.add_api_route("/docs", show_reference, response_class=HTMLResponse, include_in_schema=False)
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """Return the description, with the shape of errors, which no route returns as its model."""
    described = FastAPI.openapi(app)
    described["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    return described


def show_reference(request: Request, visitor: AVisitor) -> HTMLResponse:
    """Show the description as a page."""
    context = context_of(request)
    about = map(with_code, ABOUT.strip().split("\n\n"))
    found = reference(request.app.openapi())
    return context.render(visitor, "page/api.html", about=about, url=f"{context.url}{PATH}", reference=found)
