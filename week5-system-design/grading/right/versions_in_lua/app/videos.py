"""The endpoints of the videos."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response
from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import cache
from app.auth import Account
from app.database import reading, writing
from app.files import is_uploaded
from app.models import Job, Video
from app.paging import read_cursor, write_cursor
from app.schemas import VideoCreate, VideoOut, VideoPatch
from app.settings import settings
from app.signing import PLAYBACK_SECONDS, UPLOAD_SECONDS, key_of, signed_url

router = APIRouter(tags=["videos"])


def shown(video: Video) -> dict[str, Any]:
    """A video as answered, as plain JSON values (provided)."""
    return VideoOut.model_validate(video).model_dump(mode="json")


def owned(session: Session, video_id: uuid.UUID, account: str) -> Video:
    """The video, locked until the end of the transaction, if this account may change it."""
    video = session.get(Video, video_id, with_for_update=True)
    if video is None:
        raise HTTPException(404, "Video not found")
    if video.owner != account:
        raise HTTPException(403, "This video is somebody else's")
    return video


@router.post("/videos", status_code=201)
def create_video(new: VideoCreate, account: Account, response: Response) -> dict[str, Any]:
    """Announce a video: what is known of it, and where its bytes may be uploaded to."""
    video_id = new.id or uuid.uuid4()
    values = {"id": video_id, "owner": account, "title": new.title, "description": new.description}
    with writing() as session:
        # Asking first and inserting then would let ten requests ask at once. The primary key decides: one of them
        # inserts, the others wait for it and do nothing.
        inserted = session.execute(insert(Video).values(values).on_conflict_do_nothing().returning(Video.id)).scalar()
        video = session.get(Video, video_id)
        if video is None or video.owner != account:
            raise HTTPException(409, "This id is taken")
    if inserted is None:
        response.status_code = 200
    upload_url = signed_url(settings.storage_public_url, "PUT", key_of(video_id), UPLOAD_SECONDS)
    return shown(video) | {"upload_url": upload_url}


@router.get("/videos")
def list_videos(limit: Annotated[int, Query(ge=1, le=100)] = 20, cursor: str | None = None) -> dict[str, Any]:
    """A page of the videos that are ready, newest first."""
    newest_first = select(Video).where(Video.status == "ready").order_by(Video.created_at.desc(), Video.id.desc())
    if cursor is not None:
        try:
            place = read_cursor(cursor)
        except ValueError as error:
            raise HTTPException(422, "This is no cursor") from error
        # "Older than the last one seen" means the same place whatever is added in front of it; an offset does not.
        newest_first = newest_first.where(tuple_(Video.created_at, Video.id) < place)
    with reading() as session:
        videos = session.scalars(newest_first.limit(limit + 1)).all()  # one more than asked for: is there a next page?
    page = videos[:limit]
    next_cursor = write_cursor(page[-1].created_at, page[-1].id) if len(videos) > limit else None
    return {"items": [shown(video) for video in page], "next_cursor": next_cursor}


@router.get("/videos/{video_id}")
def get_video(video_id: uuid.UUID) -> dict[str, Any]:
    """One video, whoever asks."""

    def load() -> dict[str, Any] | None:
        with reading() as session:
            video = session.get(Video, video_id)
            job = session.get(Job, video_id)
            if video is None:
                return None
            found = shown(video) | {"transcoded": job is not None and job.done}
            cache.put(video_id, video.version, found)
            return found

    found = cache.get(video_id) or load()
    if found is None or found.get("deleted"):
        raise HTTPException(404, "Video not found")
    if found["status"] == "ready":
        # Signed anew for each answer and never cached: a URL that waits in a cache grows old there.
        url = signed_url(settings.storage_public_url, "GET", key_of(video_id), PLAYBACK_SECONDS)
        found["playback_url"] = url
    return found


@router.patch("/videos/{video_id}")
def change_video(video_id: uuid.UUID, change: VideoPatch, account: Account) -> dict[str, Any]:
    """Change what is sent, and leave the rest as it is."""
    with writing() as session:
        video = owned(session, video_id, account)
        for name, value in change.model_dump(exclude_unset=True).items():
            setattr(video, name, value)
        video.version += 1
        job = session.get(Job, video_id)
    cache.put(video_id, video.version, shown(video) | {"transcoded": job is not None and job.done})
    return shown(video)


@router.delete("/videos/{video_id}", status_code=204)
def delete_video(video_id: uuid.UUID, account: Account) -> None:
    """Delete a video."""
    with writing() as session:
        video = owned(session, video_id, account)
        session.delete(video)
    cache.put(video_id, video.version + 1, {"deleted": True})


@router.post("/videos/{video_id}/complete")
def complete_video(video_id: uuid.UUID, account: Account) -> dict[str, Any]:
    """The owner says: the upload is done."""
    with writing() as session:
        owned(session, video_id, account)
    # The storage server is asked between two transactions: nobody waits for a lock while another machine takes its time.
    if not is_uploaded(video_id):
        raise HTTPException(409, "The file is not there yet")
    with writing() as session:
        video = owned(session, video_id, account)
        video.status = "ready"
        video.version += 1
        session.execute(insert(Job).values(video_id=video_id).on_conflict_do_nothing())
        done = session.get(Job, video_id).done
    cache.put(video_id, video.version, shown(video) | {"transcoded": done})
    return shown(video)
