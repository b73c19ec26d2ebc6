"""The folder of a server's Unix socket, whose path must be short."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classroom.services.postgres.servers.binaries import Programs

LONGEST_SOCKET = 100  # the system's limit is 107 or 103 bytes


def socket_folder(home: Path, programs: Programs) -> str | None:
    """Return a folder for the Unix socket of the server in `home`, in it if its path is short enough; None on Windows."""
    if sys.platform == "win32":
        return None
    wanted = home / "door"
    # A client takes a comma for the end of the folder's name.
    if len(os.fsencode(wanted)) + len("/.s.PGSQL.65535.lock") > LONGEST_SOCKET or "," in str(wanted):
        key = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:8]
        wanted = Path("/tmp") / f"classroom-{os.geteuid()}-{key}"  # noqa: S108 - its owner is looked at below
    with contextlib.suppress(FileExistsError):  # a file, or a folder: see below
        wanted.mkdir(mode=0o755)
    found = wanted.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), programs.account.get("user")):
        wanted = Path(tempfile.mkdtemp(prefix="classroom-"))
    programs.give(wanted)
    wanted.chmod(0o711)
    return os.fspath(wanted)
