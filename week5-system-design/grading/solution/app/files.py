"""What the backend asks the storage."""

import httpx
from fastapi import HTTPException

from app.settings import settings
from app.signing import key_of, signed_url


def is_uploaded(video_id: object) -> bool:
    """Whether the storage has the bytes of this video."""
    url = signed_url(settings.storage_url, "GET", key_of(video_id), seconds=60)
    try:
        answer = httpx.head(url, timeout=5)
    except httpx.HTTPError as error:
        raise HTTPException(503, "The storage does not answer. Try again.") from error
    return answer.status_code == 200
