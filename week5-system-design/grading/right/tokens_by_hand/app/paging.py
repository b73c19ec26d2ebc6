"""A cursor that nobody else can write."""

import hashlib
import hmac
import uuid
from datetime import UTC, datetime, timedelta

from app.settings import settings

START = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def sign(text: str) -> str:
    return hmac.new(settings.auth_secret.encode(), b"cursor " + text.encode(), hashlib.sha256).hexdigest()[:16]


def write_cursor(created_at: datetime, video_id: uuid.UUID) -> str:
    text = f"{(created_at - START) // MICROSECOND:x}-{video_id.hex}"
    return f"{text}-{sign(text)}"


def read_cursor(text: str) -> tuple[datetime, uuid.UUID]:
    moment, video, signature = text.split("-")
    if not hmac.compare_digest(sign(f"{moment}-{video}").encode(), signature.encode()):
        raise ValueError("not ours")
    return START + int(moment, 16) * MICROSECOND, uuid.UUID(video)
