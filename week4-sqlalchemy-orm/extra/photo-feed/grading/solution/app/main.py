"""An app for photos: people follow each other, post photos, and read a feed.

Start it in this folder with: python -m classroom run
"""

from typing import Annotated
from uuid import uuid4

from fastapi import FastAPI, Form, HTTPException, Query, UploadFile
from fastapi.responses import FileResponse, HTMLResponse
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app import disk, errors, likes, people
from app.database import SessionDep, engine
from app.feed import feed_page
from app.likes import find_photo
from app.models import Base, Follow, Photo
from app.page import PAGE
from app.people import UserDep, find_user
from app.photos import kind_of, save, view
from app.schemas import Page, PhotoView, Profile

app = FastAPI(title="Lightbox")
errors.install(app)
app.include_router(people.router)
app.include_router(likes.router)
Base.metadata.create_all(engine)


# Task 1 is already done.
@app.get("/")
def read_root():
    return {"app": "Lightbox"}


@app.get("/page")
def show_page():
    """Show a page with the feed. (provided)"""
    return HTMLResponse(PAGE)


@app.get("/disk")
def list_files():
    """List the files in the app's folder with their sizes. (provided)"""
    return disk.on_disk()


@app.put("/following/{name}", status_code=204)
def follow(name: str, user: UserDep, session: SessionDep) -> None:
    """Let the user who is asking follow somebody."""
    other = find_user(session, name)
    if other.id == user.id:
        raise HTTPException(409, "You cannot follow yourself")
    session.execute(insert(Follow).values(follower_id=user.id, followed_id=other.id).on_conflict_do_nothing())
    session.commit()


@app.delete("/following/{name}", status_code=204)
def unfollow(name: str, user: UserDep, session: SessionDep) -> None:
    """Let the user who is asking no longer follow somebody."""
    other = find_user(session, name)
    session.execute(delete(Follow).where(Follow.follower_id == user.id, Follow.followed_id == other.id))
    session.commit()


@app.get("/users/{name}")
def read_profile(name: str, session: SessionDep) -> Profile:
    """Return a user with two numbers: followers, and people that the user follows."""
    user = find_user(session, name)
    followers = select(func.count()).where(Follow.followed_id == user.id)
    following = select(func.count()).where(Follow.follower_id == user.id)
    return Profile(name=user.name, followers=session.scalar(followers), following=session.scalar(following))


@app.post("/photos", status_code=201)
def upload_photo(
    user: UserDep, session: SessionDep, photo: UploadFile, caption: Annotated[str, Form(max_length=200)] = ""
) -> PhotoView:
    """Post a photo of the user who is asking."""
    kind = kind_of(photo.file.read(8))
    if kind is None:
        raise HTTPException(415, "Only PNG, JPEG and GIF files are accepted")
    photo.file.seek(0)
    path = disk.PHOTO_FOLDER / uuid4().hex
    try:
        save(photo.file, path)
        row = Photo(author=user, caption=caption, file=path.name, kind=kind)
        session.add(row)
        session.commit()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return view(row, likes=0)


@app.get("/photos/{photo_id}/file")
def download_photo(photo_id: int, session: SessionDep) -> FileResponse:
    """Return the file of a photo."""
    photo = find_photo(session, photo_id)
    path = disk.PHOTO_FOLDER / photo.file
    if not path.is_file():
        raise HTTPException(404, "The file of this photo is gone")
    return FileResponse(path, media_type=photo.kind, headers={"X-Content-Type-Options": "nosniff"})


@app.delete("/photos/{photo_id}", status_code=204)
def delete_photo(photo_id: int, user: UserDep, session: SessionDep) -> None:
    """Delete a photo of the user who is asking."""
    photo = find_photo(session, photo_id)
    if photo.author_id != user.id:
        raise HTTPException(403, "This is not your photo")
    path = disk.PHOTO_FOLDER / photo.file
    session.delete(photo)
    session.commit()
    path.unlink(missing_ok=True)


@app.get("/feed")
def read_feed(
    user: UserDep,
    session: SessionDep,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Page:
    """Return a page of the feed of the user who is asking."""
    return feed_page(session, user, cursor, limit)
