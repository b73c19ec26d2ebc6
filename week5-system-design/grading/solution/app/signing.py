"""URLs that open one door of the storage for a while."""

import hashlib
import hmac
import time

from app.settings import settings

UPLOAD_SECONDS = 30 * 60
PLAYBACK_SECONDS = 60 * 60


def key_of(video_id: object) -> str:
    """The name under which the storage keeps the bytes of this video (provided)."""
    return f"videos/{video_id}"


def signed_url(base: str, method: str, key: str, seconds: int) -> str:
    """A URL on the storage at `base` that allows `method` ("PUT" or "GET") on this key for so many seconds."""
    expires = int(time.time()) + seconds
    # The line ends keep the parts apart: without them key "a1" until 2 and key "a" until 12 would be signed alike.
    text = f"{method}\n/{key}\n{expires}"
    signature = hmac.new(settings.storage_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"{base}/{key}?expires={expires}&signature={signature}"
