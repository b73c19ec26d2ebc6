"""Pagination by cursor: a page, and what leads to the next one, whatever is added in between."""

from __future__ import annotations

import base64
import binascii
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from fastapi import HTTPException, Query
from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
DEFAULT, MOST = 50, 200
BAD_CURSOR = "This cursor was not returned by this list. Leave it out to begin with the first page."

Limit = Annotated[int, Query(ge=1, le=MOST, description="how many items at most")]
Cursor = Annotated[str | None, Query(max_length=600, description="`next_cursor` of the previous page")]


class Page(BaseModel, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next_cursor: str | None = Field(description="leads to the next page; null on the last one")


def page(
    items: Sequence[Item], limit: int, cursor: str | None, key: Callable[[Item], Any], *, descending: bool = False
) -> tuple[list[Item], str | None]:
    """Return the items of a page, and the cursor of the next one.

    Args:
        items: sorted by `key`, no two of which are the same.
        limit: how many at most.
        cursor: the previous page's cursor, if any.
        key: returns what an item is sorted by.
        descending: whether the largest key comes first.
    """
    last: Any = read_cursor(cursor, type(key(items[0])) if items else None)
    if last is not None:
        items = [item for item in items if (key(item) < last if descending else key(item) > last)]
    shown = list(items[:limit])
    return shown, write_cursor(key(shown[-1])) if len(items) > limit else None


def write_cursor(key: str | int) -> str:
    """Return the cursor that leads behind a key."""
    return base64.urlsafe_b64encode(json.dumps([key]).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, kind: type | None) -> str | int | None:
    """Return the key in a cursor, or None for the first page.

    Raises:
        HTTPException: it is not a cursor, or one of another list.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        (key,) = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, BAD_CURSOR) from None
    if isinstance(key, str | int) and not isinstance(key, bool) and (kind is None or isinstance(key, kind)):
        return key
    raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, BAD_CURSOR)
