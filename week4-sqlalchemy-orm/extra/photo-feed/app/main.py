"""An app for photos: people follow each other, post photos, and read a feed.

Start it in this folder with: python -m classroom run
"""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from app import disk, errors, likes, people
from app.database import engine
from app.models import Base
from app.page import PAGE

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


@app.put("/following/{name}")
def follow(name: str):
    """Let the user who is asking follow somebody."""
    # TODO 2: store the row, unless it is there already (204).
    raise NotImplementedError("TODO 2: follow somebody")


@app.delete("/following/{name}")
def unfollow(name: str):
    """Let the user who is asking no longer follow somebody."""
    # TODO 2: delete the row, if there is one (204).
    raise NotImplementedError("TODO 2: no longer follow somebody")


@app.get("/users/{name}")
def read_profile(name: str):
    """Return a user with two numbers: followers, and people that the user follows."""
    # TODO 2: let the database count.
    raise NotImplementedError("TODO 2: return a profile")


@app.post("/photos")
def upload_photo():
    """Post a photo of the user who is asking."""
    # TODO 3: check and write the file, store the row, and leave no file behind if anything fails (201).
    raise NotImplementedError("TODO 3: post a photo")


@app.get("/photos/{photo_id}/file")
def download_photo(photo_id: int):
    """Return the file of a photo."""
    # TODO 4: return it with the type that was stored, or 404.
    raise NotImplementedError("TODO 4: return the file of a photo")


@app.delete("/photos/{photo_id}")
def delete_photo(photo_id: int):
    """Delete a photo of the user who is asking."""
    # TODO 4: delete its row and its file (204).
    raise NotImplementedError("TODO 4: delete a photo")


@app.get("/feed")
def read_feed():
    """Return a page of the feed of the user who is asking."""
    # TODO 5: cursor and limit are query parameters.
    raise NotImplementedError("TODO 5: return a page of the feed")
