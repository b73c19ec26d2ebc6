"""A cursor: the place in a list where the next page begins, as a text that a client hands back unread."""

import uuid
from datetime import datetime


def write_cursor(created_at: datetime, video_id: uuid.UUID) -> str:
    """The text that means "after this video"."""
    # TODO 7: a text that is safe in a URL.
    raise NotImplementedError("TODO 7: write a cursor")


def read_cursor(text: str) -> tuple[datetime, uuid.UUID]:
    """What `write_cursor` was given. Raises ValueError for a text that it never wrote."""
    # TODO 7: whatever a client sends, the outcome is a place in the list or a ValueError.
    raise NotImplementedError("TODO 7: read a cursor")
