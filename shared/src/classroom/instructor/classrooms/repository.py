"""A student's bare repository: what was pushed and when, and the branch on which the course replies.

The student controls its contents, so none of its hooks, filters or settings take effect here.
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
    """One push: when it was received, and the commit that the branch has pointed to since."""

    received: datetime
    commit: str


@dataclass(frozen=True)
class Repository:
    """The bare repository in a folder."""

    path: Path

    def tip(self, branch: str = BRANCH) -> str | None:
        """Return the commit that a branch points to, or None if there is no such branch."""
        try:
            return self._git("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}^{{commit}}")
        except ClassroomError:
            return None

    def pushes(self) -> list[Push]:
        """Return every push to the graded branch, as the hook recorded it, oldest first."""
        try:
            lines = (self.path / RECEIVED).read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            return []
        found = []
        for fields in (line.split() for line in lines):
            try:
                received, ref, commit = fields
                if ref == f"refs/heads/{BRANCH}":
                    found.append(Push(datetime.fromisoformat(received).astimezone(UTC), commit))
            except ValueError:
                continue
        return found

    def reply(self, branch: str, name: str, text: str, subject: str) -> bool:
        """Commit a file to a branch of the course, keeping the other files on it.

        Returns:
            Whether the file changed.

        Raises:
            ClassroomError: the repository cannot be written.
        """
        tip = self.tip(branch)
        files = dict(self._files(tip)) if tip else {}
        blob = self._git("hash-object", "-w", "--stdin", stdin=text)
        if files.get(name) == blob:
            return False
        listing = "".join(f"100644 blob {file}\t{path}\n" for path, file in sorted({**files, name: blob}.items()))
        tree = self._git("mktree", stdin=listing)
        commit = self._git("commit-tree", tree, *(("-p", tip) if tip else ()), "-m", subject)
        self._git("update-ref", f"refs/heads/{branch}", commit, tip or "0" * 40)
        return True

    def pack(self, commits: list[str], folder: Path) -> None:
        """Write these commits, as far as they exist, with all that they contain, as one pack into a folder.

        Raises:
            ClassroomError: the repository cannot be read, or borrows objects from another one.
        """
        history = History.at(self.path)
        if history is None or not history.whole:
            raise ClassroomError("It is incomplete: it borrows objects from another repository.")
        known = self._git("cat-file", "--batch-check=%(objecttype) %(objectname)", stdin="\n".join(commits) + "\n")
        existing = [line.split()[1] for line in known.splitlines() if line.startswith("commit ")]
        folder.mkdir(parents=True, exist_ok=True)
        self._git("pack-objects", "--revs", "--quiet", str(folder / "pack"), stdin="\n".join(existing) + "\n")

    def _files(self, commit: str) -> list[tuple[str, str]]:
        """Return name and blob of each Markdown file at the top of a commit, ignoring what a student may have added."""
        lines = self._git("ls-tree", commit).splitlines()
        entries = (line.split(maxsplit=3) for line in lines)
        return [(name, blob) for _, kind, blob, name in entries if kind == "blob" and name.endswith(".md")]

    def _git(self, *argv: str, stdin: str = "") -> str:
        return git(*argv, cwd=self.path, stdin=stdin)
