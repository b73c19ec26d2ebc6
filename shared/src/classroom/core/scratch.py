"""Folders for what is there for a while. A process that is killed leaves its own behind: the next that makes one clears it."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

PREFIX = "classroom-"
NAME = re.compile(r"\.?classroom-[a-z0-9]+-[a-z0-9_]{8}")  # what mkdtemp makes of it
HELD = ".held"  # locked for as long as somebody needs the folder
SHORT = 80  # a socket's path may have 104 bytes on macOS, 108 on Linux, its own name included


if sys.platform == "win32":

    def _hold(place: Path) -> int | None:
        """Windows removes no file that is open, so nothing is held there, and nothing of others cleared."""
        del place
        return -1
else:
    import fcntl

    def _hold(place: Path) -> int | None:
        """Lock a file for as long as this process lives; its descriptor, or None where somebody else has it."""
        held = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
        with contextlib.suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(held).st_nlink:  # else it has been removed since it was opened
                return held
        os.close(held)
        return None


class ScratchDir:
    """A new folder, which goes when it is closed; as a context it is the folder's path.

    Args:
        kind: what it is for, a part of its name.
        place: where to make it; None is the folder for all temporary files.
        hidden: its name begins with a dot, for a place where others look around.
    """

    def __init__(self, kind: str, place: Path | None = None, *, hidden: bool = False) -> None:
        top = place or Path(tempfile.gettempdir())
        clear(top)
        prefix = f"{'.' if hidden else ''}{PREFIX}{kind}-"
        held = None
        while held is None:
            self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=top))
            # Where who clears was quicker, and took it for one that is left, there is nothing to hold any more.
            try:
                held = _hold(self.path / HELD)
            except FileNotFoundError:
                continue
            except OSError:
                self.path.rmdir()
                raise
        self._held = held

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder with all that is in it."""
        remove(self.path)
        if self._held >= 0:
            os.close(self._held)
            self._held = -1


@functools.cache
def clear(top: Path) -> None:
    """Remove what killed processes of this account have left in a folder; once is enough for a process."""
    if sys.platform == "win32":
        return
    for room in [*top.glob(f"{PREFIX}*"), *top.glob(f".{PREFIX}*")]:
        with contextlib.suppress(OSError):
            if room.lstat().st_uid != os.geteuid():
                continue
            if not (room / HELD).exists():
                # Killed before it was held, or after all else was removed: it is empty, else this is refused.
                if NAME.fullmatch(room.name):
                    room.rmdir()
            elif (mine := _hold(room / HELD)) is not None:
                remove(room)
                os.close(mine)


def remove(room: Path) -> None:
    """Remove a folder as far as that can be done, and last what it is held by: cut short, it is still one to be cleared."""
    with contextlib.suppress(OSError):
        for one in room.iterdir():
            if one.is_dir() and not one.is_symlink():
                shutil.rmtree(one, ignore_errors=True)
            elif one.name != HELD:
                one.unlink(missing_ok=True)
        if all(one.name == HELD for one in room.iterdir()):
            (room / HELD).unlink(missing_ok=True)
            room.rmdir()


class SocketDir:
    """A folder for sockets, under a name that is short, whatever TMPDIR is.

    Args:
        room: the folder; where its own name is too long, Linux has a short one for it, and elsewhere another folder must do.
    """

    def __init__(self, room: Path) -> None:
        self.name = str(room)
        self._descriptor = -1
        self._room: ScratchDir | None = None
        if len(os.fsencode(room)) <= SHORT:
            return
        if sys.platform == "linux":
            self._descriptor = os.open(room, os.O_RDONLY)
            self.name = f"/proc/self/fd/{self._descriptor}"
        else:
            self._room = ScratchDir("app", Path("/tmp"))  # noqa: S108 - the folder is new, and its owner's alone
            self.name = str(self._room.path)

    def close(self) -> None:
        """Forget the name."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if self._room is not None:
            self._room.close()
