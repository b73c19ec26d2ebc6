"""The file of a backup: a compressed tar archive whose last member lists the digest of each other one.

backup.json            what this is: the format, when it was made, and of which classroom
database.dump          of the classroom on the web, as pg_dump writes it
classroom/...          the files of the classroom
manifest.json          size and digest of each file; an archive without it is not whole
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zlib
from typing import IO, TYPE_CHECKING, Any

from classroom.core.errors import UsageError
from classroom.core.tar_entry import entry_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEADER, MANIFEST, DATABASE, FILES = "backup.json", "manifest.json", "database.dump", "classroom"
FORMAT = 1
COMPRESSION = 1  # most of it is git's, which is compressed already
CHUNK_BYTES = 1 << 20
MAX_LIST_BYTES = 1 << 28


class ArchiveWriter:
    """Writes a backup into an open file.

    Args:
        file: open for writing.
        about: what the header says.

    Attributes:
        files: how many there are so far.
    """

    def __init__(self, file: IO[bytes], about: Mapping[str, Any]) -> None:
        self._tar = tarfile.open(  # noqa: SIM115 - `close` closes it
            fileobj=file, mode="w:gz", compresslevel=COMPRESSION, format=tarfile.PAX_FORMAT
        )
        self._manifest: dict[str, list[Any]] = {}
        self.add_bytes(HEADER, json.dumps({"format": FORMAT, **about}).encode())

    @property
    def files(self) -> int:
        """Return how many files there are so far."""
        return len(self._manifest)

    def add_folder(self, name: str, mode: int) -> None:
        """Add a folder; its files follow."""
        entry = tarfile.TarInfo(name)
        entry.type, entry.mode = tarfile.DIRTYPE, mode & 0o777
        self._tar.addfile(entry)

    def add_bytes(self, name: str, data: bytes, mode: int = 0o600, modified: float = 0) -> None:
        """Add a file with this content."""
        self.add_stream(name, io.BytesIO(data), len(data), mode, modified)

    def add_stream(self, name: str, stream: IO[bytes], size: int, mode: int, modified: float) -> None:
        """Add a file with the next `size` bytes of a stream.

        Raises:
            OSError: it ends before.
        """
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, mode & 0o777, modified
        digested = _Digested(stream)
        self._tar.addfile(entry, digested)
        self._manifest[name] = [size, digested.hexdigest()]

    def close(self) -> None:
        """Write the list of all files, without which the archive does not count."""
        data = json.dumps(self._manifest).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(data), 0o600
        self._tar.addfile(entry, io.BytesIO(data))
        self._tar.close()


class _Digested:
    """A stream that is digested while it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._digest = stream, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self._stream.read(size)
        self._digest.update(data)
        return data

    def hexdigest(self) -> str:
        """Return the digest of what was read."""
        return self._digest.hexdigest()


def unpack(path: Path, to: Path) -> dict[str, Any]:
    """Unpack a backup into an empty folder, and return what its header says.

    Raises:
        UsageError: the file is not a backup, or not whole.
    """
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r|gz") as archive:
            return _unpacked(archive, to, path)
    except (tarfile.TarError, EOFError, zlib.error, ValueError, LookupError, TypeError):
        raise UsageError(f"{path} is not a complete backup: it is damaged, incomplete, or some other file.") from None
    except OSError as error:
        if error.errno is None:  # of gzip, about the content
            raise UsageError(f"{path} is not a complete backup: it is damaged, or some other file.") from None
        raise


def _unpacked(archive: tarfile.TarFile, to: Path, path: Path) -> dict[str, Any]:
    header: dict[str, Any] | None = None
    found: dict[str, list[Any]] = {}
    for entry in archive:
        if header is None:
            data = _read(archive, entry) if entry.name == HEADER else b""
            header = _header(data, path)
            found[HEADER] = [len(data), hashlib.sha256(data).hexdigest()]
        elif entry.name == MANIFEST:
            if json.loads(_read(archive, entry)) != found:
                raise ValueError
            return header
        else:
            _unpack(archive, entry, to, found)
    raise EOFError


def _header(data: bytes, path: Path) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(data)
    if header["format"] != FORMAT:
        raise UsageError(f"{path} was written by a newer version of the kit. Restore it with that version.")
    return header


def _read(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    source = archive.extractfile(entry)
    if source is None or entry.size > MAX_LIST_BYTES:
        raise ValueError
    return source.read()


def _unpack(archive: tarfile.TarFile, entry: tarfile.TarInfo, to: Path, found: dict[str, list[Any]]) -> None:
    """Write one folder or file below `to`; there are no links in a backup."""
    target = entry_path(entry, to)
    if entry.name in found:
        raise ValueError
    if entry.isdir():
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(entry.mode & 0o777 | 0o700)
        return
    source, digest = archive.extractfile(entry), hashlib.sha256()
    assert source is not None
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        while data := source.read(CHUNK_BYTES):
            digest.update(data)
            file.write(data)
    target.chmod(entry.mode & 0o777)
    os.utime(target, (entry.mtime, entry.mtime))
    found[entry.name] = [entry.size, digest.hexdigest()]
