"""What the backend asks the storage."""

import httpx
from fastapi import HTTPException

from app.settings import settings
from app.signing import key_of, signed_url

# One client for all requests: it keeps its connections, and lets go of them before the storage does.
client = httpx.Client(timeout=5, limits=httpx.Limits(keepalive_expiry=2))


def is_uploaded(video_id: object) -> bool:
    """Whether the storage has the bytes of this video."""
    url = signed_url(settings.storage_url, "GET", key_of(video_id), seconds=60)
    try:
        answer = client.head(url)
    except httpx.HTTPError as error:
        raise HTTPException(503, "The storage does not answer. Try again.") from error
    return answer.status_code == 200
