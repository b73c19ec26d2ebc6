"""Which account may use a classroom: its owner, and others as far as the rights of its files allow."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.folders import other_owner

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def ensure_owned(folder: Path) -> None:
    """Raise UsageError if a folder is a classroom of another account, which could not use what this one adds."""
    if _state(folder).is_dir() and (owner := other_owner(folder)):
        raise UsageError(
            f"The classroom {folder} belongs to the account {owner}, which would not be able to use files that you add to it. "
            f"{_instead(owner)}"
        )


def ensure_readable(folder: Path) -> None:
    """Raise UsageError if this account may not read a classroom."""
    state = _state(folder)
    _ensure(folder, "read", os.R_OK, [folder, state, folder / "roster.csv", state / "timezone"])


def ensure_writable(folder: Path) -> None:
    """Raise UsageError if this account may not change a classroom."""
    _ensure(folder, "change", os.W_OK, [folder, _state(folder)])


def _ensure(folder: Path, verb: str, mode: int, paths: Sequence[Path]) -> None:
    for path in paths:
        # Not `Path.exists`, which raises where a folder above may not be entered.
        if os.path.exists(path) and not os.access(path, mode):  # noqa: PTH110
            owner = other_owner(path)
            instead = _instead(owner) if owner else f"Give this account the right to {verb} {path}."
            raise UsageError(f"You may not {verb} the classroom {folder}. {instead}")


def _instead(owner: str) -> str:
    return f"Run the same command as {owner}: sudo -u {owner} classroom ..."


def _state(folder: Path) -> Path:
    return folder / ".classroom"
