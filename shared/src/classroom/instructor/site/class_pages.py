"""The staff's page of the class, the join link, and the log."""

from __future__ import annotations

from collections.abc import AsyncIterable  # noqa: TC003 - FastAPI reads the annotations
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from classroom.instructor.site import people
from classroom.instructor.site.access import AVisitor, Instructor, Staff, context_of
from classroom.instructor.site.context import pages
from classroom.instructor.time_zone import zone_near

if TYPE_CHECKING:
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.models import Person

router = APIRouter(prefix="/class", default_response_class=HTMLResponse)
LOG_LINES = 200
MAX_ID = 2**31 - 1
GAP_SECONDS = 2.0  # between two events of the class: each push causes two, and the table of a large class takes a while


@router.get("/")
def show_class(request: Request, visitor: AVisitor, _: Staff) -> HTMLResponse:
    """Show every student with every week."""
    context = context_of(request)
    with context.begin() as db:
        code = people.join_code(db)
    return context.render(visitor, "page/class.html", link=f"{context.url}/join/{code}", code=code, **_table(context))


def _table(context: Context) -> dict[str, Any]:
    known, accepted = context.recent.get("class", lambda: _joined(context))
    weeks, rows = context.table.rows(known, accepted)
    grades = {week.name: context.grades.of(week.name) for week in weeks}
    return {"weeks": weeks, "rows": rows, "grades": grades}


def _joined(context: Context) -> tuple[dict[str, Person], set[tuple[str, str]]]:
    """Return who has joined, by username, and which weeks they have accepted, as pairs of username and week."""
    with context.session() as db:
        known = people.students(db)
        numbers = {person.id: person.username for person in known.values()}
        return known, {(numbers[number], week) for number, week in people.accepted(db, known.values())}


@router.get("/parts/class")
def show_table(request: Request, _: Staff) -> HTMLResponse:
    """Show the table again, after something has changed."""
    context = context_of(request)
    return HTMLResponse(context.part("class", lambda: pages.fragment("page/class_table.html", **_table(context))))


@router.get("/events", response_class=EventSourceResponse)
async def send_class_events(request: Request, _: Staff) -> AsyncIterable[ServerSentEvent]:
    """Say that something in the class has changed."""
    async with aclosing(context_of(request).broadcast.subscribe("class", GAP_SECONDS)) as parts:
        async for part in parts:
            yield ServerSentEvent(raw_data=part)


@router.get("/log")
def show_log(
    request: Request,
    visitor: AVisitor,
    _: Instructor,
    everyone: bool = False,
    before: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
) -> HTMLResponse:
    """Show who did what: the staff alone, or students as well; the latest lines, or those before a line."""
    context = context_of(request)
    with context.session() as db:
        acts = people.log(db, staff=not everyone, before=before, most=LOG_LINES + 1)
    older = acts[LOG_LINES - 1].id if len(acts) > LOG_LINES else None
    shown_acts = people.shown_log(acts[:LOG_LINES], zone_near(context.classroom.folder))
    return context.render(visitor, "page/log.html", acts=shown_acts, everyone=everyone, before=before, older=older)


@router.post("/join-code")
def replace_join_code(request: Request, by: Instructor) -> Response:
    """Make a new join link; the one before ends."""
    with context_of(request).begin() as db:
        people.replace_join_code(db, by)
    return RedirectResponse("/class/", 303)
