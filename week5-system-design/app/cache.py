"""Copies of videos in a cache that all instances share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import redis

from app.settings import settings

# Short timeouts: a cache that does not respond must cost a moment, not a minute. (provided)
client = redis.Redis.from_url(settings.cache_url, socket_connect_timeout=0.3, socket_timeout=0.3, decode_responses=True)


def read_through(video_id: object, load: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
    """Return a copy of the video, or else what `load()` returns. None (no such video) is never kept."""
    # Right now nothing is kept: every read asks the database. That is correct, and slow.
    # TODO 10: keep what `load` returned, so that the next hundred reads need no database.
    return load()


@contextmanager
def changing(video_id: object) -> Iterator[None]:
    """Goes around every change of a video: `with cache.changing(video_id), writing() as session:`.

    The part before `yield` runs before the change, the part after it once the change is committed or rolled back.
    """
    # TODO 10: after this, no instance may return an older copy, and a read still in progress must not store one.
    yield
