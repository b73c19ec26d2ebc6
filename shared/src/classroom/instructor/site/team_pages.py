"""A student's team: create one, join one with its code, see who is in it, leave it before the first push."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from classroom.core.errors import UsageError
from classroom.instructor.classrooms.team_changes import TeamChanges
from classroom.instructor.classrooms.team_rules import WRONG_CODE
from classroom.instructor.site import people
from classroom.instructor.site.access import TOO_MANY, AVisitor, Student, context_of
from classroom.instructor.site.own_team import people_of
from classroom.instructor.site.weeks import OwnWeek, own_week, week_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.instructor.site.context import Context
    from classroom.instructor.site.models import Person
    from classroom.instructor.site.student_weeks import StudentWeek
    from classroom.instructor.site.visitor import Visitor
    from classroom.instructor.teams import Team

router = APIRouter(prefix="/weeks/{week}", default_response_class=HTMLResponse)


@router.get("/parts/team")
def show_team(request: Request, visitor: AVisitor, _: Student, own: OwnWeek) -> HTMLResponse:
    """Show the team again, after someone has joined or left it."""
    context = context_of(request)
    return context.render(visitor, "page/team.html", week=own, mates=people_of(context, own), team_problem="")


@router.get("/create-team")
@router.get("/join-team")
@router.get("/leave-team")
def show_week_again(own: OwnWeek) -> RedirectResponse:
    """Lead from the address that a browser shows after a refusal to the page of the week."""
    return RedirectResponse(f"/weeks/{own.name}/", 303)


@router.post("/create-team")
def create(
    request: Request, visitor: AVisitor, person: Student, own: OwnWeek, title: Annotated[str, Form()] = ""
) -> Response:
    """Create a team, of which the student is the first member."""
    context = context_of(request)
    return _change(context, visitor, person, own, "created", lambda changes: changes.create(title, person.username))


@router.post("/join-team")
def join(
    request: Request, visitor: AVisitor, person: Student, own: OwnWeek, code: Annotated[str, Form()] = ""
) -> Response:
    """Join the team that has this code."""
    context, key = context_of(request), ("team", person.username)
    if context.attempts.are_used_up(key):
        raise HTTPException(429, TOO_MANY)
    if own.teams is not None and own.teams.with_code(code) is None:
        context.attempts.count(key)
        return week_page(context, visitor, own, 409, team_problem=WRONG_CODE)
    return _change(context, visitor, person, own, "joined", lambda changes: changes.join(code, person.username))


@router.post("/leave-team")
def leave(request: Request, visitor: AVisitor, person: Student, own: OwnWeek) -> Response:
    """Leave the team, as long as it has not pushed."""
    context = context_of(request)
    return _change(context, visitor, person, own, "left", lambda changes: changes.leave(person.username))


def _change(
    context: Context,
    visitor: Visitor,
    person: Person,
    own: StudentWeek,
    what: str,
    change: Callable[[TeamChanges], Team],
) -> Response:
    """Change the team and tell everyone in it, or show the page again with what is wrong."""
    try:
        team = change(TeamChanges(context.classroom, own.name))
    except UsageError as error:
        current = own_week(context, person, own.name)
        return week_page(context, visitor, current, 409, team_problem=str(error))
    with context.begin() as db:
        people.record(db, person, f"{what} the team {team.title} in {own.name}", person.username)
    tell_teams(context, own.name, {person.username, *team.members})
    return RedirectResponse(f"/weeks/{own.name}/", 303)


def tell_teams(context: Context, week: str, usernames: set[str]) -> None:
    """Tell the open pages of these students, and of the staff, that their teams have changed."""
    context.broadcast.publish(*(f"student/{each}/{week}/team" for each in usernames), f"teams/{week}", "class")
