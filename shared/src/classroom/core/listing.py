"""List the files of a submission by path, within limits, to look for one that is missing."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from classroom.core.open_folder import OpenFolder

MAX_SEARCHED, MAX_DEPTH = 3_000, 4  # files and nested folders that are searched for a missing file


def listing(home: OpenFolder, skipped: AbstractSet[str]) -> tuple[list[str], list[str]]:
    """Return the files and the empty folders below a folder, by path, within the limits of the search."""
    files: list[str] = []
    empty: list[str] = []
    _list(home, "", files, empty, skipped)
    return sorted(files, key=lambda name: (name.count("/"), name)), empty


def _list(folder: OpenFolder, path: str, files: list[str], empty: list[str], skipped: AbstractSet[str]) -> None:
    found = entries(folder, MAX_SEARCHED)
    if path and not found:
        empty.append(path.removesuffix("/"))
    files += [f"{path}{name}" for name, is_folder in found if not is_folder]
    for name, is_folder in found:
        if len(files) + len(empty) > MAX_SEARCHED or path.count("/") >= MAX_DEPTH:
            break
        if is_folder and name not in skipped and not name.startswith("."):
            with contextlib.suppress(OSError), folder.folder(name) as below:
                _list(below, f"{path}{name}/", files, empty, skipped)


def entries(folder: OpenFolder, limit: int) -> list[tuple[str, bool]]:
    """Return the entries of a folder; none if it was removed or cannot be read."""
    with contextlib.suppress(OSError):
        return folder.entries(limit)
    return []
