"""What a result rests on, kept for people to read: the code that was graded, and when it was pushed.

`grade` writes `code/NAME.json` next to `results/NAME.json`, so that the page can be made again without the submissions.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from classroom.core.commit_log import commits
from classroom.core.errors import ClassroomError
from classroom.core.files import write_atomic
from classroom.core.git_history import History
from classroom.core.imports import starter_files
from classroom.core.receipts import receipts
from classroom.core.result import utc_timestamp
from classroom.core.scratch import ScratchDir
from classroom.core.submission import materialize
from classroom.core.text import is_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result
    from classroom.core.submission import Submission

MAX_FILE, MAX_CODE = 60_000, 200_000  # characters kept, of one file and of one submission
MAX_LISTED = 40  # files that are named as left out
MAX_PUSHES = 200


@dataclass(frozen=True)
class Evidence:
    """What is kept of one submission.

    Attributes:
        commit: the commit that was graded; None in a folder without a repository.
        fingerprint: the result's fingerprint.
        files: path and text of each file that is not as it was handed out.
        left_out: files that are not kept, each with the reason.
        pushes: when something was pushed, oldest first, each with the commit.
        received: whether a server recorded these times; otherwise they are the commits' times.
        outdated: whether the student has not merged the newest handout.
    """

    commit: str | None = None
    fingerprint: str = ""
    files: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    pushes: tuple[tuple[str, str], ...] = ()
    received: bool = False
    outdated: bool = False


def keep_evidence(path: Path, submission: Submission, assignment: Assignment, result: Result) -> None:
    """Write what is kept of a submission into a file, unless it is there."""
    known = read_evidence(path)
    pushes, received = _pushes(submission)
    history = History.at(submission.path)
    found = replace(known, pushes=pushes, received=received, outdated=bool(history and history.lacks_handout()))
    if known.fingerprint != result.fingerprint or not known.fingerprint:
        found = replace(found, commit=result.commit, fingerprint=result.fingerprint)
        found = evidence_of(submission, assignment, found)
    if found != known:
        write_evidence(path, found)


def evidence_of(submission: Submission, assignment: Assignment, found: Evidence = Evidence()) -> Evidence:
    """Return evidence with the code of a submission; what cannot be read is left out."""
    with ScratchDir("code") as folder:
        top = folder / "submission"
        try:
            materialize(submission, assignment, top)
        except (ClassroomError, OSError) as error:
            return replace(found, files=(), left_out=(f"the code cannot be read: {error}",))
        files, left_out = _own_files(top, assignment)
    return replace(found, files=files, left_out=left_out)


def _own_files(top: Path, assignment: Assignment) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the text files that are not as they were handed out, and what is left out of them."""
    given = {path.relative_to(assignment.folder).as_posix(): path for path in starter_files(assignment)}
    given |= {name: assignment.folder / name for name in assignment.course_files}
    kept, left_out, room = [], [], MAX_CODE
    for path in sorted(path for path in top.rglob("*") if path.is_file() and not path.is_symlink()):
        name = path.relative_to(top).as_posix().encode("utf-8", "backslashreplace").decode()
        data = path.read_bytes()
        if name in given and given[name].read_bytes() == data:
            continue
        text = data.decode("utf-8", "replace") if is_text(data) else None
        if text is None or len(text) > min(MAX_FILE, room):
            left_out.append(f"{name}: {'not text' if text is None else f'{len(text):,} characters'}")
            continue
        room -= len(text)
        kept.append((name, text))
    more = [f"and {len(left_out) - MAX_LISTED} more files"] if len(left_out) > MAX_LISTED else []
    return tuple(kept), (*left_out[:MAX_LISTED], *more)


def _pushes(submission: Submission) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Return the pushes to a submission, and whether it was a server that noted their times."""
    history = History.at(submission.path)
    if history is None:
        return (), False
    try:
        received = receipts(submission.path, history.branch) if submission.bare else None
    except ClassroomError:
        received = None
    if received is not None:
        # The first one is the handout itself.
        pushed = [(utc_timestamp(one.received), one.commit) for one in received[1:]]
        return tuple(pushed[-MAX_PUSHES:]), True
    found = reversed(commits(history, MAX_PUSHES))
    return tuple((utc_timestamp(one.made) if one.made else "", one.name) for one in found), False


def write_evidence(path: Path, evidence: Evidence) -> None:
    """Write what is kept of a submission."""
    text = json.dumps(asdict(evidence), ensure_ascii=True, separators=(",", ":"))
    write_atomic(path, text + "\n")


def read_evidence(path: Path) -> Evidence:
    """Return what is kept of a submission; nothing if there is no such file, or another version of the kit wrote it."""
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for name in ("files", "pushes"):
            data[name] = _pairs(data[name])
        return Evidence(**{**data, "left_out": tuple(map(str, data["left_out"]))})
    except (OSError, ValueError, TypeError, KeyError):
        return Evidence()


def _pairs(rows: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(first), str(second)) for first, second in rows)
