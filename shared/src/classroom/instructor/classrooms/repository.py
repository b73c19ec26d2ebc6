"""A student's bare repository: what was pushed and when, and the branch on which the course replies.

The student controls its contents, so none of its hooks, filters or settings take effect here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.git import BRANCH, git, git_output
from classroom.core.git_history import FEEDBACK, HANDOUT, History
from classroom.core.receipts import receipts

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.core.receipts import Receipt

MAX_REPLY_BYTES = 100_000  # of a commit, or of a listing of files, on a branch of the course
MAX_REPLY_FILES = 20


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

    def set_branch(self, branch: str, commit: str) -> None:
        """Let a branch point to a commit.

        Raises:
            ClassroomError: the repository cannot be written.
        """
        self._git("update-ref", f"refs/heads/{branch}", commit)

    def hide_course_branches(self) -> None:
        """Let students fetch the branches that the course writes, and not push to them, nor to a name below them.

        Raises:
            ClassroomError: the repository cannot be written.
        """
        for branch in (FEEDBACK, HANDOUT):
            name = f"refs/heads/{branch}"
            self._git("config", "receive.hideRefs", name, f"^{name}$")  # replaces this value, or adds it

    def conflicts(self, branch: str) -> list[str]:
        """Return the files in which merging a branch into the graded one would end in a conflict; none if git is too old."""
        argv = ("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", BRANCH, branch)
        with git_output("--git-dir", self.path, *argv) as output:
            found = output.stream.read(MAX_REPLY_BYTES).decode("utf-8", "replace")
        return [name for name in found.split("\0")[1:] if name]

    def pushes(self) -> list[Receipt]:
        """Return every push to the graded branch, as the hook recorded it, oldest first.

        Raises:
            ClassroomError: the record cannot be read.
        """
        return receipts(self.path, f"refs/heads/{BRANCH}") or []

    def reply(self, branch: str, name: str, text: str, subject: str) -> bool:
        """Commit a file to a branch of the course, keeping the other files on it.

        Students cannot push to that branch, but could in classrooms of an earlier version: if it is not as the course
        leaves it, it starts again with this file alone.

        Returns:
            Whether the file changed.

        Raises:
            ClassroomError: the repository cannot be written.
        """
        tip, tree = self._course_branch(branch)
        files = dict(self._files(tree)) if tree else {}
        blob = self._git("hash-object", "-w", "--stdin", stdin=text)
        if files.get(name) == blob:
            return False
        listing = "".join(f"100644 blob {file}\t{path}\n" for path, file in sorted({**files, name: blob}.items()))
        new_tree = self._git("mktree", stdin=listing)
        parent = ("-p", tip) if tip and tree else ()
        commit = self._git("commit-tree", new_tree, *parent, "-m", subject)
        self._git("update-ref", f"refs/heads/{branch}", commit, tip or "0" * len(commit))
        return True

    def text(self, branch: str, name: str) -> str | None:
        """Return a file on a branch of the course; None if it is not there, or larger than the course makes them.

        Raises:
            ClassroomError: the repository cannot be read.
        """
        _, tree = self._course_branch(branch)
        blob = dict(self._files(tree)).get(name) if tree else None
        found, kind, size = self._object(blob) if blob else (None, "", 0)
        return self._git("cat-file", "blob", found) if found and kind == "blob" and size <= MAX_REPLY_BYTES else None

    def _course_branch(self, branch: str) -> tuple[str | None, str | None]:
        """Return what a branch points to, and its tree; None for a tree that is too large to be the course's.

        Only sizes are looked up at first: git reads a commit or a tree as a whole, however large it is.
        """
        tip, kind, size = self._object(f"refs/heads/{branch}")
        if kind != "commit" or size > MAX_REPLY_BYTES:
            return tip, None
        tree, kind, size = self._object(f"{tip}^{{tree}}")
        return tip, tree if kind == "tree" and size <= MAX_REPLY_BYTES else None

    def _object(self, name: str) -> tuple[str | None, str, int]:
        """Return name, kind and size of an object, or None if it does not exist."""
        line = self._git("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", stdin=f"{name}\n")
        match line.split():
            case [found, kind, size] if size.isdecimal():
                return found, kind, int(size)
        return None, "", 0

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

    def _files(self, tree: str) -> list[tuple[str, str]]:
        """Return name and blob of each Markdown file at the top of a tree, ignoring what a student may have added."""
        lines = self._git("ls-tree", tree).splitlines()
        entries = (line.split(maxsplit=3) for line in lines)
        files = [(name, blob) for _, kind, blob, name in entries if kind == "blob" and name.endswith(".md")]
        return files[:MAX_REPLY_FILES]

    def _git(self, *argv: str, stdin: str = "") -> str:
        return git(*argv, cwd=self.path, stdin=stdin)
