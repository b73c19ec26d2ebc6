"""Keeps what was found, and has folders for files (provided: use this, there is nothing to do here)."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import Any, BinaryIO

from fastapi import HTTPException
from starlette import formparsers

from app.rules import LEAFLETS, PIECE, SECRET

_temporary = TemporaryDirectory(prefix="lost-and-found-")  # removed when the app stops
BASE = Path(_temporary.name).resolve()
PHOTO_FOLDER, DOCUMENT_FOLDER, LEAFLET_FOLDER = BASE / "photos", BASE / "documents", BASE / "leaflets"
for folder in (PHOTO_FOLDER, DOCUMENT_FOLDER, LEAFLET_FOLDER):
    folder.mkdir()
for name, text in LEAFLETS.items():
    (LEAFLET_FOLDER / name).parent.mkdir(exist_ok=True)
    (LEAFLET_FOLDER / name).write_text(text, encoding="utf-8")
(BASE / "secret.txt").write_text(SECRET, encoding="utf-8")

_finds: dict[int, dict[str, Any]] = {}
_photos: dict[int, Path] = {}
_numbers = count(1)


def keep(what: str, place: str) -> dict[str, Any]:
    """Keep something that was found, and return it with its id."""
    number = next(_numbers)
    _finds[number] = {"id": number, "what": what, "place": place}
    return _finds[number]


def find(find_id: int) -> dict[str, Any]:
    """Return what was found under this id; if there is nothing, end the request with 404."""
    if find_id not in _finds:
        raise HTTPException(404, "Nothing was found under this id")
    return _finds[find_id]


def set_photo(find_id: int, path: Path) -> None:
    """Let a file be the photo of something that was found, and delete the file that was its photo before."""
    before = _photos.get(find_id)
    _photos[find_id] = path
    if before and before != path:
        before.unlink()


def photo_of(find_id: int) -> Path:
    """Return the file with the photo; if there is none, end the request with 404."""
    if find_id not in _photos:
        raise HTTPException(404, "There is no photo")
    return _photos[find_id]


class Upload(SpooledTemporaryFile):
    """The file of an upload. It can be read in small pieces only, so that nobody keeps a whole upload in memory."""

    def read(self, *size: int) -> bytes:
        """Return the next bytes."""
        return _small(super().read(*size))


formparsers.SpooledTemporaryFile = Upload  # Starlette has no setting for this


class Writer:
    """A file that accepts small pieces only."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, piece: bytes) -> None:
        """Append a piece to the file."""
        self._file.write(_small(piece))


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Create a file and open it for writing; if it exists already, raise FileExistsError."""
    with path.open("xb") as file:
        yield Writer(file)


def _small(piece: bytes) -> bytes:
    if len(piece) > PIECE:
        raise ValueError(f"A piece has {len(piece)} bytes: it may have {PIECE}")
    return piece


def on_disk() -> dict[str, int]:
    """Return the sizes of all files of the office, by their paths."""
    return {
        path.relative_to(BASE).as_posix(): path.stat().st_size for path in sorted(BASE.rglob("*")) if path.is_file()
    }
