"""Commenting on a task or a line of a student's work, and what the student sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from classroom.core.text import sanitize
from classroom.instructor.site import comments, people
from classroom.instructor.site.access import AVisitor, Staff, Student, context_of
from classroom.instructor.site.class_student import AStudent  # noqa: TC001 - FastAPI reads the annotations
from classroom.instructor.site.class_week import AWeek  # noqa: TC001 - FastAPI reads the annotations
from classroom.instructor.site.comments import Place
from classroom.instructor.site.shown_comments import shown_comments
from classroom.instructor.site.student_work import shown_work
from classroom.instructor.site.weeks import OwnWeek  # noqa: TC001 - FastAPI reads the annotations

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.models import Person

router = APIRouter(prefix="/class/students/{username}/weeks/{week}", default_response_class=HTMLResponse)
one = APIRouter(prefix="/weeks/{week}", default_response_class=HTMLResponse)
MAX_TEXT = 4000
NO_TEXT = "Write the comment first."
TOO_LONG = f"A comment can have {MAX_TEXT} characters at most. Go back, and shorten it."
NO_TASK = "There is no such task in this week."
NO_LINE = "This file has no such line in the commit that is shown. Reload the page, and look again."
NO_COMMIT = "The student has not pushed this commit. Reload the page, and look again."
NO_WORK = "This student is not in a team for this week yet, so there is no work to comment on."
NO_COMMENT = "You have no such comment."


class CommentForm(BaseModel):
    """What is sent to comment.

    Attributes:
        about: empty for the whole week, `task 3`, or the name of a file.
        line: of that file, from 1.
        commit: the one that the page has shown.
    """

    about: str = ""
    line: str = ""
    commit: str = ""
    text: str = ""


@router.post("/comments")
def add_comment(
    request: Request, by: Staff, student: AStudent, week: AWeek, form: Annotated[CommentForm, Form()]
) -> Response:
    """Add a comment, which the student sees at once."""
    context, text = context_of(request), sanitize(form.text.replace("\r\n", "\n"), MAX_TEXT).strip()
    if not text:
        raise people.NotPossible(NO_TEXT)
    if len(text) > MAX_TEXT:  # cut, and marked as such
        raise people.NotPossible(TOO_LONG)
    place = _place(context, student, week, form)
    with context.begin() as db:
        found = comments.add(db, by, _name(context, student, week), week.name, place, text)
        what = f"commented on {comments.where(found)} of {student.name} ({student.username}) in {week.name}"
        people.record(db, by, what, student.username)
    return _back(context, student, week)


def _place(context: Context, student: Person, week: Assignment, form: CommentForm) -> Place:
    """Return what a comment is about.

    Raises:
        NotPossible: there is no such task, line or commit, or it is about a line and the student has pushed since the page
            was shown.
    """
    work = shown_work(context, student, week)
    commit = work.commit or ""
    seen = form.commit or commit
    if seen != commit and seen not in {push.commit for push in work.pushes}:
        raise people.NotPossible(NO_COMMIT)
    if not form.about:
        return Place(seen)
    if form.about.startswith("task "):
        number = form.about.removeprefix("task ")
        if number not in {str(task.number) for task in week.tasks}:
            raise people.NotPossible(NO_TASK)
        return Place(seen, task=int(number))
    files = {file.name: file for file in work.files} if commit == form.commit else {}
    lines = files[form.about].lines if form.about in files else {}
    line = next((line for line in lines if str(line) == form.line), None)
    if line is None:
        raise people.NotPossible(NO_LINE)
    return Place(commit, file=form.about[:500], line=line, quote=lines[line][:500])


@router.post("/comments/{number}/remove")
def remove_comment(request: Request, by: Staff, student: AStudent, week: AWeek, number: int) -> Response:
    """Remove a comment: an assistant's own, or anyone's if the instructor asks."""
    context = context_of(request)
    with context.begin() as db:
        found = comments.remove(db, by, _name(context, student, week), week.name, number)
        if found is None:
            raise HTTPException(404, NO_COMMENT)
        what = f"removed a comment on {comments.where(found)} of {student.name} ({student.username}) in {week.name}"
        people.record(db, by, what, student.username)
    return _back(context, student, week)


def _name(context: Context, student: Person, week: Assignment) -> str:
    """Return the name of the work that is commented on, which in a team is that of all members.

    Raises:
        NotPossible: the student is in no team and called like one, whose work this is not.
    """
    name, teams = context.classroom.work_name(week.name, student.username), context.classroom.teams(week.name)
    if name is None and teams and teams.named(student.username):
        raise people.NotPossible(NO_WORK)
    return name or student.username


def _back(context: Context, student: Person, week: Assignment) -> Response:
    sharing = context.classroom.sharing(week.name, student.username)
    context.broadcast.publish(*(f"student/{username}/{week.name}/comments" for username in sharing))
    return RedirectResponse(f"/class/students/{student.username}/weeks/{week.name}/#panel-comments", 303)


@one.get("/parts/comments")
def show_own_comments(request: Request, visitor: AVisitor, _: Student, own: OwnWeek) -> HTMLResponse:
    """Show students the comments on their own work."""
    context = context_of(request)
    found = shown_comments(context, own.work_name, own.name)
    return context.render(visitor, "page/comments.html", comments=found)
