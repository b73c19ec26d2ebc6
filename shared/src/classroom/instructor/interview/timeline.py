"""How a submission came about: its pushes, each with the size of the change and the score, as far as these are known."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.git import git
from classroom.core.git_history import History
from classroom.core.receipts import receipts
from classroom.instructor.interview.scorecards import scorecards

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from classroom.core.receipts import Receipt
    from classroom.core.submission import Submission
    from classroom.instructor.interview.scorecards import Card

MAX_COMMITS, MAX_KNOWN = 500, 1000
SECONDS = 10
COMMIT = re.compile(r"^\x01([0-9a-f]{40,64}) (\d{1,12})$", re.MULTILINE)
HANDED_OUT, GONE, WENT_BACK = "handed out", "no longer on the branch", "back to an earlier commit"
SIZE_UNKNOWN = "size unknown"
SIZE = re.compile(r"(\d+) (file|insertion|deletion)")


@dataclass(frozen=True)
class Change:
    """A commit: when it was made by its author's clock, and how many files and lines it changes."""

    commit: str
    made: datetime
    files: int
    added: int
    removed: int


@dataclass(frozen=True)
class Push:
    """A push, or a commit where pushes are not recorded.

    Attributes:
        at: when it was received, or made.
        commit: the commit that the branch has pointed to since.
        commits: how many commits it brought; 0 if that is not known, or not the student's.
        files: changed by these, added up, as the lines added and removed are; for a push that replaced commits, how the
            files differ from those before it.
        score: of that commit; None if unknown.
        why: a remark on a push that did not simply add commits; empty for others.
        red: the tasks that failed in it; empty if unknown.
    """

    at: datetime
    commit: str
    commits: int
    files: int
    added: int
    removed: int
    score: int | None = None
    why: str = ""
    red: tuple[int, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """The pushes of a submission, oldest first, and a remark on what they are."""

    pushes: tuple[Push, ...] = ()
    remark: str = ""


def timeline(submission: Submission, scores: Mapping[str, int]) -> Timeline:
    """Return how a submission came about.

    Args:
        submission: a repository, or a folder, of which nothing is known.
        scores: known ones, by commit.
    """
    repository = History.at(submission.path)
    if repository is None or repository.head is None:
        return Timeline(remark="This is not a repository, so its history is unknown.")
    try:
        changes = _changes(repository.folder, repository.head)
        received = receipts(repository.folder, repository.branch) if submission.bare else None
        # Elsewhere a student can push a branch of that name; what this grading has found comes first in any case.
        cards: Mapping[str, Card] = {} if received is None else scorecards(repository)
        known = {commit: card.score for commit, card in cards.items()} | dict(scores)
    except (ClassroomError, OSError):
        return Timeline(remark="Reading the history took too long.")
    more = f" Only the last {MAX_COMMITS} commits are counted." if len(changes) == MAX_COMMITS else ""
    if received is None:
        pushes = [Push(one.made, one.commit, 1, one.files, one.added, one.removed) for one in reversed(changes)]
        remark = "These are commits, with the times from their author's computer: pushes are not recorded here."
    else:
        earlier = [received[:number] for number in range(len(received))]
        pushes = [_push(repository, push, before, changes) for push, before in zip(received, earlier, strict=True)]
        remark = "Each time is when the push was received."
    red = {commit: card.red for commit, card in cards.items()}
    scored = (
        push if push.why == HANDED_OUT else replace(push, score=known.get(push.commit), red=red.get(push.commit, ()))
        for push in pushes
    )
    return Timeline(tuple(scored), remark + more)


@functools.lru_cache(maxsize=MAX_KNOWN)
def _changes(folder: Path, head: str) -> tuple[Change, ...]:
    """Return the commits of the branch that is graded, the latest first; what a commit is made of never changes."""
    with History(folder).objects() as (options, env):
        text = git(
            *(*options, "log", "--first-parent", "--no-color", "--no-renames", "--no-ext-diff", "--no-textconv"),
            *("--shortstat", f"--max-count={MAX_COMMITS}", "--format=%x01%H %ct"),
            head,
            env=env,
            timeout=SECONDS,
        )
    parts = COMMIT.split(text)[1:]
    return tuple(_change(*parts[start : start + 3]) for start in range(0, len(parts), 3))


def _change(commit: str, seconds: str, stat: str) -> Change:
    made = datetime.fromtimestamp(min(int(seconds), 253402300799), UTC)  # the year 9999
    return Change(commit, made, *_size(stat))


def _size(stat: str) -> tuple[int, int, int]:
    """Return how many files were changed, and how many lines were added and removed."""
    sizes = {noun: int(number) for number, noun in SIZE.findall(stat)}
    return sizes.get("file", 0), sizes.get("insertion", 0), sizes.get("deletion", 0)


def _push(repository: History, push: Receipt, earlier: Sequence[Receipt], changes: Sequence[Change]) -> Push:
    """Return a push with all commits that are on the branch since the one before."""
    at, commit, names = push.received, push.commit, [change.commit for change in changes]
    if not earlier:
        return Push(at, commit, 0, 0, 0, 0, why=HANDED_OUT)
    before = earlier[-1].commit
    last = names.index(commit) if commit in names else None
    if last is not None and before in names[last:]:
        new = changes[last : names.index(before)]
        sums = (sum(getattr(change, entry) for change in new) for entry in ("files", "added", "removed"))
        return Push(at, commit, len(new), *sums)
    try:
        size = _difference(repository.folder, before, commit)
    except ClassroomError:  # such as a commit that is no longer there
        return Push(at, commit, 0, 0, 0, 0, why=SIZE_UNKNOWN)
    if last is None:
        return Push(at, commit, 0, *size, why=GONE)
    known = {each.commit for each in earlier}
    count = next((number for number, name in enumerate(names[last:]) if name in known), len(names) - last)
    return Push(at, commit, count, *size, why="" if count else WENT_BACK)


@functools.lru_cache(maxsize=MAX_KNOWN)
def _difference(folder: Path, before: str, after: str) -> tuple[int, int, int]:
    """Return the size of the change between two commits, neither of which needs to follow the other."""
    with History(folder).objects() as (options, env):
        arguments = ("--no-color", "--no-renames", "--no-ext-diff", "--no-textconv", "--shortstat", before, after)
        return _size(git(*options, "diff", *arguments, "--", env=env, timeout=SECONDS))
