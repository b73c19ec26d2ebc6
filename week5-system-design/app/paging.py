"""Cursors: texts that say where the next page begins. A client sends them back as it got them."""

import uuid
from datetime import datetime


def write_cursor(created_at: datetime, video_id: uuid.UUID) -> str:
    """Return the text that means "after this video"."""
    # TODO 7: a text that is safe in a URL.
    raise NotImplementedError("TODO 7: write a cursor")


def read_cursor(text: str) -> tuple[datetime, uuid.UUID]:
    """Return what `write_cursor` was given. Raises ValueError for any text that it did not write."""
    # TODO 7: a client may send any text: return a place in the list, or raise ValueError.
    raise NotImplementedError("TODO 7: read a cursor")
