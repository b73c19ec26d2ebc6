"""Comments of the staff on a student's work: on a task, or on a line of the code that was pushed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from classroom.instructor.site.models import INSTRUCTOR, Comment

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from classroom.instructor.site.models import Person


@dataclass(frozen=True)
class Place:
    """What a comment is about: a task, or a line of a file with its text; with neither, the whole week.

    Attributes:
        commit: the one that its author saw; empty if nothing was pushed.
    """

    commit: str
    task: int | None = None
    file: str | None = None
    line: int | None = None
    quote: str | None = None


def add(db: Session, by: Person, username: str, week: str, place: Place, text: str) -> Comment:
    """Add a comment on the work of a student.

    Args:
        db: the transaction.
        by: who comments.
        username: the student's, or the name of the team, whose members then all see it.
        week: its name.
        place: what the comment is about.
        text: the comment.
    """
    where = {"task": place.task, "file": place.file, "line": place.line, "quote": place.quote}
    comment = Comment(
        author_id=by.id, by=by.name, username=username, week=week, commit_name=place.commit, text=text, **where
    )
    db.add(comment)
    db.flush()
    return comment


def of(db: Session, username: str, week: str) -> list[Comment]:
    """Return the comments on a student's week, oldest first."""
    query = select(Comment).where(Comment.username == username, Comment.week == week, Comment.removed.is_(None))
    return list(db.scalars(query.order_by(Comment.id)))


def remove(db: Session, by: Person, username: str, week: str, number: int) -> Comment | None:
    """Remove a comment and return it; None if it does not exist, or if it is someone else's and an assistant asks."""
    comment = next((each for each in of(db, username, week) if each.id == number), None)
    if comment is None or (by.role != INSTRUCTOR and comment.author_id != by.id):
        return None
    comment.removed = datetime.now(UTC)
    return comment


def where(comment: Comment) -> str:
    """Return in words what a comment is about."""
    if comment.task is not None:
        return f"task {comment.task}"
    return f"{comment.file}, line {comment.line}" if comment.file else "the week"
