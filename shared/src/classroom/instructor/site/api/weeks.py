"""Weeks, and students in them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request

from classroom.core.assignment import Assignment
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.site import official, people
from classroom.instructor.site.access import context_of
from classroom.instructor.site.api.bearer import AnyRole, OneStudent, Staff  # noqa: TC001 - FastAPI reads them
from classroom.instructor.site.api.paging import DEFAULT, Cursor, Limit, Page, page
from classroom.instructor.site.api.problems import responses
from classroom.instructor.site.api.schemas import (
    AdjustmentItem,
    GradeItem,
    GradingItem,
    PushItem,
    ResultItem,
    StandingItem,
    StudentWeekItem,
    WeekItem,
)
from classroom.instructor.site.given_feedback import given_feedback
from classroom.instructor.site.models import STUDENT, Person
from classroom.instructor.site.student_weeks import StudentWeek, student_weeks
from classroom.instructor.site.timelines import known_timeline

if TYPE_CHECKING:
    from classroom.instructor.site.context import Context

router = APIRouter(prefix="/weeks", tags=["weeks"])
NO_WEEK, NO_STUDENT = "There is no such week.", "There is no such student."


def _week(request: Request, _: AnyRole, week: Annotated[str, Path(description="the name of a week")]) -> Assignment:
    found = next((each for each in context_of(request).classroom.weeks() if each.name == week), None)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, NO_WEEK)
    return found


OneWeek = Annotated[Assignment, Depends(_week)]


@router.get("", summary="All weeks", responses=responses(401))
def list_weeks(request: Request, person: AnyRole, limit: Limit = DEFAULT, cursor: Cursor = None) -> Page[WeekItem]:
    """Return the weeks that are open, by name."""
    context = context_of(request)
    weeks, following = page(context.classroom.weeks(), limit, cursor, lambda week: week.name)
    return Page(items=_items(context, person, weeks), next_cursor=following)


@router.get("/{week}", summary="One week", responses=responses(401, 404))
def show_week(request: Request, person: AnyRole, week: OneWeek) -> WeekItem:
    """Return a week with its tasks."""
    return _items(context_of(request), person, [week])[0]


def _items(context: Context, person: Person, weeks: list[Assignment]) -> list[WeekItem]:
    dates = DueDates(context.classroom)
    dates.read()
    is_student = person.role == STUDENT
    closings = (
        dates.own_closing(week.name, person.username) if is_student else dates.closing(week.name) for week in weeks
    )
    return [
        WeekItem.of(week, closing, None if is_student else _grading(context, week.name))
        for week, closing in zip(weeks, closings, strict=True)
    ]


def _grading(context: Context, week: str) -> GradingItem | None:
    """Return the last official grading of a week, for the staff."""
    grading, release = context.gradings.last(week), official.released(context.classroom, week)
    return GradingItem.of(grading, release.at if release else None) if grading else None


@router.get("/{week}/students", summary="All students in a week", responses=responses(401, 403, 404))
def list_standings(
    request: Request, _: Staff, week: OneWeek, limit: Limit = DEFAULT, cursor: Cursor = None
) -> Page[StandingItem]:
    """Return how far each student on the roster is, by username."""
    context = context_of(request)
    with context.session() as db:
        known = people.students(db)
        names = {person.id: person.username for person in known.values()}
        accepted = {(names[number], name) for number, name in people.accepted(db, known.values())}
    weeks, rows = context.table.rows(known, accepted)
    index = [each.name for each in weeks].index(week.name)
    cells = [(row.student.username, row.weeks[index].standing) for row in rows]
    found = [
        StandingItem.of(week, standing, accepted=(username, week.name) in accepted, score=standing.score)
        for username, standing in cells
    ]
    items, following = page(sorted(found, key=_username), limit, cursor, _username)
    return Page(items=items, next_cursor=following)


def _username(item: StandingItem) -> str:
    return item.username


@router.get("/{week}/students/{username}", summary="One student in a week", responses=responses(401, 403, 404))
def show_student_week(request: Request, person: AnyRole, username: OneStudent, week: OneWeek) -> StudentWeekItem:
    """Return how far a student is, with the checks of the last push that was graded."""
    context = context_of(request)
    found = student_week(context, username, week)
    standing = StandingItem.of(week, found.standing, accepted=found.accepted, score=found.points)
    released = official.result_of(context.classroom, week.name, username)
    result, counted = (ResultItem.of(each) if each else None for each in (found.result, released))
    given = given_feedback(context.classroom, week.name, username)
    more = {"graded": None, "adjustments": None} if person.role == STUDENT else _for_staff(context, week, username)
    return StudentWeekItem(
        **dict(standing), result=result, official=counted, feedback=given.text if given else None, **more
    )


def _for_staff(context: Context, week: Assignment, username: str) -> dict[str, Any]:
    """Return what only the staff may see of a student in a week."""
    dates = DueDates(context.classroom)
    dates.read()
    grade = context.grades.of(week.name).get(username)
    kept = GradeItem(status=grade.status, score=grade.score, max_score=grade.max_score) if grade else None
    entries = dates.adjustments(week).of(username)
    return {"graded": kept, "adjustments": [AdjustmentItem.of(entry) for entry in entries]}


@router.get(
    "/{week}/students/{username}/pushes", summary="A student's pushes to a week", responses=responses(401, 403, 404)
)
def list_pushes(
    request: Request, username: OneStudent, week: OneWeek, limit: Limit = DEFAULT, cursor: Cursor = None
) -> Page[PushItem]:
    """Return every push, newest first."""
    context = context_of(request)
    student_week(context, username, week)
    repository = context.classroom.own_repository(week.name, username)
    found = known_timeline(repository, username).pushes if repository else ()
    listed = [
        PushItem(
            number=number, commit=push.commit, received_at=push.at, commits=push.commits, lines_added=push.added,
            lines_removed=push.removed, score=push.score,
        )
        for number, push in enumerate(found)
        if number or push.commits
    ]  # fmt: skip
    items, following = page(listed[::-1], limit, cursor, lambda item: item.number, descending=True)
    return Page(items=items, next_cursor=following)


def student_week(context: Context, username: str, week: Assignment) -> StudentWeek:
    """Return a student in a week, who is on the roster or was."""
    listed = next((student for student in context.classroom.students() if student.username == username), None)
    with context.session() as db:
        person = people.find(db, STUDENT, username)
        accepted = people.accepted_weeks(db, person) if person else set()
    if person is None:
        if listed is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, NO_STUDENT)
        person = Person(role=STUDENT, username=username, name=listed.label)
    return student_weeks(context.standings, person, accepted, week.name)[0]
