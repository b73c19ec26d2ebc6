"""A student's official feedback on a week and its extras, once it is released."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from classroom.instructor.site.access import AVisitor, Student, context_of
from classroom.instructor.site.extras import student_extras
from classroom.instructor.site.given_feedback import given_feedback
from classroom.instructor.site.weeks import OwnWeek  # noqa: TC001 - FastAPI reads the annotations
from classroom.web.markdown import render

router = APIRouter(prefix="/weeks/{week}", default_response_class=HTMLResponse)
NOT_YET = "There is no official feedback on this week yet."


@router.get("/feedback")
def show_feedback(request: Request, visitor: AVisitor, person: Student, own: OwnWeek) -> HTMLResponse:
    """Show the feedback."""
    context = context_of(request)
    given = given_feedback(context.classroom, own.name, person.username)
    if given is None:
        raise HTTPException(404, NOT_YET)
    return context.render(visitor, "page/feedback.html", week=own, text=render(given.text))


@router.get("/parts/official")
def show_official(request: Request, visitor: AVisitor, person: Student, own: OwnWeek) -> HTMLResponse:
    """Show whether there is feedback, and the official points."""
    context = context_of(request)
    given = given_feedback(context.classroom, own.name, person.username)
    return context.render(visitor, "page/official.html", week=own, given=given)


@router.get("/parts/extras")
def show_extras(request: Request, visitor: AVisitor, person: Student, own: OwnWeek) -> HTMLResponse:
    """Show the extras of a week, and which of them are finished."""
    context = context_of(request)
    found = student_extras(context.classroom, own.assignment, person.username)
    return context.render(visitor, "page/extras.html", week=own, extras=found)
