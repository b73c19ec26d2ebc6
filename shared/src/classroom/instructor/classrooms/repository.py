"""A student's bare repository: what was pushed and when, and a branch on which the course answers.

Whoever pushes may have written into it, so none of its hooks, filters or settings act here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.git import BRANCH, git
from classroom.core.git_history import RECEIVED, History

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Push:
    """One push: when it was received, and what the branch has pointed at since."""

    received: datetime
    commit: str


@dataclass(frozen=True)
class Repository:
    """The bare repository in a folder."""

    place: Path

    def tip(self, branch: str = BRANCH) -> str | None:
        """The commit that a branch points at; None where there is no such branch."""
        try:
            return self._git("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}^{{commit}}")
        except ClassroomError:
            return None

    def pushes(self) -> list[Push]:
        """Every push to the branch that is graded, as the hook wrote it down, oldest first."""
        try:
            lines = (self.place / RECEIVED).read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            return []
        found = []
        for words in (line.split() for line in lines):
            try:
                received, ref, commit = words
                if ref == f"refs/heads/{BRANCH}":
                    found.append(Push(datetime.fromisoformat(received).astimezone(UTC), commit))
            except ValueError:
                continue
        return found

    def answer(self, branch: str, name: str, text: str, about: str) -> bool:
        """Commit a file to a branch of the course's own, beside what else is there; False where it said so already.

        Raises:
            ClassroomError: the repository cannot be written.
        """
        tip = self.tip(branch)
        files = dict(self._files(tip)) if tip else {}
        blob = self._git("hash-object", "-w", "--stdin", stdin=text)
        if files.get(name) == blob:
            return False
        listing = "".join(f"100644 blob {one}\t{path}\n" for path, one in sorted({**files, name: blob}.items()))
        tree = self._git("mktree", stdin=listing)
        commit = self._git("commit-tree", tree, *(("-p", tip) if tip else ()), "-m", about)
        self._git("update-ref", f"refs/heads/{branch}", commit, tip or "0" * 40)
        return True

    def pack(self, commits: list[str], folder: Path) -> None:
        """Write these commits, as far as they are there, with all that they hold, as one pack into a folder.

        Raises:
            ClassroomError: the repository cannot be read, or borrows from elsewhere.
        """
        history = History.at(self.place)
        if history is None or not history.whole:
            raise ClassroomError("It is no whole repository: it borrows from elsewhere.")
        known = self._git("cat-file", "--batch-check=%(objecttype) %(objectname)", stdin="\n".join(commits) + "\n")
        there = [line.split()[1] for line in known.splitlines() if line.startswith("commit ")]
        folder.mkdir(parents=True, exist_ok=True)
        self._git("pack-objects", "--revs", "--quiet", str(folder / "pack"), stdin="\n".join(there) + "\n")

    def _files(self, commit: str) -> list[tuple[str, str]]:
        """Name and blob of each Markdown file at the top of a commit; what else a student may have put there stays behind."""
        lines = self._git("ls-tree", commit).splitlines()
        entries = (line.split(maxsplit=3) for line in lines)
        return [(name, blob) for _, kind, blob, name in entries if kind == "blob" and name.endswith(".md")]

    def _git(self, *argv: str, stdin: str = "") -> str:
        return git(*argv, cwd=self.place, stdin=stdin)
