"""The branch `handout` of a repository that was made from a template: what a new handout adds to it.

GitHub copies a template's files into one first commit, so a student's history shares no commit with the template's. What
they share are trees: a commit in the student's repository whose tree is one that the template had is a handout. A new
handout is a commit with the template's newest tree, on top of the newest handout that the student has: merging it changes
what the course has changed since then, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError, UsageError
from classroom.core.git import BRANCH, git
from classroom.core.git_history import HANDOUT
from classroom.instructor.classrooms.github_git import ADDRESS, RepoName, github_git
from classroom.instructor.classrooms.repository import Repository as Bare

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.instructor.github.provider import Repository

TEMPLATE = "refs/classroom/template"
STUDENT, HANDOUT_REF = f"refs/heads/{BRANCH}", f"refs/heads/{HANDOUT}"
MAX_COMMITS = 10_000  # of a student's history that are looked at
LISTED = "--format=%H %T"


@dataclass(frozen=True)
class NewHandout:
    """A handout for one repository.

    Attributes:
        commit: the handout's commit on top of the newest one that the student has.
        tip: what the branch `handout` points to; empty if it does not exist.
        merged: whether the student's branch already contains it.
        proposed: whether the branch `handout` contains it.
        foreign: whether the branch `handout` holds commits that are not the course's, and that the student's branch lacks.
    """

    commit: str
    tip: str
    merged: bool
    proposed: bool
    foreign: bool


class HandoutBranch:
    """The handouts of a template, in a bare repository of our own; each student's history is fetched next to them.

    Raises:
        ClassroomError: the template cannot be fetched.
    """

    def __init__(self, template: Repository, folder: Path) -> None:
        self.folder = folder
        git("init", "--quiet", "--bare", "--template=", folder)
        name = RepoName(template.owner, template.name)
        self._fetch(name, f"+refs/heads/{template.branch}:{TEMPLATE}")
        history = [line.split() for line in self._git("log", "--first-parent", LISTED, TEMPLATE).splitlines()]
        if not history:
            raise UsageError(f"{template} is empty: publish the week to it first.")
        self._newest, self._tree = history[0]
        self._age = {tree: age for age, (_, tree) in reversed([*enumerate(history)])}

    def read(self, repository: Repository) -> NewHandout:
        """Fetch a student's history, and return the handout for it.

        Raises:
            ClassroomError: it cannot be fetched, or does not begin with a handout.
        """
        name = RepoName(repository.owner, repository.name)
        self._fetch(name, f"+refs/heads/{repository.branch}:{STUDENT}")
        # A pattern, because a branch that does not exist is an error only when it is named. What the pattern fetched from
        # the previous student is pruned: a branch `handout/notes` would be in the way of this one's `handout`.
        self._fetch(name, f"+{HANDOUT_REF}*:{HANDOUT_REF}*")
        tip = Bare(self.folder).tip(HANDOUT) or ""
        theirs = self._commits(STUDENT)
        proposed = self._commits(HANDOUT_REF) if tip else {}
        ours = theirs | {commit: tree for commit, tree in proposed.items() if tree in self._age}
        handouts = [commit for commit, tree in ours.items() if tree in self._age]
        if not handouts:
            raise ClassroomError(
                f"{repository} has no commit from its template, so what has changed since is unknown: the history was "
                "rewritten, or the template was."
            )
        base = min(handouts, key=lambda commit: self._age[ours[commit]])
        commit = base if ours[base] == self._tree else self._commit_on(base)
        foreign = bool(tip) and tip not in ours
        return NewHandout(commit, tip, merged=commit in theirs, proposed=commit in proposed, foreign=foreign)

    def conflicts(self, commit: str) -> list[str]:
        """Return the files in which merging a handout into the student's branch that was read ends in a conflict."""
        return Bare(self.folder).conflicts(commit)

    def changed(self, commit: str) -> list[str]:
        """Return the files that a handout changes."""
        return self._git("diff", "--no-ext-diff", "--name-only", f"{commit}^", commit).splitlines()

    def push(self, repository: Repository, handout: NewHandout) -> None:
        """Let the branch `handout` of a repository point to a handout.

        Raises:
            ClassroomError: the branch has changed since it was read, or the token may not write to it.
        """
        github_git(
            RepoName(repository.owner, repository.name),
            *("-C", self.folder, "push", "--quiet", f"--force-with-lease={HANDOUT_REF}:{handout.tip}"),
            *(ADDRESS, f"{handout.commit}:{HANDOUT_REF}"),
        )

    def _commits(self, ref: str) -> dict[str, str]:
        """Return the tree of each commit that a reference reaches, latest first."""
        lines = self._git("log", f"--max-count={MAX_COMMITS}", LISTED, ref).splitlines()
        return dict(line.split() for line in lines)

    def _commit_on(self, base: str) -> str:
        """Return the commit of the newest handout on top of an earlier one; made again it has the same name."""
        made, subject = self._git("log", "-1", "--format=%cI%n%s", self._newest).splitlines()[:2]
        dates = {"GIT_AUTHOR_DATE": made, "GIT_COMMITTER_DATE": made}
        return git("commit-tree", self._tree, "-p", base, "-m", subject, cwd=self.folder, env=dates)

    def _fetch(self, name: RepoName, refspec: str) -> None:
        words = ("fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
        github_git(name, "-C", self.folder, "-c", "gc.auto=0", *words, ADDRESS, refspec)

    def _git(self, *argv: str) -> str:
        return git(*argv, cwd=self.folder)
