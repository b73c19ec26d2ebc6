"""Whose token it is, and the log of acts."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import select

from classroom.instructor.site.access import context_of
from classroom.instructor.site.api.bearer import AnyRole, Instructor  # noqa: TC001 - FastAPI reads them
from classroom.instructor.site.api.paging import DEFAULT, Cursor, Limit, Page, read_cursor, write_cursor
from classroom.instructor.site.api.problems import responses
from classroom.instructor.site.api.schemas import ActItem, Me
from classroom.instructor.site.models import Act

router = APIRouter(tags=["account"])
MAX_ID = 2**31 - 1


@router.get("/me", summary="Yourself", responses=responses(401))
def show_me(person: AnyRole) -> Me:
    """Return whose token this is."""
    fields: dict[str, Any] = {"role": person.role, "username": person.username, "name": person.name}
    return Me(**fields)


@router.get("/log", summary="The log", responses=responses(401, 403))
def list_acts(request: Request, _: Instructor, limit: Limit = DEFAULT, cursor: Cursor = None) -> Page[ActItem]:
    """Return who did what, newest first."""
    last = read_cursor(cursor, int)
    query = select(Act).order_by(Act.id.desc()).limit(limit + 1)
    if isinstance(last, int):
        query = query.where(Act.id < min(max(last, 0), MAX_ID))
    with context_of(request).session() as db:
        found = list(db.scalars(query))
    items = [
        ActItem(id=act.id, at=act.at, by=act.by, role=act.role, what=act.what, about=act.about) for act in found[:limit]
    ]
    return Page(items=items, next_cursor=write_cursor(items[-1].id) if len(found) > limit else None)
