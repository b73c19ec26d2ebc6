"""The fields of requests and responses."""

import uuid
from datetime import datetime
from typing import Literal

from pydantic import BaseModel


class VideoCreate(BaseModel):
    """What a client sends to announce a video."""

    # TODO 3: title (1 to 100 characters), description (optional), id (a UUID chosen by the client; optional).


class VideoPatch(BaseModel):
    """What a client sends to change a video: only what is sent counts."""

    # TODO 4: title and description, each of them optional.


class VideoOut(BaseModel):
    """A video in a response (provided). Some responses add `playback_url` or `upload_url`."""

    model_config = {"from_attributes": True}

    id: uuid.UUID
    owner: str
    title: str
    description: str | None
    status: Literal["pending", "ready"]
    created_at: datetime
