"""A commit as a ZIP, for those who have no git."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.git import git_output
from classroom.core.unpack import CHUNK, MEGABYTE

if TYPE_CHECKING:
    from classroom.core.git_history import History

MAX_MEGABYTES = 100
SECONDS = 60
# A student's own `.gitattributes` would leave files out, or let git run programs to fill in what they name.
ATTRIBUTES = "* -export-ignore -export-subst\n"
TOO_LARGE = "This repository is larger than {most} MB: clone it with git."


def zip_archive(history: History, commit: str, name: str, room: Path) -> IO[bytes]:
    """Return an open file, which disappears when it is closed, with the files of a commit in a folder of this name.

    Raises:
        UsageError: they are too many; the message says what to do.
        ClassroomError: they cannot be read.
    """
    file = tempfile.TemporaryFile(dir=room)  # noqa: SIM115 - the caller closes it
    try:
        with history.objects() as (options, env):
            info = Path(options[-1]) / "info"
            info.mkdir()
            (info / "attributes").write_text(ATTRIBUTES, encoding="ascii")
            argv = (*options, "archive", "--format=zip", f"--prefix={name}/", commit)
            with git_output(*argv, env=env, timeout=SECONDS) as output:
                _copy(output.stream, file)
                output.ensure_complete()
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    left = MAX_MEGABYTES * MEGABYTE
    while chunk := source.read(CHUNK):
        left -= len(chunk)
        if left < 0:
            raise UsageError(TOO_LARGE.format(most=MAX_MEGABYTES))
        target.write(chunk)
