"""Copies of videos that are often asked for, in a cache that all instances share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import redis

from app.settings import settings

# Kept short: a cache that does not answer must cost a moment, not a minute. (provided)
client = redis.Redis.from_url(settings.cache_url, socket_connect_timeout=0.3, socket_timeout=0.3, decode_responses=True)


def read_through(video_id: object, load: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
    """The video as `load()` answers it, or a copy of an earlier answer. None (no such video) is never kept."""
    # Right now nothing is kept: every read asks the database. That is correct, and slow.
    # TODO 10: keep what `load` answered, so that the next hundred reads need no database.
    return load()


@contextmanager
def changing(video_id: object) -> Iterator[None]:
    """Put around every change of a video: `with cache.changing(video_id), writing() as session:`.

    The part before `yield` runs before the change, the part after it when the change is committed or given up.
    """
    # TODO 10: once this is over no instance may answer an older copy, and a read that is still under way may keep none.
    yield
