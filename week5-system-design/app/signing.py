"""Signed URLs: each allows one method on one file of the storage for a limited time."""

import time

UPLOAD_SECONDS = 30 * 60
PLAYBACK_SECONDS = 60 * 60


def key_of(video_id: object) -> str:
    """Return the key under which the storage server keeps the bytes of this video (provided)."""
    return f"videos/{video_id}"


def in_seconds(seconds: int) -> int:
    """Return the moment this many seconds from now, as `expires` counts it (provided)."""
    return int(time.time()) + seconds


def signed_url(base: str, method: str, key: str, seconds: int) -> str:
    """Return a URL on the storage at `base` that allows `method` ("PUT" or "GET") on this key for this many seconds."""
    # TODO 5: {base}/{key}?expires=...&signature=..., README.md says what is signed, and with which secret.
    raise NotImplementedError("TODO 5: return a signed URL")
