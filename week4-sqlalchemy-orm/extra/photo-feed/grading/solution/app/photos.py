"""What kind of file a photo is, and how it gets to the disk."""

from pathlib import Path
from typing import BinaryIO

from fastapi import HTTPException

from app import disk
from app.models import Photo
from app.rules import KINDS, LIMIT, PIECE
from app.schemas import PhotoView


def kind_of(start: bytes) -> str | None:
    """Return the type that the first bytes of a file indicate, or None if it is not a photo."""
    for magic, kind in KINDS.items():
        if start.startswith(magic):
            return kind
    return None


def save(source: BinaryIO, path: Path) -> None:
    """Write an upload to a new file, piece by piece; end the request with 413 if it is too large."""
    size = 0
    with disk.writing(path) as file:
        while piece := source.read(PIECE):
            size += len(piece)
            if size > LIMIT:
                raise HTTPException(413, "The photo is too large")
            file.write(piece)


def view(photo: Photo, likes: int) -> PhotoView:
    """Return a photo as clients see it. (provided)"""
    return PhotoView(
        id=photo.id, author=photo.author.name, caption=photo.caption, posted_at=photo.posted_at, likes=likes
    )
