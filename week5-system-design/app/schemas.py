"""What comes in and what goes out."""

import uuid
from datetime import datetime
from typing import Literal

from pydantic import BaseModel


class VideoCreate(BaseModel):
    """What a client sends to announce a video."""

    # TODO 3: title (1 to 100 characters), description (may be left out), id (a UUID made by the client; may be left out).


class VideoPatch(BaseModel):
    """What a client sends to change a video: only what is sent counts."""

    # TODO 4: title and description, each of which may be left out.


class VideoOut(BaseModel):
    """A video as answered (provided). `playback_url` and `upload_url` stand in an answer where a task says so."""

    model_config = {"from_attributes": True}

    id: uuid.UUID
    owner: str
    title: str
    description: str | None
    status: Literal["pending", "ready"]
    created_at: datetime
