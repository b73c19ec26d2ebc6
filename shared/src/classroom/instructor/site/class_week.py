"""The staff's page of a week: until when it is open, its official grading, and what students see of it."""

from __future__ import annotations

from collections.abc import AsyncIterable  # noqa: TC003 - FastAPI reads the annotations
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field

from classroom.core.errors import UsageError
from classroom.instructor.classrooms.due_dates import DueDates, Late
from classroom.instructor.grading.deadline import MAX_DAYS, Deadline
from classroom.instructor.grading.lms import SYSTEMS, is_recognized
from classroom.instructor.grading.students import read_students
from classroom.instructor.site import official, people
from classroom.instructor.site.access import AVisitor, Instructor, Staff, context_of
from classroom.instructor.site.extras import week_extras
from classroom.instructor.site.grades import grades_folder
from classroom.instructor.site.gradings import adjustments_digest
from classroom.instructor.time_zone import days_later, moment_of, shown, zone_near

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.models import Person
    from classroom.instructor.site.visitor import Visitor

router = APIRouter(prefix="/class/weeks/{week}", default_response_class=HTMLResponse)
NO_WEEK = "There is no such week."
PAST = "{moment} is in the past. To close the week at once, use the button below."
NO_TIME = "Choose a date and a time."
NO_DAYS = "Points off apply to late days: say how many days after the due date a push is still accepted."
MAX_POINTS = 1000


class DueForm(BaseModel):
    """A due date as it is typed, and what being late costs."""

    due: str = ""
    late_days: int = Field(0, ge=0, le=MAX_DAYS)
    late_points: int = Field(0, ge=0, le=MAX_POINTS)
    late: Literal["best", "last"] = "best"


def _week(request: Request, week: str) -> Assignment:
    found = next((each for each in context_of(request).classroom.weeks() if each.name == week), None)
    if found is None:
        raise HTTPException(404, NO_WEEK)
    return found


AWeek = Annotated[Any, Depends(_week)]


@router.get("/")
def show_week(request: Request, visitor: AVisitor, _: Staff, week: AWeek) -> HTMLResponse:
    """Show until when a week is open, its official grading, and whether students see that."""
    return _page(context_of(request), visitor, week)


def _page(context: Context, visitor: Visitor, week: Assignment, problem: str = "", status: int = 200) -> HTMLResponse:
    dates = DueDates(context.classroom)
    closing = dates.closing(week.name)
    is_closed = closing is not None and closing.last <= datetime.now(UTC)
    typed = f"{closing.moment.astimezone(dates.zone):%Y-%m-%dT%H:%M}" if closing else ""
    zone = getattr(dates.zone, "key", None) or "this server's time zone"
    return context.render(
        visitor, "page/class_week.html", status, closing=str(closing or ""), is_closed=is_closed, typed=typed, late=dates.late(week.name),
        zone=zone, problem=problem or _damage(dates, week), **parts(context, week), **_teams(context, week),
    )  # fmt: skip


def _damage(dates: DueDates, week: Assignment) -> str:
    try:
        dates.ensure_readable(week.name)
    except UsageError as error:
        return str(error)
    return ""


def _teams(context: Context, week: Assignment) -> dict[str, Any]:
    """Return the teams of a week, if it has any, and how many students are in none."""
    teams = context.classroom.teams(week.name)
    alone = sum(teams.of(student.username) is None for student in context.classroom.students()) if teams else 0
    return {"teams": teams, "alone": alone}


def parts(context: Context, week: Assignment) -> dict[str, Any]:
    """Return what the page shows of the grading, which changes while it runs."""
    zone = zone_near(context.classroom.folder)
    grading, release = context.gradings.last(week.name), official.released(context.classroom, week.name)
    grades = context.grades.of(week.name)
    adjusted = adjustments_digest(context.classroom, week.name)
    ended = datetime.fromisoformat(grading.ended) if grading and grading.ended else None
    return {
        "week": week,
        "grading": grading,
        "ended": shown(ended, zone) if ended else "",
        "groups": grading.counts.get("groups", 0) if grading else 0,
        "grades": grades,
        "extras": _extras(context, week) if grades else [],
        "exports": _exports(context, week) if grades else [],
        "at_due_date": context.at_due_date.told(week.name),
        "release": release,
        "released_at": shown(release.at, zone) if release else "",
        "is_outdated": bool(grading and grading.adjusted and grading.adjusted != adjusted),
        "is_newer": bool(release and ended and ended > release.at),
    }


def _extras(context: Context, week: Assignment) -> list[tuple[str, int]]:
    """Return the title of each graded extra, and how many students have finished it."""
    found = [(extra, context.grades.of(name)) for name, extra in week_extras(context.classroom, week).items()]
    return [(extra.title, sum(each.is_full for each in grades.values())) for extra, grades in found if grades]


def _exports(context: Context, week: Assignment) -> list[str]:
    """Return the systems that would recognize a student, by the class's roster or the one that the grading had."""
    graded = read_students(grades_folder(context.classroom, week.name)).values()
    students = [*context.classroom.students(), *graded]
    return [system for system in SYSTEMS if any(is_recognized(system, student) for student in students)]


@router.get("/parts/grading")
def show_grading(request: Request, visitor: AVisitor, _: Staff, week: AWeek) -> HTMLResponse:
    """Show the grading again, after something has happened."""
    context = context_of(request)
    return context.render(visitor, "page/class_grading.html", **parts(context, week))


@router.get("/events", response_class=EventSourceResponse)
async def send_grading_events(request: Request, _: Staff, week: str) -> AsyncIterable[ServerSentEvent]:
    """Say that something about the grading has changed."""
    async with aclosing(context_of(request).broadcast.subscribe(f"grading/{week}/")) as changed:
        async for _part in changed:
            yield ServerSentEvent(raw_data="grading")


@router.post("/due")
def set_due_date(
    request: Request, visitor: AVisitor, by: Instructor, week: AWeek, form: Annotated[DueForm, Form()]
) -> Response:
    """Set until when the week is open for everyone, and what being late costs."""
    context = context_of(request)
    zone = zone_near(context.classroom.folder)
    try:
        moment = moment_of(form.due, zone) if form.due else None
    except UsageError as error:
        return _page(context, visitor, week, str(error), 409)
    late = Late(form.late_days, form.late_points, form.late == "best")
    if moment is None or days_later(moment, late.days, zone) <= datetime.now(UTC):
        problem = PAST.format(moment=shown(moment, zone)) if moment else NO_TIME
        return _page(context, visitor, week, problem, 409)
    if late.points and not late.days:
        return _page(context, visitor, week, NO_DAYS, 409)
    told = Deadline(moment, *late, zone)
    return _close(context, by, week, moment, late, f"set the due date of {week.name} to {told}")


@router.post("/close")
def close_now(request: Request, by: Instructor, week: AWeek) -> Response:
    """Accept no push from now on, except from students with an extension."""
    return _close(context_of(request), by, week, datetime.now(UTC), Late(), f"closed {week.name}")


def _close(context: Context, by: Person, week: Assignment, moment: datetime, late: Late, what: str) -> Response:
    dates = DueDates(context.classroom)
    with context.begin() as db:
        people.record(db, by, what)
        dates.close(week.name, moment, late)
    dates.refresh()  # which writes the times of those with an extension
    for student in context.classroom.students():
        context.tell(week.name, student.username)
    return RedirectResponse(f"/class/weeks/{week.name}/", 303)
