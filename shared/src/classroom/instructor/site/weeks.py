"""A student's pages: the weeks, and each week with its lesson, scorecard and pushes."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterable  # noqa: TC003 - FastAPI reads the annotations
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from markupsafe import Markup, escape
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from classroom.core.assignment import Assignment
from classroom.core.errors import ClassroomError
from classroom.core.files import stamp
from classroom.instructor.classrooms.open import as_owner, make_repository
from classroom.instructor.classrooms.repository import Repository
from classroom.instructor.site import git_access, people, tokens
from classroom.instructor.site.access import AVisitor, Student, context_of
from classroom.instructor.site.context import PLACE, pages
from classroom.instructor.site.extras import student_extras
from classroom.instructor.site.given_feedback import given_feedback
from classroom.instructor.site.own_team import people_of
from classroom.instructor.site.shown_comments import shown_comments
from classroom.instructor.site.student_weeks import StudentWeek, pushes, student_weeks
from classroom.instructor.site.taken_hints import counts, hints_of
from classroom.student.card import CAUSE
from classroom.student.learn import card_view, lesson
from classroom.web.markdown import render
from classroom.web.pages import diagram

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from classroom.core.assignment import Task
    from classroom.instructor.classrooms.push_queue import Place
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.models import Person
    from classroom.instructor.site.taken_hints import Hints
    from classroom.instructor.site.visitor import Visitor
    from classroom.student.examples import Example

CLOSED = "{week} has been {due}, so you can no longer get a repository for it. Ask your instructor."
NOT_LISTED = "You are no longer on the roster of this class. Ask your instructor."
NEEDS_TEAM = "This week is handed in by teams. Create a team or join one on this week's page first."
router = APIRouter(prefix="/weeks", default_response_class=HTMLResponse)
one = APIRouter(prefix="/weeks/{week}", default_response_class=HTMLResponse)


def _weeks(context: Context, person: Person, only: str | None = None) -> list[StudentWeek]:
    accepted = context.recent.get(("accepted", person.id), lambda: _accepted(context, person))
    return student_weeks(context.standings, person, accepted, only)


def _accepted(context: Context, person: Person) -> set[str]:
    with context.session() as db:
        return people.accepted_weeks(db, person)


def own_week(context: Context, person: Person, week: str) -> StudentWeek:
    """Return one week of a student.

    Raises:
        HTTPException: there is no such week.
    """
    found = _weeks(context, person, week)
    if not found:
        raise HTTPException(404, "There is no such week.")
    return found[0]


def _week(request: Request, person: Student, week: str) -> StudentWeek:
    return own_week(context_of(request), person, week)


OwnWeek = Annotated[Any, Depends(_week)]


@router.get("/")
def show_weeks(request: Request, visitor: AVisitor, person: Student) -> HTMLResponse:
    """Show all weeks with their state."""
    context = context_of(request)
    return context.render(visitor, "page/weeks.html", **_tiles(context, person))


@router.get("/parts/weeks")
def show_tiles(request: Request, visitor: AVisitor, person: Student) -> HTMLResponse:
    """Show the weeks again, after a push was graded."""
    context = context_of(request)
    return context.render(visitor, "page/tiles.html", **_tiles(context, person))


def _tiles(context: Context, person: Person) -> dict[str, Any]:
    weeks = _weeks(context, person)
    given = {week.name: given_feedback(context.classroom, week.name, person.username) for week in weeks}
    return {"weeks": weeks, "given": given}


@router.get("/events", response_class=EventSourceResponse)
async def send_weeks_events(request: Request, person: Student) -> AsyncIterable[ServerSentEvent]:
    """Say that something of the student's has changed."""
    async with aclosing(context_of(request).broadcast.subscribe(f"student/{person.username}/")) as parts:
        async for part in parts:
            if not part.endswith(PLACE):  # where a push is in the queue says nothing about a week
                yield ServerSentEvent(raw_data="weeks")


@router.post("/link")
def make_link(request: Request, visitor: AVisitor, person: Student) -> HTMLResponse:
    """Make a personal link for another browser, which ends the one before."""
    context = context_of(request)
    with context.begin() as db:
        secret = tokens.replace_link(db, person)
        people.record(db, person, "made a personal link", person.username)
    return context.render(visitor, "page/link.html", link=f"{context.url}/sign-in/{secret}", owner=person)


@one.get("/")
def show_week(request: Request, visitor: AVisitor, own: OwnWeek) -> HTMLResponse:
    """Show a week: the lesson, the scorecard of the last push, and every push."""
    return week_page(context_of(request), visitor, own)


def week_page(
    context: Context,
    visitor: Visitor,
    own: StudentWeek,
    status: int = 200,
    *,
    handed_in: object = None,
    team_problem: str = "",
) -> HTMLResponse:
    """Return the page of a week; `handed_in` is what has become of an upload, `team_problem` why a team was refused."""
    hints = _hints(context, visitor, own)
    return context.render(
        visitor,
        "page/week.html",
        status,
        week=own,
        handed_in=handed_in,
        parts=_lesson(own.assignment),
        hint_parts={task.number: hint_part(task, hints) for task in own.assignment.tasks},
        given=given_feedback(context.classroom, own.name, own.standing.student.username),
        clone=git_access.personal_address(context, own.name, own.standing.student.username),
        pushes=pushes(context.classroom, own),
        extras=student_extras(context.classroom, own.assignment, own.standing.student.username),
        comments=shown_comments(context, own.work_name, own.name),
        mates=people_of(context, own),
        team_problem=team_problem,
        **_card(context, own, hints),
    )


