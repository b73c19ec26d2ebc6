"""Where an entry of a tar archive may be written: the filters of `tarfile` are missing before Python 3.11.4."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.text import one_line

if TYPE_CHECKING:
    import tarfile


def entry_path(entry: tarfile.TarInfo, folder: Path) -> Path:
    """Return the path of a file or folder of an archive that is unpacked into `folder`.

    Raises:
        ValueError: the path leads out of the folder, or the entry is a link, a device or a pipe.
    """
    name = Path(entry.name)
    if name.anchor or ".." in name.parts or not (entry.isdir() or entry.isreg()):
        raise ValueError(f"it contains {one_line(entry.name)}")
    return folder / name
