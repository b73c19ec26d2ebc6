"""What the instructor does about a week's official results: grade, show them to students, take them back."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from classroom.core.errors import ClassroomError
from classroom.instructor.site import official, people
from classroom.instructor.site.access import Instructor, context_of
from classroom.instructor.site.class_week import AWeek  # noqa: TC001 - FastAPI reads the annotations
from classroom.instructor.site.extras import week_extras
from classroom.instructor.site.grades import ensure_finished, grades_folder, official_results

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment
    from classroom.instructor.site.context import Context

router = APIRouter(prefix="/class/weeks/{week}", default_response_class=HTMLResponse)
NOT_GRADED = "{week} has not been graded officially yet, so there is nothing to release."
RUNNING = "{week} is being graded at the moment. Release the results when that is finished."
log = logging.getLogger(__name__)


@router.post("/grade")
def grade(request: Request, by: Instructor, week: AWeek) -> Response:
    """Grade the week officially: every student's last push by the due date, with visible and hidden checks."""
    context = context_of(request)
    context.gradings.begin(week.name, by.name)
    with context.begin() as db:
        people.record(db, by, f"began an official grading of {week.name}")
    return _back(week)


@router.post("/at-due-date")
def grade_at_due_date(request: Request, by: Instructor, week: AWeek, on: Annotated[str, Form()] = "no") -> Response:
    """Grade the week automatically once everyone's time is over, or no longer."""
    context, is_on = context_of(request), on == "yes"
    context.at_due_date.switch(week.name, by.name, on=is_on)
    with context.begin() as db:
        what = "switched on" if is_on else "switched off"
        people.record(db, by, f"{what} the automatic grading of {week.name} after the due date")
    context.tell_grading(week.name)
    return _back(week)


@router.post("/release")
def release(request: Request, by: Instructor, week: AWeek) -> Response:
    """Show the official results to the students, here and on the branch `feedback` of their repositories."""
    context = context_of(request)
    grading = context.gradings.last(week.name)
    if grading and grading.is_running:
        raise people.NotPossible(RUNNING.format(week=week.title))
    results = official_results(context.classroom, week.name)
    if not results:
        raise people.NotPossible(NOT_GRADED.format(week=week.title))
    ensure_finished(context.classroom, week.name, week.title)
    with context.begin() as db:
        people.record(db, by, f"released the official results of {week.name}")
        official.publish(context.classroom, week.name, results, by.name)
        for extra in week_extras(context.classroom, week):
            if finished := official_results(context.classroom, extra):
                official.publish(context.classroom, extra, finished, by.name)
    _tell(context, week)
    # A commit for each student takes a while; what cannot be delivered is on the pages all the same.
    threading.Thread(target=_deliver, args=(context, week.name), name="feedback").start()
    return _back(week)


@router.post("/take-back")
def take_back(request: Request, by: Instructor, week: AWeek) -> Response:
    """Stop showing students the week's official results."""
    context = context_of(request)
    for extra in week_extras(context.classroom, week):
        official.take_back(context.classroom, extra)
    with context.begin() as db:
        if official.take_back(context.classroom, week.name):
            people.record(db, by, f"took back the official results of {week.name}")
    _tell(context, week)
    return _back(week)


def _deliver(context: Context, week: str) -> None:
    """Put the feedback on the branches, as `classroom feedback` does."""
    try:
        context.classroom.give_feedback(grades_folder(context.classroom, week), log.warning)
    except (ClassroomError, OSError) as error:
        log.warning("%s: the feedback was not put on all branches: %s", week, error)


def _tell(context: Context, week: Assignment) -> None:
    context.tell_grading(week.name)
    for student in context.classroom.students():
        context.tell(week.name, student.username, "official", "extras")


def _back(week: Assignment) -> Response:
    return RedirectResponse(f"/class/weeks/{week.name}/", 303)
