"""Another roster from the site: the instructor sees what it changes before it is accepted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from classroom.core.errors import UsageError
from classroom.core.text import one_line
from classroom.instructor.classrooms.classroom import roster_lock
from classroom.instructor.classrooms.members import write_members
from classroom.instructor.classrooms.open import make_repositories
from classroom.instructor.classrooms.roster_change import UPLOADED, compared, listed_students, write_rosters
from classroom.instructor.roster_cells import changed_cells
from classroom.instructor.site import people
from classroom.instructor.site.access import AVisitor, Instructor, context_of

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.roster import Roster, Student
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.models import Person
    from classroom.instructor.site.visitor import Visitor

router = APIRouter(prefix="/class/roster", default_response_class=HTMLResponse)
MAX_BYTES = 2_000_000
NO_FILE = "Choose a file."
TOO_LARGE = "This file is larger than 2 MB, the limit for a roster."
CHANGED = "The class or the file has changed in the meantime. Look at the changes again."
NOT_ALL = "The roster was accepted, but not every repository could be created: {problem}"


@dataclass(frozen=True)
class Proposal:
    """A roster that was uploaded: how it was understood, what it changes, and a digest of that."""

    roster: Roster
    former: list[Student]
    key: str

    @property
    def is_change(self) -> bool:
        """Return whether it changes anything."""
        return any(found for found, _ in _counts(self.roster))

    @property
    def updated(self) -> list[tuple[Student, list[str]]]:
        """Return the students of whom only other cells change, each with these changes in words."""
        return [(now, changed_cells(before, now)) for before, now in self.roster.updated]


def _proposal(classroom: Classroom) -> Proposal:
    """Return what the uploaded roster changes now.

    Raises:
        UsageError: it is not a roster.
    """
    path, before = _path(classroom), listed_students(classroom.folder)
    try:
        roster, former = compared(classroom.folder, before, path)
    except UsageError as error:
        raise UsageError(one_line(str(error)).replace(str(path), "The file")) from None
    changes = repr([found for found, _ in _counts(roster)]).encode("utf-8", "replace")
    return Proposal(roster, former, hashlib.sha256(path.read_bytes() + changes).hexdigest())


def _path(classroom: Classroom) -> Path:
    return classroom.state_dir / UPLOADED


@router.get("")
def show_roster(request: Request, visitor: AVisitor, _: Instructor) -> HTMLResponse:
    """Show how many students the class has, and a form for another roster."""
    return _page(context_of(request), visitor)


def _page(
    context: Context, visitor: Visitor, proposal: Proposal | None = None, problem: str = "", status: int = 200
) -> HTMLResponse:
    count = len(context.classroom.students())
    return context.render(visitor, "page/roster.html", status, count=count, proposal=proposal, problem=problem)


@router.post("")
async def upload(request: Request, visitor: AVisitor, _: Instructor) -> HTMLResponse:
    """Show what an uploaded roster would change."""
    async with request.form() as form:  # which was read with its token
        file = form.get("roster")
        content = await file.read(MAX_BYTES + 1) if isinstance(file, UploadFile) else b""
    return await run_in_threadpool(_compare, context_of(request), visitor, content)


def _compare(context: Context, visitor: Visitor, content: bytes) -> HTMLResponse:
    if problem := NO_FILE if not content else TOO_LARGE if len(content) > MAX_BYTES else "":
        return _page(context, visitor, problem=problem, status=409)
    _path(context.classroom).write_bytes(content)
    try:
        return _page(context, visitor, _proposal(context.classroom))
    except UsageError as error:
        return _page(context, visitor, problem=str(error), status=409)


@router.post("/accept")
def accept(request: Request, visitor: AVisitor, by: Instructor, key: Annotated[str, Form()] = "") -> Response:
    """Accept the changes that were shown, and make the repositories of students who are new."""
    context, classroom = context_of(request), context_of(request).classroom
    with roster_lock(classroom.folder):
        proposal = _proposal(classroom) if _path(classroom).exists() else None
        if proposal is None or proposal.key != key:
            return _page(context, visitor, proposal, CHANGED, 409)
        with context.begin() as db:
            people.record(db, by, f"accepted a roster: {_words(proposal.roster)}")
            _rename(people.students(db), proposal.roster)
            write_rosters(classroom.folder, list(proposal.roster), proposal.former)
    _path(classroom).unlink(missing_ok=True)
    problems = make_repositories(classroom, proposal.roster.added)
    write_members(classroom)
    context.broadcast.publish("class")
    if problems:
        return _page(context, visitor, problem=NOT_ALL.format(problem=problems[0]), status=409)
    return RedirectResponse("/class/", 303)


def _rename(known: dict[str, Person], roster: Roster) -> None:
    """Show students who have joined under their names of the new roster."""
    for _before, student in roster.renamed:
        if person := known.get(student.username):
            person.name = student.label


def _words(roster: Roster) -> str:
    return ", ".join(f"{len(found)} {what}" for found, what in _counts(roster) if found or what != "updated")


def _counts(roster: Roster) -> tuple[tuple[tuple[object, ...], str], ...]:
    """Return each kind of change with its name."""
    return (
        (roster.added, "added"), (roster.renamed, "renamed"), (roster.dropped, "dropped"), (roster.updated, "updated")
    )  # fmt: skip
