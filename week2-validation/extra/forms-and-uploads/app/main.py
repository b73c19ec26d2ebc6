"""An office for lost and found things.

Start it in this folder with: uvicorn app.main:app --reload
"""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from app import errors, office
from app.page import PAGE

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


@app.post("/finds")
def report_find():
    """Keep what somebody has found."""
    # TODO 2: accept the fields of the form, keep them, and return what was kept with 201.
    raise NotImplementedError("TODO 2: keep what was found")


# TODO 4: accept only photos that begin with the bytes of a PNG or a JPEG.
@app.post("/finds/{find_id}/photo")
def upload_photo(find_id: int):
    """Keep the photo of something that was found."""
    # TODO 3: write the photo to a new file, piece by piece, and reject it with 413 if it is too large.
    raise NotImplementedError("TODO 3: keep the photo")


@app.get("/finds/{find_id}/photo")
def download_photo(find_id: int):
    """Return the photo of something that was found."""
    # TODO 4: return the file, with the type that its first bytes indicate.
    raise NotImplementedError("TODO 4: return the photo")


@app.post("/documents")
def upload_document():
    """Keep a document under the name that its file had."""
    # TODO 5: check the name, and write the document to the folder of documents.
    raise NotImplementedError("TODO 5: keep the document")


@app.get("/leaflets/{name:path}")
def download_leaflet(name: str):
    """Return a leaflet."""
    # TODO 6: return the file, but none that is outside the folder of leaflets.
    raise NotImplementedError("TODO 6: return the leaflet")
