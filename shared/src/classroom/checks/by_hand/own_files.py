"""What a request becomes in the student's own app, whose files have other ids and limits than the check's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classroom.apps.exchange import Exchange
    from classroom.checks.run import Run

ID = re.compile(r"""["']id["']:\s*(\d+)""")
NUMBER = re.compile(r"^(\w+) = ([\d_]+)\b", re.MULTILINE)
NEAR = 1  # how far a size may be from a limit
OWN_ID, NO_ID = "With an id from your own {file}:", "With an id that is not in your own {file}:"


def own_id(run: Run, request: Exchange) -> tuple[str, str | None]:
    """Return a request's path with an id of the submission's own file, and a note, if the check replaced that file."""
    for file, text in request.given.items():
        theirs = [int(number) for number in ID.findall(text)]
        ours = [int(number) for number in ID.findall(_own_text(run, file))]
        found = re.search(r"(?<=/)\d+(?=/|\?|$)", request.path)
        if not found or not theirs or not ours:
            continue
        number = int(found[0])
        if number in theirs:
            own = ours[theirs.index(number) % len(ours)]
        else:
            own = max(ours) + 1 if number in ours else number
        if own != number:
            note = (OWN_ID if number in theirs else NO_ID).format(file=file)
            return request.path[: found.start()] + str(own) + request.path[found.end() :], note
    return request.path, None


def own_size(run: Run, request: Exchange, size: int) -> int:
    """Return a size that is as near to a limit of the submission's own file as this one is to the check's."""
    for file, text in request.given.items():
        ours = dict(NUMBER.findall(_own_text(run, file)))
        for name, limit in NUMBER.findall(text):
            if name in ours and abs(size - int(limit)) <= NEAR:
                return size - int(limit) + int(ours[name])
    return size


def _own_text(run: Run, file: str) -> str:
    assert run.job is not None
    try:
        return Path(run.job.folder, file).read_text(encoding="utf-8", errors="replace")[:100_000]
    except OSError:
        return ""
