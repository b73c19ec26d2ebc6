"""The endpoints of the videos."""

import uuid
from typing import Any

from fastapi import APIRouter, Response

from app.auth import Account
from app.models import Video
from app.schemas import VideoCreate, VideoOut, VideoPatch

router = APIRouter(tags=["videos"])


def shown(video: Video) -> dict[str, Any]:
    """Return a video as plain JSON values, as in a response (provided)."""
    return VideoOut.model_validate(video).model_dump(mode="json")


@router.post("/videos", status_code=201)
def create_video(new: VideoCreate, account: Account, response: Response) -> dict[str, Any]:
    """Announce a video; the response says where to upload its bytes."""
    # TODO 3: store the video once, even if the same request is sent many times at once.
    # TODO 5: the response also contains `upload_url`.
    raise NotImplementedError("TODO 3: create the video")


@router.get("/videos")
def list_videos() -> dict[str, Any]:
    """A page of the videos that are ready, newest first."""
    # TODO 7: parameters limit and cursor; returns {"items": [...], "next_cursor": ...}.
    raise NotImplementedError("TODO 7: list the videos that are ready")


@router.get("/videos/{video_id}")
def get_video(video_id: uuid.UUID) -> dict[str, Any]:
    """Return one video; no token is needed."""
    # TODO 4: return the video, or 404.
    # TODO 6: a ready video also has `playback_url`.
    raise NotImplementedError("TODO 4: return the video with this id")


@router.patch("/videos/{video_id}")
def change_video(video_id: uuid.UUID, change: VideoPatch, account: Account) -> dict[str, Any]:
    """Change what is sent, and leave the rest as it is."""
    # TODO 4: only for its owner.
    raise NotImplementedError("TODO 4: change the video with this id")


@router.delete("/videos/{video_id}", status_code=204)
def delete_video(video_id: uuid.UUID, account: Account) -> None:
    """Delete a video."""
    # TODO 4: only for its owner.
    raise NotImplementedError("TODO 4: delete the video with this id")


@router.post("/videos/{video_id}/complete")
def complete_video(video_id: uuid.UUID, account: Account) -> dict[str, Any]:
    """Make a video ready once its bytes are uploaded."""
    # TODO 6: make the video ready if the storage server has its file.
    # TODO 11 (bonus): queue one job for the transcoder, however often this is called.
    raise NotImplementedError("TODO 6: make the video ready")
