"""Weeks as ZIP files, for students without git: as handed out, and as they handed it in last."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import StreamingResponse

from classroom.core.errors import UsageError
from classroom.core.git_history import History
from classroom.core.unpack import CHUNK
from classroom.instructor.classrooms.zip_archive import zip_archive
from classroom.instructor.site.access import Student, context_of
from classroom.instructor.site.people import NotPossible
from classroom.instructor.site.weeks import OwnWeek  # noqa: TC001 - FastAPI reads the annotations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from classroom.instructor.site.context import Context

router = APIRouter(prefix="/weeks/{week}", default_response_class=StreamingResponse)
NOTHING = "There is nothing to download yet."


@router.get("/handout.zip")
def download_handout(request: Request, _: Student, own: OwnWeek) -> StreamingResponse:
    """Download a week as it is handed out today."""
    return _download(context_of(request), own.assignment.folder, own.name)


@router.get("/work.zip")
def download_work(request: Request, person: Student, own: OwnWeek) -> StreamingResponse:
    """Download a week with what the student has handed in last."""
    context = context_of(request)
    repository = context.classroom.own_repository(own.name, own.standing.student.username)
    if repository is None:
        raise HTTPException(404, NOTHING)
    return _download(context, repository.path, f"{own.name}-{person.username}")


def _download(context: Context, folder: Path, name: str) -> StreamingResponse:
    history = History.at(folder)
    if history is None or history.head is None:
        raise HTTPException(404, NOTHING)
    try:
        file = zip_archive(history, history.head, name, context.classroom.state_dir)
    except UsageError as error:
        raise NotPossible(str(error)) from None
    size = file.seek(0, 2)
    file.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"', "Content-Length": str(size)}
    return StreamingResponse(_chunks(file), media_type="application/zip", headers=headers)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