def _lesson(assignment: Assignment) -> tuple[lesson.Part, ...]:
    """Return the lesson of a week; it is rendered again only if it has changed."""
    return _rendered(assignment.folder, stamp(assignment.folder / "README.md"))


@functools.lru_cache(maxsize=32)
def _rendered(folder: Path, _: tuple[int, int] | None) -> tuple[lesson.Part, ...]:
    return lesson.read(Assignment.load(folder), _example).parts


def _example(_: int, example: Example, __: Example | None) -> Markup:
    return Markup('<pre tabindex="0"><code>{}\n{}</code></pre>').format(
        lesson.command_html(example), lesson.shown_html(example)
    )


def _hints(context: Context, visitor: Visitor, own: StudentWeek) -> Hints:
    person, week = visitor.person, own.assignment
    assert person is not None  # otherwise there is no week of their own

    def read() -> Mapping[int, int]:
        with context.session() as db:
            return counts(db, person, week.name)

    return hints_of(week, context.recent.get(("hints", person.id, week.name), read))


def hint_part(task: Task, hints: Hints) -> dict[str, Any]:
    """Return what a page shows of the hints of a task."""
    taken, texts = hints[task.number]
    return {"task": task, "shown": [_markdown(text) for text in texts[:taken]], "total": len(texts)}


@functools.lru_cache(maxsize=500)
def _markdown(text: str) -> Markup:
    return render(text)


def _card(context: Context, own: StudentWeek, hints: Hints) -> dict[str, Any]:
    card = own.card(_place(context, own), hints)
    return {"card": card, "sentence": card_view.sentence, "CAUSE": CAUSE, "can_check": False, "has_place": True}


def _place(context: Context, own: StudentWeek) -> Place:
    return context.queue.place(own.name, own.work_name)


@one.get("/parts/card")
def show_card(request: Request, visitor: AVisitor, person: Student, week: str) -> HTMLResponse:
    """Show the scorecard of the last push."""
    context = context_of(request)

    def make() -> Markup:
        own = own_week(context, person, week)
        return pages.fragment("page/card.html", **_card(context, own, _hints(context, visitor, own)))

    return HTMLResponse(context.part(f"student/{person.username}/{week}/card", make))


@one.get("/parts/place")
def show_place(request: Request, person: Student, week: str) -> HTMLResponse:
    """Show how far the last push is, which changes far more often than the rest of the scorecard."""
    return HTMLResponse(_where(context_of(request), person, week))


def _where(context: Context, person: Person, week: str) -> Markup:
    """Return where the last push is, or what has become of it."""

    def make() -> Markup:
        own = own_week(context, person, week)
        return escape(own.state_at(_place(context, own)))

    return context.part(f"student/{person.username}/{week}{PLACE}", make)


@one.get("/parts/pushes")
def show_pushes(request: Request, person: Student, week: str) -> HTMLResponse:
    """Show every push with its score."""
    context = context_of(request)

    def make() -> Markup:
        own = own_week(context, person, week)
        return pages.fragment("page/pushes.html", week=own, pushes=pushes(context.classroom, own))

    return HTMLResponse(context.part(f"student/{person.username}/{week}/pushes", make))


@one.get("/events", response_class=EventSourceResponse)
async def send_events(request: Request, person: Student, week: str) -> AsyncIterable[ServerSentEvent]:
    """Say which part of this week's page has changed; where a push is, which changes most often, is sent along."""
    context, prefix = context_of(request), f"student/{person.username}/{week}/"
    async with aclosing(context.broadcast.subscribe(prefix)) as parts:
        async for part in parts:
            name = part.removeprefix(prefix)
            if not part.endswith(PLACE):
                yield ServerSentEvent(raw_data=name)
                continue
            with contextlib.suppress(ClassroomError, HTTPException, SQLAlchemyError):  # the page shows the older one
                where = await run_in_threadpool(_where, context, person, week)
                yield ServerSentEvent(event="part", raw_data=f"{name}\n{where}")


@one.get("/diagrams/{file}")
def show_diagram(own: OwnWeek, file: str) -> FileResponse:
    """Show a diagram of the lesson."""
    return diagram(own.assignment.folder, file)


@one.post("/accept")
def accept(request: Request, visitor: AVisitor, person: Student, own: OwnWeek) -> HTMLResponse:
    """Make the student's repository, and show how to clone it, with a password that is not shown again."""
    context = context_of(request)
    if own.is_closed and not own.is_accepted:
        raise people.NotPossible(CLOSED.format(week=own.assignment.title, due=own.due))
    ensure_repository(context, person, own)
    with context.begin() as db:
        secret = git_access.new_password(db, person)
    addresses = [git_access.personal_address(context, own.name, person.username, each) for each in ("", secret)]
    return context.render(
        visitor, "page/repository.html", week=own, plain=addresses[0], address=addresses[1], secret=secret,
        folder=addresses[0].rpartition("/")[2].removesuffix(".git"),
    )  # fmt: skip


def ensure_repository(context: Context, person: Person, own: StudentWeek) -> Repository:
    """Return the repository of a student's week, which is made and accepted if it was not.

    Raises:
        NotPossible: the student is not on the roster anymore, or needs a team first.
    """
    student = own.standing.student
    if student not in context.classroom.students():
        raise people.NotPossible(NOT_LISTED)
    if own.needs_team:
        raise people.NotPossible(NEEDS_TEAM)
    make_repository(context.classroom, own.name, as_owner(own.team) if own.team else student)
    with context.begin() as db:
        if people.accept(db, person, own.name):
            people.record(db, person, f"accepted {own.name}", person.username)
    context.broadcast.publish(f"student/{person.username}/{own.name}/card", "class")
    return Repository(context.classroom.repository_path(own.name, own.work_name))
