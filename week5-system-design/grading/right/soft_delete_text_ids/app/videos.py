"""The endpoints of the videos."""

import uuid
from datetime import UTC, datetime
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


def find(session: Session, video_id: uuid.UUID, *, lock: bool = False) -> Video | None:
    """The video, unless it was deleted."""
    wanted = select(Video).where(Video.id == str(video_id), Video.deleted_at.is_(None))
    return session.scalar(wanted.with_for_update() if lock else wanted)


def owned(session: Session, video_id: uuid.UUID, account: str) -> Video:
    """The video, locked until the end of the transaction, if this account may change it."""
    video = find(session, video_id, lock=True)
    if video is None:
        raise HTTPException(404, "Video not found")
    if video.owner != account:
        raise HTTPException(403, "This video is somebody else's")
    return video


@router.post("/videos", status_code=201)
def create_video(new: VideoCreate, account: Account, response: Response) -> dict[str, Any]:
    """Announce a video: what is known of it, and where its bytes may be uploaded to."""
    video_id = new.id or uuid.uuid4()
    values = {"id": str(video_id), "owner": account, "title": new.title, "description": new.description}
    with writing() as session:
        # Asking first and inserting then would let ten requests ask at once. The primary key decides: one of them
        # inserts, the others wait for it and do nothing.
        inserted = session.execute(insert(Video).values(values).on_conflict_do_nothing().returning(Video.id)).scalar()
        video = find(session, video_id)
        if video is None or video.owner != account:
            raise HTTPException(409, "This id is taken")
    if inserted is None:
        response.status_code = 200
    upload_url = signed_url(settings.storage_public_url, "PUT", key_of(video_id), UPLOAD_SECONDS)
    return shown(video) | {"upload_url": upload_url}


@router.get("/videos")
def list_videos(limit: Annotated[int, Query(ge=1, le=100)] = 20, cursor: str | None = None) -> dict[str, Any]:
    """A page of the videos that are ready, newest first."""
    newest_first = (
        select(Video)
        .where(Video.ready_at.is_not(None), Video.deleted_at.is_(None))
        .order_by(Video.created_at.desc(), Video.number.desc())
    )
    if cursor is not None:
        try:
            place = read_cursor(cursor)
        except ValueError as error:
            raise HTTPException(422, "This is no cursor") from error
        # "Older than the last one seen" means the same place whatever is added in front of it; an offset does not.
        newest_first = newest_first.where(tuple_(Video.created_at, Video.number) < place)
    with reading() as session:
        videos = session.scalars(newest_first.limit(limit + 1)).all()  # one more than asked for: is there a next page?
    page = videos[:limit]
    next_cursor = write_cursor(page[-1].created_at, page[-1].number) if len(videos) > limit else None
    return {"items": [shown(video) for video in page], "next_cursor": next_cursor}


@router.get("/videos/{video_id}")
def get_video(video_id: uuid.UUID) -> dict[str, Any]:
    """One video, whoever asks."""

    def load() -> dict[str, Any] | None:
        with reading() as session:
            video = find(session, video_id)
            job = session.get(Job, video_id)
            return None if video is None else shown(video) | {"transcoded": job is not None and job.done}

    found = cache.read_through(video_id, load)
    if found is None:
        raise HTTPException(404, "Video not found")
    if found["status"] == "ready":
        # Signed anew for each answer and never cached: a URL that waits in a cache grows old there.
        url = signed_url(settings.storage_public_url, "GET", key_of(video_id), PLAYBACK_SECONDS)
        found["playback_url"] = url
    return found


@router.patch("/videos/{video_id}")
def change_video(video_id: uuid.UUID, change: VideoPatch, account: Account) -> dict[str, Any]:
    """Change what is sent, and leave the rest as it is."""
    with cache.changing(video_id), writing() as session:
        video = owned(session, video_id, account)
        for name, value in change.model_dump(exclude_unset=True).items():
            setattr(video, name, value)
    return shown(video)


@router.delete("/videos/{video_id}", status_code=204)
def delete_video(video_id: uuid.UUID, account: Account) -> None:
    """Delete a video."""
    with cache.changing(video_id), writing() as session:
        owned(session, video_id, account).deleted_at = datetime.now(UTC)


@router.post("/videos/{video_id}/complete")
def complete_video(video_id: uuid.UUID, account: Account) -> dict[str, Any]:
    """The owner says: the upload is done."""
    with writing() as session:
        owned(session, video_id, account)
    # The storage server is asked between two transactions: nobody waits for a lock while another machine takes its time.
    if not is_uploaded(video_id):
        raise HTTPException(409, "The file is not there yet")
    with cache.changing(video_id), writing() as session:
        video = owned(session, video_id, account)
        video.ready_at = video.ready_at or datetime.now(UTC)
        session.execute(insert(Job).values(video_id=video_id).on_conflict_do_nothing())
    return shown(video)
