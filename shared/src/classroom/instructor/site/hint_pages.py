"""The hints on a week's page, which open one after another."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from classroom.instructor.site.access import AVisitor, Student, context_of
from classroom.instructor.site.taken_hints import take_hint, taken_hints
from classroom.instructor.site.weeks import OwnWeek, hint_part

router = APIRouter(prefix="/weeks/{week}", default_response_class=HTMLResponse)


def _task(own: OwnWeek, number: int) -> Any:
    for task in own.assignment.tasks:
        if task.number == number:
            return task
    raise HTTPException(404, "There is no such task.")


@router.get("/parts/hints-{number}")
def show_hints(
    request: Request, visitor: AVisitor, person: Student, own: OwnWeek, task: Annotated[Any, Depends(_task)]
) -> HTMLResponse:
    """Show the hints of a task that were taken."""
    context = context_of(request)
    with context.session() as db:
        known = taken_hints(db, person, own.assignment)
    return context.render(visitor, "page/week_hints.html", week=own, hint=hint_part(task, known))


@router.post("/hints/{number}")
def take(
    request: Request,
    visitor: AVisitor,
    person: Student,
    own: OwnWeek,
    task: Annotated[Any, Depends(_task)],
    position: Annotated[int, Form()] = 1,
) -> Response:
    """Take the next hint of a task; a browser without our script is led back to the page."""
    context = context_of(request)
    with context.begin() as db:
        take_hint(db, person, own.assignment, task.number, max(1, position))
    place = f"student/{person.username}/{own.name}"
    context.broadcast.publish(f"{place}/hints-{task.number}", f"{place}/card")
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"/weeks/{own.name}/#panel-hints-{task.number}", 303)
    return show_hints(request, visitor, person, own, task)
