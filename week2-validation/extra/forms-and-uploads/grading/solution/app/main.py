"""An office for lost and found things.

Start it in this folder with: uvicorn app.main:app --reload
"""

import re
from pathlib import Path
from typing import Annotated
from uuid import uuid4

from fastapi import FastAPI, Form, HTTPException, UploadFile
from fastapi.responses import FileResponse, HTMLResponse

from app import errors, office
from app.page import PAGE
from app.rules import LIMIT, PIECE

app = FastAPI(title="Lost and found")
errors.install(app)


# Task 1 is already done.
@app.get("/")
def read_root():
    return {"office": "Lost and found"}


@app.get("/page")
def show_page():
    """Show a page with forms. (provided)"""
    return HTMLResponse(PAGE)


@app.get("/disk")
def list_files():
    """List all files of the office with their sizes. (provided)"""
    return office.on_disk()


@app.get("/finds/{find_id}")
def read_find(find_id: int):
    """Return what was found. (provided)"""
    return office.find(find_id)


@app.post("/finds", status_code=201)
def report_find(
    what: Annotated[str, Form(min_length=1, max_length=60)],
    place: Annotated[str, Form()] = "unknown",
):
    """Keep what somebody has found."""
    return office.keep(what, place)


@app.post("/finds/{find_id}/photo", status_code=201)
def upload_photo(find_id: int, photo: UploadFile):
    """Keep the photo of something that was found."""
    office.find(find_id)
    if not kind_of(photo.file.read(8)):
        raise HTTPException(415, "Only PNG and JPEG files are accepted")
    photo.file.seek(0)
    path = office.PHOTO_FOLDER / uuid4().hex
    try:
        size = save(photo, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    office.set_photo(find_id, path)
    return {"size": size}


def save(upload: UploadFile, path: Path):
    """Write an upload to a new file in pieces, and return its size; end the request with 413 if it is too large."""
    size = 0
    with office.writing(path) as file:
        while piece := upload.file.read(PIECE):
            size += len(piece)
            if size > LIMIT:
                raise HTTPException(413, "The photo is too large")
            file.write(piece)
    return size


def kind_of(start: bytes):
    """Return the type that the first bytes of a file say, or None."""
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return None


@app.get("/finds/{find_id}/photo")
def download_photo(find_id: int):
    """Return the photo of something that was found."""
    path = office.photo_of(find_id)
    with path.open("rb") as file:
        kind = kind_of(file.read(8))
    return FileResponse(path, media_type=kind, headers={"X-Content-Type-Options": "nosniff"})


@app.post("/documents", status_code=201)
def upload_document(document: UploadFile):
    """Keep a document under the name that its file had."""
    name = document.filename or ""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", name):
        raise HTTPException(422, "This is not an acceptable name")
    try:
        with office.writing(office.DOCUMENT_FOLDER / name) as file:
            while piece := document.file.read(PIECE):
                file.write(piece)
    except FileExistsError:
        raise HTTPException(409, "There is a document with this name") from None
    return {"name": name}


@app.get("/leaflets/{name:path}")
def download_leaflet(name: str):
    """Return a leaflet."""
    path = (office.LEAFLET_FOLDER / name).resolve()
    if not path.is_relative_to(office.LEAFLET_FOLDER) or not path.is_file():
        raise HTTPException(404, "There is no such leaflet")
    return FileResponse(path)
