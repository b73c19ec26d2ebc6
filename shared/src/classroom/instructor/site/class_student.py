"""The staff's page of a student: how far each week is, adjustments, access, and what was done about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from classroom.core.errors import UsageError
from classroom.core.text import one_line, sanitize
from classroom.instructor.classrooms.adjust import adjust, entry_of, undo
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.grading.adjustment_rows import GONE
from classroom.instructor.grading.adjustments import EVERYBODY, FILE, Entry, read_entries
from classroom.instructor.site import people, tokens
from classroom.instructor.site.access import AVisitor, Instructor, Staff, context_of
from classroom.instructor.site.models import STUDENT, Person
from classroom.instructor.site.student_weeks import student_weeks
from classroom.instructor.time_zone import shown, zone_near

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.visitor import Visitor
    from classroom.instructor.teams import Team

router = APIRouter(prefix="/class/students/{username}", default_response_class=HTMLResponse)
NO_STUDENT, NO_WEEK = "There is no student with this name.", "There is no such week."
ACCESS = {"session": "a browser", "link": "a personal link", "git": "a password for git", "api": "a token for scripts"}
# What an instructor can grant or change, each with what its value means.
KINDS = {
    "extension": "Extension: a later due date",
    "excuse": "Excuse: no points, and not in any average",
    "waive": "Waive: full points for a task",
    "points": "Points: change a task's points",
    "late": "Late: no penalty for being late",
    "comment": "Comment: a message for the student",
}

NOTHING_TYPED = dict.fromkeys(("week", "kind", "value", "note", "text"), "")


@dataclass(frozen=True)
class Adjusted:
    """An adjustment of a week, as the page lists it."""

    title: str
    entry: Entry
    team: Team | None = None

    @property
    def is_for_all(self) -> bool:
        """Return whether it is everyone's."""
        return self.entry.student == EVERYBODY

    @property
    def is_for_team(self) -> bool:
        """Return whether it is for all members of the student's team."""
        return self.team is not None and self.entry.student.casefold() == self.team.name

    @property
    def key(self) -> str:
        """Return a digest of what the row says."""
        return _key(self.entry)


def _student(request: Request, username: str) -> Person:
    """Return a student who has joined, did so before, or is on the roster."""
    context = context_of(request)
    with context.session() as db:
        person = people.find(db, STUDENT, username)
    listed = next((each for each in context.classroom.students() if each.username == username), None)
    if person is not None:
        return person
    if listed is None:
        raise HTTPException(404, NO_STUDENT)
    return Person(role=STUDENT, username=username, name=listed.label)


AStudent = Annotated[Any, Depends(_student)]


@router.get("")
def show_student(request: Request, visitor: AVisitor, _: Staff, student: AStudent) -> HTMLResponse:
    """Show how far a student is, what was adjusted, and with what the student can sign in."""
    return _page(context_of(request), visitor, student)


def _page(
    context: Context, visitor: Visitor, student: Person, *, status: int = 200, problem: str = "", **typed: str
) -> HTMLResponse:
    """Return the page; what someone typed stays in its form if it could not be used."""
    zone = zone_near(context.classroom.folder)
    with context.session() as db:
        found = tokens.valid(db, student) if student.id else ()
        acts = people.shown_log(people.log(db, student.username), zone)
        accepted = people.accepted_weeks(db, student) if student.id else set()
    valid = [
        (token.id, ACCESS.get(token.kind, token.kind), shown(token.created, zone), _time(token.used, zone))
        for token in found
    ]
    adjusted, unread = _adjusted(context, student.username)
    grades = {week.name: context.grades.of(week.name) for week in context.classroom.weeks()}
    return context.render(
        visitor, "page/class_student.html", status, student=student, joined=_time(student.joined, zone), tokens=valid,
        weeks=student_weeks(context.standings, student, accepted), adjusted=adjusted, unread=unread, acts=acts, grades=grades,
        kinds=KINDS, problem=problem, typed=NOTHING_TYPED | typed,
    )  # fmt: skip


def _time(moment: Any, zone: Any) -> str:
    return shown(moment, zone) if moment else ""


