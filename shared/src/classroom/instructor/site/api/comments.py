"""Comments of the staff on a student's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request

from classroom.instructor.site import comments
from classroom.instructor.site.access import context_of
from classroom.instructor.site.api.bearer import OneStudent  # noqa: TC001 - FastAPI reads them
from classroom.instructor.site.api.paging import DEFAULT, Cursor, Limit, Page, page
from classroom.instructor.site.api.problems import responses
from classroom.instructor.site.api.schemas import CommentItem
from classroom.instructor.site.api.weeks import OneWeek, student_week

if TYPE_CHECKING:
    from classroom.instructor.site.models import Comment

router = APIRouter(prefix="/weeks/{week}/students/{username}/comments", tags=["weeks"])


@router.get("", summary="Comments on a student's week", responses=responses(401, 403, 404))
def list_comments(
    request: Request, username: OneStudent, week: OneWeek, limit: Limit = DEFAULT, cursor: Cursor = None
) -> Page[CommentItem]:
    """Return what the staff have written about a student's week, oldest first."""
    context = context_of(request)
    name = student_week(context, username, week).work_name
    with context.session() as db:
        found = comments.of(db, name, week.name)
    shown, following = page(found, limit, cursor, lambda comment: comment.id)
    return Page(items=[_item(comment) for comment in shown], next_cursor=following)


def _item(comment: Comment) -> CommentItem:
    return CommentItem(
        id=comment.id, at=comment.at, by=comment.by, text=comment.text, commit=comment.commit_name or None,
        task=comment.task, file=comment.file, line=comment.line, quote=comment.quote,
    )  # fmt: skip
