"""The branch of a repository that counts, and what is said where a student's work is on another one."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from classroom.core.git_history import HEADS
from classroom.core.slips import shown

if TYPE_CHECKING:
    from classroom.core.git_history import History

TOLD = 3  # branches that are named
LOOKED = 10
# A branch may be called almost anything; what is not plain is named, and in no command.
PLAIN = re.compile(r"[A-Za-z0-9][\w./-]{0,60}", re.ASCII)
UNCHANGED = "every file is as it was handed out, so no work of yours is in it: save, git add, commit and push"


def branch_note(repository: History | None, *, untouched: bool) -> str | None:
    """What has to be said of the branch that was graded, where there is something.

    Args:
        repository: the submission's, where it has one with a commit.
        untouched: whether the graded files are those that were handed out.
    """
    if repository is not None and repository.head and repository.branch != repository.named:
        graded, wanted = _short(repository.branch), _short(repository.named)
        return f"there is no branch {shown(wanted)}, so {shown(graded)} was graded{_push(graded, wanted)}"
    if not untouched:
        return None
    others = _with_work(repository) if repository is not None and repository.head else []
    if repository is None or not others:
        return UNCHANGED
    graded, kind = _short(repository.branch), "branch" if len(others) == 1 else "branches"
    force = not repository.follows(repository.others()[others[0]])
    return (
        f"{shown(graded)} is as it was handed out, and your work is on the {kind} "
        f"{' and '.join(map(shown, others))}, which {'is' if len(others) == 1 else 'are'} not graded"
        f"{_push(others[0], graded, force=force)}"
    )


def other_branch(pushed: str, graded: str) -> str:
    """What to say of a push to a branch that is not graded."""
    return f"this is the branch {shown(pushed)}, and only {shown(graded)} is graded{_push(pushed, graded)}"


def nothing_note(repository: History) -> str:
    """Why there is no commit to grade."""
    wanted, others = _short(repository.named), [*repository.others()][:TOLD]
    if not others:
        return "nothing was graded: the repository is empty, no commit was pushed to it"
    names = " and ".join(map(shown, others))
    return f"nothing was graded: there is no branch {shown(wanted)}, only {names}{_push(others[0], wanted)}"


def _with_work(repository: History) -> list[str]:
    """The other branches that hold something else."""
    others = itertools.islice(repository.others().items(), LOOKED)
    some = (name for name, commit in others if repository.differs(commit))
    return list(itertools.islice(some, TOLD))


def _short(branch: str | None) -> str:
    return (branch or "HEAD").removeprefix(HEADS)


def _push(name: str, to: str, *, force: bool = False) -> str:
    if not PLAIN.fullmatch(name) or not PLAIN.fullmatch(to):
        return ""
    return f": git push {'--force ' if force else ''}origin {name}:{to}"
