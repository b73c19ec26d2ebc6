"""Notes about branches: which one was graded, and where a student's work is on another one."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from classroom.core.git_history import HEADS
from classroom.core.inspection import shown

if TYPE_CHECKING:
    from classroom.core.git_history import History

MAX_NAMED = 3  # branches in one note
MAX_COMPARED = 10  # branches that are compared with the graded one
# Almost any text can be the name of a branch; only a plain one is put into a command.
PLAIN = re.compile(r"[A-Za-z0-9][\w./-]{0,60}", re.ASCII)
UNCHANGED = (
    "every file is unchanged since it was handed out, so none of your work is in it: save, git add, commit and push"
)


def branch_note(repository: History | None, *, untouched: bool) -> str | None:
    """Return a note about the branch that was graded, or None if there is nothing to say.

    Args:
        repository: the submission's repository, if it has one.
        untouched: whether the graded files are the ones that were handed out.
    """
    if repository is not None and repository.head and repository.branch != repository.named:
        graded, wanted = _short(repository.branch), _short(repository.named)
        return f"there is no branch {shown(wanted)}, so {shown(graded)} was graded{_push(graded, wanted)}"
    if not untouched:
        return None
    others = _with_work(repository) if repository is not None and repository.head else []
    if repository is None or not others:
        return UNCHANGED
    graded, noun = _short(repository.branch), "branch" if len(others) == 1 else "branches"
    force = not repository.follows(repository.others()[others[0]])
    return (
        f"{shown(graded)} is unchanged since it was handed out, but your work is on the {noun} "
        f"{' and '.join(map(shown, others))}, which {'is' if len(others) == 1 else 'are'} not graded"
        f"{_push(others[0], graded, force=force)}"
    )


def other_branch(pushed: str, graded: str) -> str:
    """Return the note for a push to a branch that is not graded."""
    return f"you pushed to the branch {shown(pushed)}, but only {shown(graded)} is graded{_push(pushed, graded)}"


def no_commit_note(repository: History) -> str:
    """Return the note for a repository without a commit to grade."""
    wanted, others = _short(repository.named), [*repository.others()][:MAX_NAMED]
    if not others:
        return "nothing was graded: the repository is empty, because nothing was pushed to it"
    names = " and ".join(map(shown, others))
    return f"nothing was graded: there is no branch {shown(wanted)}, only {names}{_push(others[0], wanted)}"


def _with_work(repository: History) -> list[str]:
    """Return the other branches whose files differ."""
    others = itertools.islice(repository.others().items(), MAX_COMPARED)
    with_work = (name for name, commit in others if repository.differs(commit))
    return list(itertools.islice(with_work, MAX_NAMED))


def _short(branch: str | None) -> str:
    return (branch or "HEAD").removeprefix(HEADS)


def _push(name: str, to: str, *, force: bool = False) -> str:
    if not PLAIN.fullmatch(name) or not PLAIN.fullmatch(to):
        return ""
    return f": git push {'--force ' if force else ''}origin {name}:{to}"
