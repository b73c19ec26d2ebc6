"""Handing in without git: files or a ZIP from a week's page become a commit of the student's."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import UploadFile

from classroom.core.assignment import EXTRA
from classroom.core.folders import full_disk_explained
from classroom.instructor.classrooms.open import install_hooks
from classroom.instructor.classrooms.student_commit import Rejected, StudentCommit
from classroom.instructor.site.access import AVisitor, Student, context_of
from classroom.instructor.site.extras import week_extras
from classroom.instructor.site.file_names import NotAccepted
from classroom.instructor.site.uploads import MAX_SHOWN, handed_files
from classroom.instructor.site.weeks import OwnWeek, ensure_repository, own_week, week_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.instructor.classrooms.repository import Repository
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.models import Person
    from classroom.instructor.site.student_weeks import StudentWeek
    from classroom.instructor.site.uploads import Uploaded

router = APIRouter(prefix="/weeks/{week}", default_response_class=HTMLResponse)


NO_EXTRA = "This week has no such extra. Reload the page, and choose one from its list."


@dataclass(frozen=True)
class Asked:
    """What someone asks for with an upload: to delete what is missing from it, and to take it for one extra."""

    replaces: bool = False
    extra: str = ""


@dataclass(frozen=True)
class HandedIn:
    """What became of an upload.

    Attributes:
        problem: why it was refused; empty if it was not.
        commit: the first characters of the commit; empty if nothing has changed.
        paths: of the files in the upload.
        left_out: files that the week does not take.
    """

    problem: str = ""
    commit: str = ""
    paths: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    most: int = MAX_SHOWN

    @property
    def has_week(self) -> bool:
        """Return whether a file of the week itself is among them, and not of its extras alone."""
        return any(not path.startswith(f"{EXTRA}/") for path in self.paths)


@router.get("/hand-in")
def show_week_again(own: OwnWeek) -> RedirectResponse:
    """Lead from the address that a browser shows after an upload to the page of the week."""
    return RedirectResponse(f"/weeks/{own.name}/", 303)


@router.post("/hand-in")
async def hand_in(request: Request, visitor: AVisitor, person: Student, own: OwnWeek) -> HTMLResponse:
    """Commit and push what was uploaded, and show the week with what became of it."""
    async with request.form() as form:  # which was read with its token
        files = [each for each in form.getlist("files") if isinstance(each, UploadFile) and each.filename]
        uploaded = [(file.filename or "", file.file) for file in files]
        asked = Asked(form.get("replace") == "yes", str(form.get("extra") or ""))
        work = functools.partial(_hand_in, request, visitor, person, own, uploaded, asked)
        return await to_thread.run_sync(work, limiter=context_of(request).uploads)


def _hand_in(
    request: Request, visitor: Any, person: Person, own: StudentWeek, uploaded: Sequence[Uploaded], asked: Asked
) -> HTMLResponse:
    context = context_of(request)
    try:
        done = _commit(context, person, own, uploaded, asked)
    except NotAccepted as error:
        return week_page(context, visitor, own, 422, handed_in=HandedIn(problem=str(error)))
    context.tell(own.name, person.username)
    return week_page(context, visitor, own_week(context, person, own.name), handed_in=done)


def _repository(context: Context, person: Person, own: StudentWeek) -> Repository:
    """Return the student's repository with today's hooks; one that is there is not made again, which takes a while."""
    known = context.classroom.own_repository(own.name, own.standing.student.username)
    if known is None or not own.accepted:
        return ensure_repository(context, person, own)
    install_hooks(known.path)
    return known


def _commit(context: Context, person: Person, own: StudentWeek, uploaded: Sequence[Uploaded], asked: Asked) -> HandedIn:
    """Make the commit and push it.

    Raises:
        NotAccepted: the upload, or the push, is refused.
    """
    extras = week_extras(context.classroom, own.assignment)
    if asked.extra and asked.extra not in extras:
        raise NotAccepted(NO_EXTRA)
    found = handed_files(uploaded, own.assignment, extras, asked.extra)
    repository = _repository(context, person, own)
    inner = [f"{EXTRA}/{name}/{part}" for name, extra in extras.items() for part in extra.student_files]
    parts = (*own.assignment.student_files, *inner)
    touched = [part for part in parts if any(f"{path}/".startswith(f"{part}/") for path in found.files)]
    count = len(found.files)
    subject = f"Hand in {count} {'file' if count == 1 else 'files'} on the web"
    commit = StudentCommit(own.standing.student, subject, found.files, touched if asked.replaces else ())
    try:
        with full_disk_explained():
            made = commit.push(repository, context.classroom.state_dir)
    except Rejected as error:
        raise NotAccepted(str(error)) from None
    return HandedIn(commit=(made or "")[:7], paths=tuple(sorted(found.files)), left_out=found.left_out)
