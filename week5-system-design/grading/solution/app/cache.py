"""Copies of videos that are often asked for, in a cache that all instances share.

Two keys for each video. `stamp:ID` holds a random word, `copy:ID` the video together with the stamp that its reader saw
before it asked the database. A copy counts only while its stamp is the current one, so a change needs to do no more
than take the stamp away: whatever a slow reader still puts down was read under a stamp that is gone.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import redis

from app.settings import settings

CHANGING = "changing"  # in the place of a stamp: nobody keeps anything now
COPY_SECONDS = 60  # should everything else fail, a copy is never older than this
STAMP_SECONDS = 3600
CHANGE_SECONDS = 30  # longer than a change may take; ends by itself when its instance is killed

# Kept short: a cache that does not answer must cost a moment, not a minute. (provided)
client = redis.Redis.from_url(settings.cache_url, socket_connect_timeout=0.3, socket_timeout=0.3, decode_responses=True)


def read_through(video_id: object, load: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
    """The video as `load()` answers it, or a copy of an earlier answer. None (no such video) is never kept."""
    try:
        stamp, copy = _look(video_id)
    except redis.RedisError:
        return load()
    if copy is not None:
        return copy
    video = load()
    if video is not None and stamp != CHANGING:
        with suppress(redis.RedisError):
            client.set(f"copy:{video_id}", json.dumps({"stamp": stamp, "video": video}), ex=COPY_SECONDS)
    return video


def _look(video_id: object) -> tuple[str, dict[str, Any] | None]:
    """The current stamp, made if there is none, and the copy if it bears that stamp."""
    stamp, text = client.mget(f"stamp:{video_id}", f"copy:{video_id}")
    if stamp is None:
        # nx: of all who find no stamp one sets it. Whoever was late works under a stamp of his own that nobody believes.
        stamp = uuid.uuid4().hex
        client.set(f"stamp:{video_id}", stamp, nx=True, ex=STAMP_SECONDS)
        return stamp, None
    kept = json.loads(text) if text else {}
    return stamp, kept["video"] if kept.get("stamp") == stamp else None


def forget(video_id: object) -> None:
    """No copy that was read before this moment counts from now on."""
    with suppress(redis.RedisError):
        client.delete(f"stamp:{video_id}")


@contextmanager
def changing(video_id: object) -> Iterator[None]:
    """Put around every change of a video: `with cache.changing(video_id), writing() as session:`.

    The part before `yield` runs before the change, the part after it when the change is committed or given up.
    """
    # Before: should this instance be killed right after its commit, no old copy may be left that still counts.
    with suppress(redis.RedisError):
        client.set(f"stamp:{video_id}", CHANGING, ex=CHANGE_SECONDS)
    try:
        yield
    finally:
        forget(video_id)