def _adjusted(context: Context, username: str) -> tuple[list[Adjusted], str]:
    """Return the adjustments of a student in all weeks, and why they cannot be read, if so."""
    dates = DueDates(context.classroom)
    dates.read()
    found = []
    for week in context.classroom.weeks():
        teams = context.classroom.teams(week.name)
        team = teams.of(username) if teams else None
        found += [Adjusted(week.title, entry, team) for entry in dates.adjustments(week).of(username)]
    return found, dates.problem


class AdjustForm(BaseModel):
    """What is sent to adjust something."""

    week: str = ""
    kind: str = ""
    value: str = ""
    note: str = ""
    show_note: bool = False
    for_team: bool = False


class UndoForm(BaseModel):
    """What is sent to undo an adjustment: where its row was, and a digest of what it said."""

    line: int = 0
    key: str = ""


@router.post("/adjust")
def adjust_student(
    request: Request, visitor: AVisitor, by: Instructor, student: AStudent, form: Annotated[AdjustForm, Form()]
) -> Response:
    """Grant an extension, excuse a student, change points or add a comment."""
    value, note = _typed(form.value), one_line(form.note).strip()
    context, whom = context_of(request), student.username
    if form.for_team:
        whom = context.classroom.work_name(_week(context, form.week).name, student.username) or student.username
    entry = entry_of(whom, form.week, form.kind, value, note, show_note=form.show_note)
    return _add(context, visitor, by, student, entry, typed={"value": value, "note": note})


@router.post("/comment")
def comment(
    request: Request,
    visitor: AVisitor,
    by: Staff,
    student: AStudent,
    week: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> Response:
    """Add a comment, which the student reads next to the points."""
    entry = entry_of(student.username, week, "comment", _typed(text), "", show_note=False)
    return _add(context_of(request), visitor, by, student, entry, typed={"text": text})


def _typed(text: str) -> str:
    return sanitize(text.replace("\r\n", "\n")).strip()


def _add(
    context: Context, visitor: Visitor, by: Person, student: Person, entry: Entry, typed: dict[str, str]
) -> Response:
    """Add an adjustment and a line to the log, or show the page again with what is wrong."""
    week = _week(context, entry.week)
    try:
        with context.begin() as db:
            people.record(db, by, f"adjusted {_who(student)}, {_words(entry)}", student.username)
            adjust(context.classroom.folder, week, entry, context.classroom)
    except UsageError as error:
        typed |= {"week": entry.week, "kind": entry.kind}
        return _page(context, visitor, student, status=409, problem=str(error), **typed)
    context.tell(entry.week, student.username)
    return _back(student)


@router.post("/adjustments/undo")
def undo_adjustment(
    request: Request, visitor: AVisitor, by: Instructor, student: AStudent, form: Annotated[UndoForm, Form()]
) -> Response:
    """Remove an adjustment."""
    context = context_of(request)
    try:
        entry = _meant(context, form)
        with context.begin() as db:
            people.record(db, by, f"undid an adjustment of {_who(student)}, {_words(entry)}", student.username)
            undo(context.classroom, entry)
    except UsageError as error:
        return _page(context, visitor, student, status=409, problem=str(error))
    context.tell(entry.week, student.username)
    return _back(student)


def _meant(context: Context, form: UndoForm) -> Entry:
    """Return the row that a form means; rows may have moved in the meantime.

    Raises:
        UsageError: there is no such row anymore.
    """
    path = context.classroom.folder / FILE
    same = [entry for entry in (read_entries(path) if path.exists() else ()) if _key(entry) == form.key]
    if not same:
        raise UsageError(GONE)
    return next((entry for entry in same if entry.line == form.line), same[0])


def _key(entry: Entry) -> str:
    parts = (entry.student, entry.week, entry.kind, entry.value, entry.note)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def _words(entry: Entry) -> str:
    """Return an adjustment in words, for the log."""
    whose = "everybody's " if entry.student == EVERYBODY else ""
    reason = f" ({one_line(entry.note)})" if entry.note else ""
    return one_line(f"{whose}{entry.week}: {entry.kind} {entry.value}".strip()) + reason


def _who(student: Person) -> str:
    return f"{student.name} ({student.username})"


def _week(context: Context, name: str) -> Assignment:
    week = next((week for week in context.classroom.weeks() if week.name == name), None)
    if week is None:
        raise HTTPException(404, NO_WEEK)
    return week


def _back(student: Person) -> Response:
    return RedirectResponse(f"/class/students/{student.username}", 303)
