"""The folder with the files of photos (provided: use this, there is nothing to do here)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import BinaryIO

from starlette import formparsers

from app.rules import PIECE

_temporary = TemporaryDirectory(prefix="photo-feed-")  # removed when the app stops
BASE = Path(_temporary.name).resolve()
PHOTO_FOLDER = BASE / "photos"
PHOTO_FOLDER.mkdir()


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
    if path.exists():
        raise FileExistsError(f"Each photo needs a new name, even for the same bytes: there is a file {path.name}")
    with path.open("xb") as file:
        yield Writer(file)


def _small(piece: bytes) -> bytes:
    if len(piece) > PIECE:
        raise ValueError(f"A piece has {len(piece)} bytes: it may have {PIECE}")
    return piece


def on_disk() -> dict[str, int]:
    """Return the sizes of all files in the app's folder, by their paths."""
    return {
        path.relative_to(BASE).as_posix(): path.stat().st_size for path in sorted(BASE.rglob("*")) if path.is_file()
    }
