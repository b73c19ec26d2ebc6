"""The staff's page of a week's teams: who is in which, and for the instructor forms that turn them on and fill them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from classroom.core.errors import UsageError
from classroom.core.scratch import ScratchDir
from classroom.core.text import one_line
from classroom.instructor.classrooms.team_changes import TeamChanges
from classroom.instructor.classrooms.team_list import read_team_list
from classroom.instructor.roster import Roster
from classroom.instructor.site import people
from classroom.instructor.site.access import AVisitor, Instructor, Staff, context_of
from classroom.instructor.site.class_week import AWeek  # noqa: TC001 - FastAPI reads the annotations
from classroom.instructor.site.team_pages import tell_teams

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.core.assignment import Assignment
    from classroom.instructor.roster import Student
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.models import Person
    from classroom.instructor.site.visitor import Visitor
    from classroom.instructor.teams import Team

router = APIRouter(prefix="/class/weeks/{week}/teams", default_response_class=HTMLResponse)
MAX_BYTES = 1_000_000
ACCEPTED = "A student has already accepted this week, so it can no longer be handed in by teams."
NO_SIZE = "Write the size limit as a number, such as 3."
NO_STUDENT = "Choose a student to move."
NO_FILE = "Choose a CSV file of at most 1 MB."


@dataclass(frozen=True)
class Row:
    """A team as the page lists it: its members on the roster, and the usernames of those who have left it."""

    team: Team
    members: list[Student]
    left: list[str]
    has_pushed: bool


@router.get("")
def show_teams(request: Request, visitor: AVisitor, _: Staff, week: AWeek) -> HTMLResponse:
    """Show the teams of a week, and who is in none."""
    return _page(context_of(request), visitor, week)


def _page(context: Context, visitor: Visitor, week: Assignment, problem: str = "", typed: str = "") -> HTMLResponse:
    classroom = context.classroom
    teams, changes = classroom.teams(week.name), TeamChanges(classroom, week.name)
    students = sorted(classroom.students(), key=lambda student: student.label.casefold())
    listed = {student.username for student in students}
    rows = [
        Row(
            team,
            [student for student in students if student.username in team.members],
            [member for member in team.members if member not in listed],
            changes.has_pushed(team),
        )
        for team in sorted(teams.teams if teams else (), key=lambda team: team.title.casefold())
    ]
    in_team = {student.username: row.team.title for row in rows for student in row.members}
    return context.render(
        visitor, "page/class_teams.html", 409 if problem else 200, week=week, teams=teams, rows=rows, students=students,
        in_team={name: in_team.get(name, "") for name in listed}, problem=problem, typed=typed,
        alone=[student for student in students if student.username not in in_team],
        has_pushed=any(row.has_pushed for row in rows),
    )  # fmt: skip


@router.post("/set-up")
def set_up(
    request: Request,
    visitor: AVisitor,
    by: Instructor,
    week: AWeek,
    size: Annotated[str, Form()] = "",
    by_students: Annotated[str, Form()] = "",
) -> Response:
    """Turn on teams, or change their size limit."""
    context = context_of(request)
    with context.session() as db:
        accepted = people.has_acceptance(db, week.name)
    if context.classroom.teams(week.name) is None and accepted:
        return _page(context, visitor, week, ACCEPTED)
    if not (size.isascii() and size.isdecimal()):
        return _page(context, visitor, week, NO_SIZE)

    def change(changes: TeamChanges) -> None:
        changes.set_up(min(int(size[:4]), 1000), by_students=bool(by_students))

    return _change(context, visitor, by, week, change, f"set up teams of up to {size[:4]}")


@router.post("/end")
def end(request: Request, visitor: AVisitor, by: Instructor, week: AWeek) -> Response:
    """Turn off teams, as long as none has pushed."""
    return _change(context_of(request), visitor, by, week, lambda changes: changes.end(), "turned off teams")


@router.post("/new")
def create(
    request: Request, visitor: AVisitor, by: Instructor, week: AWeek, title: Annotated[str, Form()] = ""
) -> Response:
    """Create a team without members."""
    what = f"created the team {_shown(title)}"
    return _change(context_of(request), visitor, by, week, lambda changes: changes.create(title), what, typed=title)


@router.post("/remove")
def remove(
    request: Request, visitor: AVisitor, by: Instructor, week: AWeek, team: Annotated[str, Form()] = ""
) -> Response:
    """Remove a team that has not pushed."""
    what = f"removed the team {_shown(team)}"
    return _change(context_of(request), visitor, by, week, lambda changes: changes.remove(team), what)


@router.post("/place")
def place(
    request: Request,
    visitor: AVisitor,
    by: Instructor,
    week: AWeek,
    student: Annotated[str, Form()] = "",
    team: Annotated[str, Form()] = "",
) -> Response:
    """Move a student into a team, or into none."""
    if not student:
        return _page(context_of(request), visitor, week, NO_STUDENT)
    what = f"moved {_shown(student)} into {_shown(team) or 'no team'}"
    return _change(context_of(request), visitor, by, week, lambda changes: changes.place(student, team), what)


@router.post("/form")
async def form(request: Request, visitor: AVisitor, by: Instructor, week: AWeek) -> Response:
    """Form teams as a CSV file lists them."""
    async with request.form() as sent:  # which was read with its token
        file = sent.get("teams")
        content = await file.read(MAX_BYTES + 1) if isinstance(file, UploadFile) else b""
    return await run_in_threadpool(_form, context_of(request), visitor, by, week, content)


def _form(context: Context, visitor: Visitor, by: Person, week: Assignment, content: bytes) -> Response:
    if not content or len(content) > MAX_BYTES:
        return _page(context, visitor, week, NO_FILE)
    with ScratchDir("teams") as scratch:
        path = scratch / "teams.csv"
        path.write_bytes(content)
        try:
            wanted = read_team_list(path, Roster(tuple(context.classroom.students())))
        except UsageError as error:
            return _page(context, visitor, week, str(error).replace(str(path), "The file"))
    what = f"formed teams from a file, with {len(wanted)} students"
    return _change(context, visitor, by, week, lambda changes: changes.form(wanted), what)


def _change(
    context: Context,
    visitor: Visitor,
    by: Person,
    week: Assignment,
    change: Callable[[TeamChanges], Any],
    what: str,
    *,
    typed: str = "",
) -> Response:
    """Change the teams and add a line to the log, or show the page again with what is wrong."""
    try:
        change(TeamChanges(context.classroom, week.name))
    except UsageError as error:
        return _page(context, visitor, week, str(error), typed)
    with context.begin() as db:
        people.record(db, by, f"{what} in {week.name}")
    tell_teams(context, week.name, {student.username for student in context.classroom.students()})
    return RedirectResponse(f"/class/weeks/{week.name}/teams", 303)


def _shown(text: str) -> str:
    return one_line(text)[:60]
