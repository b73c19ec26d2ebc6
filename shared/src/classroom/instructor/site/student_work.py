"""The staff's page of a student's week: every push, the card, and the code next to it."""

from __future__ import annotations

from collections.abc import AsyncIterable  # noqa: TC003 - FastAPI reads the annotations
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from classroom.core.errors import UsageError
from classroom.instructor.classrooms.again import check_again
from classroom.instructor.grading.outcome import TALKED_ABOUT
from classroom.instructor.site import official, people
from classroom.instructor.site.access import AVisitor, Instructor, Staff, context_of
from classroom.instructor.site.class_student import AStudent  # noqa: TC001 - FastAPI reads the annotations
from classroom.instructor.site.class_week import AWeek  # noqa: TC001 - FastAPI reads the annotations
from classroom.instructor.site.context import PLACE
from classroom.instructor.site.own_team import people_of
from classroom.instructor.site.pushed_code import pushed_code
from classroom.instructor.site.shown_comments import shown_comments
from classroom.instructor.site.stuck import stuck_at
from classroom.instructor.site.student_weeks import student_weeks
from classroom.instructor.site.timelines import known_timeline
from classroom.instructor.time_zone import shown
from classroom.student.card import CAUSE
from classroom.student.learn import card_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.assignment import Assignment
    from classroom.instructor.interview.timeline import Push
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.models import Person
    from classroom.instructor.site.pushed_code import CodeFile
    from classroom.instructor.site.student_weeks import StudentWeek
    from classroom.instructor.site.visitor import Visitor

router = APIRouter(prefix="/class/students/{username}/weeks/{week}", default_response_class=HTMLResponse)


@router.get("/")
def show_work(request: Request, visitor: AVisitor, _: Staff, student: AStudent, week: AWeek) -> HTMLResponse:
    """Show every push of a student to a week, the card of the last one, and its code."""
    context = context_of(request)
    return context.render(visitor, "page/student_work.html", **_work(context, visitor, student, week))


@router.get("/parts/work")
def show_work_again(request: Request, visitor: AVisitor, _: Staff, student: AStudent, week: AWeek) -> HTMLResponse:
    """Show the same again, after another push."""
    context = context_of(request)
    return context.render(visitor, "page/student_work_part.html", **_work(context, visitor, student, week))


@router.get("/events", response_class=EventSourceResponse)
async def send_work_events(request: Request, _: Staff, username: str, week: str) -> AsyncIterable[ServerSentEvent]:
    """Say that there is another push, or a result."""
    async with aclosing(context_of(request).broadcast.subscribe(f"student/{username}/{week}/")) as parts:
        async for part in parts:
            if not part.endswith(PLACE):
                yield ServerSentEvent(raw_data="work")


@router.post("/check-again")
def check_work_again(request: Request, by: Instructor, student: AStudent, week: AWeek) -> Response:
    """Have the last push checked once more, such as one that could not be graded."""
    context = context_of(request)
    name = context.classroom.work_name(week.name, student.username) or ""
    what = f"had the last push of {student.name} ({student.username}) to {week.name} checked again"
    try:
        with context.begin() as db:
            people.record(db, by, what, student.username)
            check_again(context.classroom, week.name, name)
    except UsageError as error:
        raise people.NotPossible(str(error)) from None
    context.tell(week.name, name)
    return RedirectResponse(f"/class/students/{student.username}/weeks/{week.name}/", 303)


@dataclass(frozen=True)
class ShownWork:
    """What the page shows of a student's week.

    Attributes:
        pushes: oldest first; the handout is the first of them.
        commit: the one whose code is shown: the last that was graded, or else the last one; None before a push.
        files: of that commit.
        left_out: what is left out of them.
    """

    own: StudentWeek
    pushes: Sequence[Push]
    commit: str | None
    files: Sequence[CodeFile]
    left_out: Sequence[str]


def shown_work(context: Context, student: Person, week: Assignment) -> ShownWork:
    """Return what the page shows of a student's week."""
    with context.session() as db:
        accepted = people.accepted_weeks(db, student) if student.id else set()
    (own,) = student_weeks(context.standings, student, accepted, week.name)
    repository = context.classroom.own_repository(week.name, student.username)
    pushes = known_timeline(repository, student.username).pushes if repository else ()
    commit = own.result.commit if own.result else pushes[-1].commit if len(pushes) > 1 else None
    code = pushed_code(repository.path, commit, week, own.result) if repository and commit else ([], ())
    return ShownWork(own, pushes, commit, *code)


def _work(context: Context, visitor: Visitor, student: Person, week: Assignment) -> dict[str, Any]:
    work = shown_work(context, student, week)
    return {
        "student": student,
        "week": week,
        "own": work.own,
        "pushes": [(shown(push.at, work.own.zone), push) for push in reversed(work.pushes)],
        "stuck": stuck_at(work.pushes),
        "grade": (grade := context.grades.of(week.name).get(student.username)),
        "can_interview": grade is not None and grade.status in TALKED_ABOUT,
        "seen": official.result_of(context.classroom, week.name, student.username),
        "commit": work.commit,
        "files": work.files,
        "left_out": work.left_out,
        "comments": shown_comments(context, work.own.work_name, week.name, visitor.person),
        "mates": [each for each in people_of(context, work.own) if each.username != student.username],
        **_card(work.own),
    }


def _card(own: StudentWeek) -> dict[str, Any]:
    state = "Checking the last push …" if own.standing.waiting else f"Push of {own.pushed}." if own.pushed else ""
    card = card_view.card_of(own.assignment, own.result, state=state, checking=own.standing.waiting, pushed=True)
    card = replace(card, advice=())  # what to do next is said to the student
    return {"card": card, "sentence": card_view.sentence, "CAUSE": CAUSE, "can_check": False}
