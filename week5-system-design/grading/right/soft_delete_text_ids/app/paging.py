"""A cursor: the place in a list where the next page begins, as a text that a client hands back unread."""

import base64
import uuid
from datetime import datetime


def write_cursor(created_at: datetime, video_id: uuid.UUID) -> str:
    """The text that means "after this video"."""
    # The whole of it, to the microsecond, and the id: two videos may be of the same instant.
    return base64.urlsafe_b64encode(f"{created_at.isoformat()} {video_id}".encode()).decode()


def read_cursor(text: str) -> tuple[datetime, uuid.UUID]:
    """What `write_cursor` was given. Raises ValueError for a text that it never wrote."""
    # Each step raises ValueError, or a kind of it, where the text does not fit.
    moment, video_id = base64.b64decode(text, altchars=b"-_", validate=True).decode().split(" ")
    created_at = datetime.fromisoformat(moment)
    if created_at.tzinfo is None:
        raise ValueError("a cursor's time has a zone")
    return created_at, int(video_id)
