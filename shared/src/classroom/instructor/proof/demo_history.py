"""A history of pushes, written into a bare repository as the hook and the push server would have left it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.core.files import write_atomic
from classroom.core.git import BRANCH, git
from classroom.core.git_history import FEEDBACK, HEADS
from classroom.core.receipts import RECEIVED
from classroom.core.result import utc_timestamp
from classroom.core.scratch import ScratchDir
from classroom.student.feedback import feedback

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from classroom.core.result import Result
    from classroom.instructor.classrooms.repository import Repository
    from classroom.instructor.proof.demo_answers import Answer
    from classroom.instructor.roster import Student

    Commit = tuple[str, datetime, str, dict[str, str]]  # who, when, why, and the files


@dataclass(frozen=True)
class PastPush:
    """A push: when it was received, of what, and with which message."""

    at: datetime
    answer: Answer
    message: str


def write_history(
    repository: Repository, student: Student, opened: datetime, pushes: Sequence[PastPush]
) -> Result | None:
    """Let a repository look as if a student had pushed to it, and return the result of the last push.

    Args:
        repository: as `open` has made it.
        student: whose it is.
        opened: when it was made.
        pushes: oldest first; none leaves it as it is, but for its time.
    """
    start = repository.tip()
    commits = _imported(repository, BRANCH, f"{start}^0", _commits(student, pushes)) if pushes else []
    lines = [(opened, start), *((push.at, commit) for push, commit in zip(pushes, commits, strict=True))]
    receipts = "".join(f"{utc_timestamp(at)} {HEADS}{BRANCH} {commit}\n" for at, commit in lines)
    write_atomic(repository.path / RECEIVED, receipts)
    results = [
        replace(push.answer.result, submission=student.username, commit=commit, graded_at=utc_timestamp(push.at))
        for push, commit in zip(pushes, commits, strict=True)
    ]
    if results:
        cards = [
            (push.at, "Scorecard", {"SCORECARD.md": feedback(result)})
            for push, result in zip(pushes, results, strict=True)
        ]
        _imported(repository, FEEDBACK, "", [("Course", *card) for card in cards])
    return results[-1] if results else None


def _commits(student: Student, pushes: Sequence[PastPush]) -> Iterator[Commit]:
    for push in pushes:
        yield student.label, push.at, push.message, push.answer.files


def _imported(
    repository: Repository,
    branch: str,
    start: str,
    commits: Iterable[Commit],
) -> list[str]:
    """Write commits to a branch in one go, and return their names."""
    text = []
    for number, (name, at, message, files) in enumerate(commits, 1):
        who = f"{name} <{name.split()[0].lower()}@school.example> {int(at.timestamp())} +0000"
        text.append(f"commit {HEADS}{branch}\nmark :{number}\nauthor {who}\ncommitter {who}\n{_data(message)}")
        text.append(f"from {start}\n" if number == 1 and start else "")
        text += [f"M 100644 inline {path}\n{_data(content)}" for path, content in files.items()]
    with ScratchDir("history") as scratch:
        marks = scratch / "marks"
        git("fast-import", "--quiet", "--force", f"--export-marks={marks}", cwd=repository.path, stdin="".join(text))
        lines = (line.split() for line in marks.read_text(encoding="ascii").splitlines())
        found = {int(mark.removeprefix(":")): commit for mark, commit in lines}
    return [found[number] for number in sorted(found)]


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"
