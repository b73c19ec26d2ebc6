"""The feed: which photos a user sees, one page at a time, and the cursor that says where a page begins."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from fastapi import HTTPException
from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from app.models import Follow, Like, Photo, User
from app.photos import view
from app.schemas import Page


def make_cursor(photo: Photo) -> str:
    """Return a cursor: it says that the next page begins after this photo."""
    return urlsafe_b64encode(f"{photo.posted_at.isoformat()} {photo.id}".encode()).decode()


def read_cursor(cursor: str) -> tuple[datetime, int]:
    """Return what is in a cursor; end the request with 422 if it is not one."""
    try:
        posted_at, photo_id = urlsafe_b64decode(cursor).decode().split()
        return datetime.fromisoformat(posted_at), int(photo_id)
    except ValueError:
        raise HTTPException(422, "This is not a cursor") from None


def feed_page(session: Session, user: User, cursor: str | None, limit: int) -> Page:
    """Return one page of the feed of a user."""
    followed = select(Follow.followed_id).where(Follow.follower_id == user.id)
    likes = select(func.count()).where(Like.photo_id == Photo.id).scalar_subquery()
    found = (
        select(Photo, likes)
        .options(joinedload(Photo.author))
        .where(or_(Photo.author_id == user.id, Photo.author_id.in_(followed)))
        .order_by(Photo.posted_at.desc(), Photo.id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        found = found.where(tuple_(Photo.posted_at, Photo.id) < read_cursor(cursor))
    rows = session.execute(found).all()
    # One more than the page holds: only then is there a next page.
    following = make_cursor(rows[limit - 1][0]) if len(rows) > limit else None
    return Page(photos=[view(photo, count) for photo, count in rows[:limit]], next=following)
