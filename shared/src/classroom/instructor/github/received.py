"""When GitHub received each push, written into cloned repositories, where `grade` looks for it.

A commit's own time is set by its author's computer, and a force push hides what was there at the deadline. GitHub's list
of activity has both.
"""

from __future__ import annotations

import contextlib
from datetime import UTC
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.files import write_atomic
from classroom.core.git_history import History
from classroom.core.receipts import RECEIVED
from classroom.instructor.github.provider import ProviderError, RefusedError, Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from classroom.instructor.classrooms.github_git import RepoName
    from classroom.instructor.github.provider import Provider, Push

    FetchCommits = Callable[[RepoName, Path, Sequence[str]], None]

NO_COMMIT = "0" * 39 + "1"
MAX_SINGLE = 20  # commits that are fetched one by one, each with a connection of its own


def write_receipts(
    provider: Provider,
    clones: Iterable[tuple[RepoName, Path]],
    fetch_commits: FetchCommits,
    on_problem: Callable[[str], None],
) -> None:
    """Write into each clone when the pushes to its branch were received, and fetch the commits that it lacks.

    Args:
        provider: the platform, on which the repositories may belong to anyone.
        clones: the repositories and their bare clones.
        fetch_commits: fetches commits into a clone, all or none, or raises ClassroomError.
        on_problem: called with a sentence for each push whose commit is gone, and if times cannot be read.
    """
    for name, clone in clones:
        history = History(clone)
        if history.branch is None:
            continue
        branch = history.branch.removeprefix("refs/heads/")
        try:
            pushes = provider.pushes(Repository(name.name, name.owner, private=True, branch=branch))
        except RefusedError as error:
            on_problem(f"{error} Without its push times, `grade --deadline` uses its commit times.")
            continue
        except ProviderError as error:
            on_problem(f"{error} Without push times, `grade --deadline` uses commit times.")
            return
        if pushes:
            _write(clone, history.branch, pushes)
        missing = [push for push in pushes if history.commit(push.commit) is None]
        _fetch(name, clone, missing, fetch_commits, on_problem)


def _write(clone: Path, ref: str, pushes: Sequence[Push]) -> None:
    """Write the record that a classroom's hook would have written.

    Its first line is what was handed out. Which commit that was GitHub does not say, and the first push can be a
    student's work, so the line names a commit that does not exist.
    """
    oldest_first = pushes[::-1]  # not sorted by time again: two pushes can be in the same second
    record = [(oldest_first[0].received, NO_COMMIT), *((push.received, push.commit) for push in oldest_first)]
    lines = [f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {ref} {commit}\n" for moment, commit in record]
    write_atomic(clone / RECEIVED, "".join(lines))


def _fetch(
    name: RepoName,
    clone: Path,
    pushes: Sequence[Push],
    fetch_commits: FetchCommits,
    on_problem: Callable[[str], None],
) -> None:
    """Fetch the commits that force pushes have removed from the branch: all at once, or else the latest one by one."""
    with contextlib.suppress(ClassroomError):
        if pushes:
            fetch_commits(name, clone, [push.commit for push in pushes])
        return
    for push in pushes[:MAX_SINGLE]:
        try:
            fetch_commits(name, clone, [push.commit])
        except ClassroomError as error:
            received = f"{push.received.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            on_problem(f"{name}: what was pushed at {received} can no longer be fetched, so it cannot count: {error}")
    if len(pushes) > MAX_SINGLE:
        on_problem(f"{name}: earlier pushes that can no longer be fetched were not tried one by one.")
