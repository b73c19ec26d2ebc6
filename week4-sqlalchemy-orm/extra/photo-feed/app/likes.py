"""Liking a photo, and finding it (provided)."""

from fastapi import APIRouter, HTTPException
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.database import SessionDep
from app.models import Like, Photo
from app.people import UserDep

router = APIRouter()


def find_photo(session: Session, photo_id: int) -> Photo:
    """Return the photo with this id, or end the request with 404."""
    photo = session.get(Photo, photo_id)
    if photo is None:
        raise HTTPException(404, "There is no such photo")
    return photo


@router.put("/photos/{photo_id}/like", status_code=204)
def like(photo_id: int, user: UserDep, session: SessionDep) -> None:
    """Like a photo; liking it again changes nothing."""
    find_photo(session, photo_id)
    try:
        session.add(Like(photo_id=photo_id, user_id=user.id))
        session.commit()
    except IntegrityError:
        session.rollback()
