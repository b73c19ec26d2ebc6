"""Files on the disk: complete or not there, and never outside one folder."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# No dot, no backslash, no percent sign, no empty part: nothing of a key can mean "up" or "elsewhere" on any system.
KEY = re.compile(r"[A-Za-z0-9_-]{1,100}(/[A-Za-z0-9_-]{1,100}){0,5}")
INCOMING = ".incoming"


class BadKeyError(Exception):
    """This cannot be the key of a file."""


class TooLargeError(Exception):
    """The file has more bytes than allowed."""


class ClashError(Exception):
    """The key is below another file, or above other files."""


@dataclass
class Stored:
    """An open file with its size and etag. The caller closes `file`."""

    file: BinaryIO
    size: int
    etag: str


class Folder:
    """The files in one folder, by key."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path = path.resolve()
        self.max_bytes = max_bytes
        self.incoming = self.path / INCOMING
        self.incoming.mkdir(parents=True, exist_ok=True)

    def sweep(self) -> None:
        """Remove the remains of uploads that were cut off when the server ended."""
        for rest in self.incoming.iterdir():
            rest.unlink(missing_ok=True)

    def place(self, key: str) -> Path:
        """Return the path of this key's file.

        Raises:
            BadKeyError: the key is not valid.
        """
        if not KEY.fullmatch(key):
            raise BadKeyError
        place = self.path / key
        # The pattern above is enough; this second check is for symbolic links that were put into the folder by hand.
        if not place.resolve().is_relative_to(self.path):
            raise BadKeyError
        return place

    def receive(self) -> Incoming:
        """Return a place for the bytes of an upload in progress."""
        return Incoming(self)

    def open(self, key: str) -> Stored | None:
        """Open the file of this key, or return None. It stays complete while it is read, even if it is replaced."""
        place = self.place(key)
        try:
            if not place.is_file():  # checked first: opening a folder is another error on each system
                return None
            file = place.open("rb")
        except (FileNotFoundError, NotADirectoryError):
            return None
        about = os.fstat(file.fileno())
        return Stored(file, about.st_size, f'"{about.st_mtime_ns:x}-{about.st_size:x}"')


class Incoming:
    """An upload in progress: a separate file that becomes one of the others in a single step, or is removed."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        handle, name = tempfile.mkstemp(dir=folder.incoming)
        self.path = Path(name)
        self.file = os.fdopen(handle, "wb")
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Add some bytes.

        Raises:
            TooLargeError: the file becomes larger than allowed.
        """
        self.size += len(chunk)
        if self.size > self.folder.max_bytes:
            raise TooLargeError
        self.file.write(chunk)

    def keep(self, key: str) -> bool:
        """Put the file in its place; return whether the key is new.

        Raises:
            ClashError: another file is in the way.
        """
        place = self.folder.place(key)
        self.file.flush()
        os.fsync(self.file.fileno())  # on the disk before it has its name: a power cut leaves no half file
        self.file.close()
        new = not place.exists()
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            self.path.replace(place)
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise ClashError from error
        return new

    def drop(self) -> None:
        """Remove what was received; after `keep` there is nothing to remove."""
        self.file.close()
        self.path.unlink(missing_ok=True)
