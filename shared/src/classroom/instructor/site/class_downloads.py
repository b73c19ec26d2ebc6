"""What an official grading has written, to look at or to download: the page of the class, gradebooks, interview sheets."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from classroom.core.errors import UsageError
from classroom.core.scratch import ScratchDir
from classroom.instructor.classrooms.classroom import ROSTER
from classroom.instructor.grading.lms import SYSTEMS, export_grades
from classroom.instructor.grading.results import read_results
from classroom.instructor.grading.students import read_students
from classroom.instructor.grading.term import read_term, write_term
from classroom.instructor.interview.interviews import Interviews
from classroom.instructor.roster import read_roster
from classroom.instructor.site.access import Instructor, context_of
from classroom.instructor.site.class_week import AWeek  # noqa: TC001 - FastAPI reads the annotations
from classroom.instructor.site.grades import ensure_finished, grades_folder
from classroom.instructor.site.people import NotPossible

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.instructor.site.context import Context

router = APIRouter(prefix="/class")
NOT_GRADED = "This week has not been graded officially yet."
POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]{1,1000})"')
HEAD = 2000  # characters in which the page says what it may load
# Even if a submission's text took effect there, it could not act as the instructor: the page has no origin.
SANDBOX = "sandbox allow-scripts allow-downloads allow-modals; frame-ancestors 'none'"
NOT_MATCHED = (
    "Neither the class's roster nor the one this week was graded with has the students' {system} IDs. Upload a roster "
    "that has them, such as {system}'s own list of students, and download this again. Or type this on the server: "
    "classroom export {command} {out} --roster EXPORT.csv --to {command}.csv"
)


def _graded(context: Context, week: str) -> Path:
    out = grades_folder(context.classroom, week)
    if not (out / "report.html").is_file():
        raise HTTPException(404, NOT_GRADED)
    return out


@router.get("/weeks/{week}/report")
def show_report(request: Request, _: Instructor, week: AWeek) -> HTMLResponse:
    """Show the page of the class that the grading has written, with the policy that the page itself names."""
    text = (_graded(context_of(request), week.name) / "report.html").read_text(encoding="utf-8")
    policy = POLICY.search(text[:HEAD])
    own = policy[1].replace("&#39;", "'") if policy else "default-src 'none'"
    return HTMLResponse(text, headers={"Content-Security-Policy": f"{own}; {SANDBOX}"})


@router.get("/weeks/{week}/gradebook.csv")
def download_gradebook(request: Request, _: Instructor, week: AWeek) -> Response:
    """Download the gradebook of a week; its first columns are GitHub Classroom's."""
    content = (_graded(context_of(request), week.name) / "gradebook.csv").read_bytes()
    return _download(f"{week.name}.csv", content)


@router.get("/weeks/{week}/{system}.csv")
def download_export(request: Request, _: Instructor, week: AWeek, system: str) -> Response:
    """Download the grades of a week in the columns that Canvas or Moodle imports."""
    if system not in SYSTEMS:
        raise HTTPException(404)
    out = _graded(context_of(request), week.name)
    ensure_finished(context_of(request).classroom, week.name, week.title)
    name = f"{week.name}-{system}.csv"
    results, students = read_results(out), read_students(out)
    with contextlib.suppress(UsageError):
        return _written(name, lambda path: export_grades(system, results, students, path))
    try:  # the class may have another roster by now
        roster = read_roster(context_of(request).classroom.folder / ROSTER)
        return _written(name, lambda path: export_grades(system, results, students, path, roster=roster))
    except UsageError:
        raise NotPossible(NOT_MATCHED.format(system=system.title(), command=system, out=out)) from None


@router.get("/gradebook.csv")
def download_term(request: Request, _: Instructor) -> Response:
    """Download what all graded weeks add up to, each with the same weight."""
    folder = context_of(request).classroom.state_dir / "grades"
    if not any(folder.glob("*/results/*.json")):
        raise HTTPException(404, "No week has been graded officially yet.")
    return _written("gradebook.csv", lambda path: write_term(path, read_term(folder)))


@router.get("/students/{username}/weeks/{week}/interview")
def show_interview(request: Request, _: Instructor, week: AWeek, username: str) -> Response:
    """Show the sheet for a talk with a student about a week."""
    context = context_of(request)
    out = _graded(context, week.name)
    try:
        interviews = Interviews(out, context.gradings.course_week(week.name), context.classroom.folder / week.name)
        with ScratchDir("interview") as scratch:
            (path,) = interviews.write(scratch, username)
            return PlainTextResponse(path.read_text(encoding="utf-8"))
    except UsageError as error:  # such as a student who has submitted nothing
        raise NotPossible(str(error)) from None


def _written(name: str, write: Callable[[Path], object]) -> Response:
    """Return a file that is written for this download."""
    with ScratchDir("export") as scratch:
        write(scratch / name)
        return _download(name, (scratch / name).read_bytes())


def _download(name: str, content: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
