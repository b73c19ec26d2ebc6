"""Read the history of a repository that a student controls: commits as data, settings ignored.

A repository's own files can name programs for git to run (filters, hooks, monitors, signature checks) and other
repositories to read from (a symbolic link, `commondir`, `objects/info/alternates`, a `.git` file). So git never runs in
it: references are read here, and git gets a folder of ours together with the repository's objects.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError, CouldNotCheck
from classroom.core.git import Output, git, git_output
from classroom.core.open_folder import OpenFolder
from classroom.core.receipts import HANDED_OUT, HASH, RECEIVED, receipts
from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHA1_LENGTH = 40
HEADS, REMOTE = "refs/heads/", "refs/remotes/origin/"
REF = re.compile(r"ref: (refs/heads/[^\s~^:?*\[\\\x00-\x1f]{1,200})\n?")
BORROWED = ("commondir", "gitdir", "objects/info/alternates", "objects/info/http-alternates")
BRANCHES = "classroom-branches"  # in a collected repository: one line `REF COMMIT` for each branch left behind
FEEDBACK = "feedback"  # the branch on which the course writes to the student
HANDOUT = "handout"  # the branch with the newest handout, for students who have begun with an older one
USUAL = ("main", "master")
MAX_BRANCHES = 1000
BRANCH_LEVELS = 3  # of folders in which a branch may be, as in a/b/c
COMPARE_SECONDS = 10  # time limit of a comparison; only a hostile repository takes longer
MAX_FILE_BYTES = 4_000_000  # of a file of references
# On top of what `git` always sets: a filter that the instructor's own configuration names must not run, either.
ENVIRONMENT = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_NO_REPLACE_OBJECTS": "1"}


@dataclass(frozen=True)
class Commit:
    """A commit and its own date, set by the author's computer; None if that is not a valid date."""

    name: str
    made: datetime | None


class History:
    """The branch that is graded, which the repository's HEAD names, and its commits.

    Args:
        folder: a bare repository, or the `.git` of another one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        head = self.text("HEAD") or ""
        match = REF.fullmatch(head)
        self.named = self.branch = match[1] if match and ".." not in match[1] else None
        self.head = self._find() if self.whole else None

    @classmethod
    def at(cls, path: Path) -> History | None:
        """Return the history of the repository that a folder is or contains.

        None if there is no repository, or if its files are in another folder.
        """
        if is_bare(path):
            return cls(path)
        inside = path / ".git"
        return cls(inside) if not os.path.islink(inside) and is_bare(inside) else None  # noqa: PTH114 - never raises

    @property
    def whole(self) -> bool:
        """Whether the repository is self-contained, borrowing nothing from another one."""
        borrowed = any(os.path.lexists(self.folder / name) for name in BORROWED)
        return not borrowed and _holds_only_files(self.folder / "objects")

    def text(self, name: str) -> str | None:
        """Return the text of a small file of the repository, never following a symbolic link; None if it does not exist."""
        *folders, last = name.split("/")
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            # The repository itself may be reached by a link, such as a classroom's folder of a week.
            folder = stack.enter_context(OpenFolder(self.folder, follow=True))
            for part in folders:
                folder = stack.enter_context(folder.folder(part))
            size = folder.lstat(last).st_size
            if size <= MAX_FILE_BYTES:
                return folder.read(last, size).decode("utf-8", "replace")
        return None

    def _find(self) -> str | None:
        """Return the commit of HEAD; if its branch does not exist, of the branch with a usual name or of the only one.

        That happens in a repository created with one name for its first branch and pushed to under another.
        """
        if self.branch is None:
            found = (self.text("HEAD") or "").strip()
            return found if HASH.fullmatch(found) else None
        branches = self._branches(HEADS)
        for name in (FEEDBACK, HANDOUT):
            branches.pop(HEADS + name, None)
        if self.branch not in branches:
            usual = [HEADS + name for name in USUAL if HEADS + name in branches]
            self.branch = next(iter([*usual, *branches] if usual or len(branches) == 1 else []), self.branch)
        return branches.get(self.branch)

    def _branches(self, kind: str) -> dict[str, str]:
        """Return the commit of each branch; a loose reference takes precedence over the packed one, as in git."""
        found = {}
        for line in (self.text("packed-refs") or "").splitlines():
            name, _, ref = line.partition(" ")
            if ref.startswith(kind) and HASH.fullmatch(name):
                found[ref] = name
        loose = [f"{kind}{name}" for name in itertools.islice(_names(self.folder / kind), MAX_BRANCHES)]
        for ref in {*loose, *([self.branch] if self.branch and kind == HEADS else [])}:
            name = (self.text(ref) or "").strip()
            if HASH.fullmatch(name):
                found[ref] = name
        return found

    def others(self) -> dict[str, str]:
        """Return the branches that are not graded, usual names first, each with its commit, which may not exist here.

        These are the repository's own branches, the remote ones that a clone remembers, and those that `collect` left
        behind, which the receipts of an earlier version name.
        """
        found: dict[str, str] = {}
        for line in [*(self.text(RECEIVED) or "").splitlines(), *(self.text(BRANCHES) or "").splitlines()]:
            match line.split():
                case [*_, ref, commit] if ref.startswith(HEADS) and HASH.fullmatch(commit):
                    found[ref.removeprefix(HEADS)] = commit
        for kind in (REMOTE, HEADS):
            found |= {ref.removeprefix(kind): commit for ref, commit in self._branches(kind).items()}
        own = {"HEAD", FEEDBACK, HANDOUT, (self.branch or "").removeprefix(HEADS)}
        return {
            name: commit
            for name, commit in sorted(found.items(), key=lambda item: (item[0] not in USUAL, item[0]))
            if name not in own and commit != self.head and set(commit) != {"0"}
        }

    def is_handout(self, commit: str) -> bool:
        """Return whether a commit is one that the course has handed out, as far as the repository keeps a record.

        Raises:
            ClassroomError: the record cannot be read.
        """
        first = (receipts(self.folder, self.branch) or [])[:1]
        return commit in {*(push.commit for push in first), *(self.text(HANDED_OUT) or "").split()}

    def differs(self, commit: str) -> bool:
        """Return whether a commit's files differ from those that are graded; true if the commit does not exist here."""
        return self._fails("diff-tree", "--quiet", f"{self.head}^{{tree}}", f"{commit}^{{tree}}")

    def follows(self, commit: str) -> bool:
        """Return whether a commit descends from the graded one, so that it can be pushed there without force."""
        return not self._fails("merge-base", "--is-ancestor", str(self.head), commit)

    def lacks_handout(self) -> bool:
        """Return whether the course has given this repository a newer handout that the graded commit does not contain."""
        given = (self.text(HANDED_OUT) or "").split()
        newest = given[-1] if given and HASH.fullmatch(given[-1]) else None
        return newest is not None and self._fails("merge-base", "--is-ancestor", newest, str(self.head))

    def _fails(self, *argv: str) -> bool:
        with self.objects() as (options, env):
            try:
                git(*options, *argv, env=env, timeout=COMPARE_SECONDS)
            except ClassroomError:
                return True
        return False

    def commit(self, name: str | None = None, until: datetime | None = None) -> Commit | None:
        """Return a commit by its name (HEAD's by default), or the last one before it made by a moment.

        Only first parents are followed: what was merged into the branch later was not on it before.

        Raises:
            CouldNotCheck: git did not finish in time.
        """
        name = name or self.head
        if name is None or not self.whole:
            return None
        argv = ["log", "-1", "--first-parent", "--no-color", "--format=%H %ct", name]
        argv += [f"--min-age={int(until.timestamp())}"] if until else []
        try:
            with self.objects() as (options, env):
                found, _, seconds = git(*options, *argv, env=env).partition(" ")
        except CouldNotCheck:
            raise
        except ClassroomError:
            return None
        if not HASH.fullmatch(found):
            return None
        try:
            return Commit(found, datetime.fromtimestamp(int(seconds), UTC))
        except (ValueError, OverflowError, OSError):
            return Commit(found, None)

    @contextlib.contextmanager
    def listing(self, name: str) -> Iterator[Output]:
        """Yield what `git ls-tree -z` says of all files and folders of a commit: mode, type, object, size and path."""
        with (
            self.objects() as (options, env),
            git_output(*options, "ls-tree", "-r", "-t", "-l", "-z", f"{name}^{{tree}}", env=env) as output,
        ):
            yield output

    @contextlib.contextmanager
    def contents(self, objects: Iterable[str]) -> Iterator[Output]:
        """Yield what `git cat-file --batch` prints: for each object a line with its type and size, then its content."""
        with tempfile.TemporaryFile() as names, self.objects() as (options, env):
            names.write("".join(f"{name}\n" for name in objects).encode())
            names.seek(0)
            with git_output(*options, "cat-file", "--batch", env=env, stdin=names) as output:
                yield output

    @contextlib.contextmanager
    def objects(self) -> Iterator[tuple[list[str], dict[str, str]]]:
        """Yield git options and an environment that read this repository's objects from an empty repository of ours."""
        with ScratchDir("git") as scratch:
            for name in ("refs", "objects"):
                (scratch / name).mkdir()
            (scratch / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
            if len(self.head or "") > SHA1_LENGTH:
                settings = "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectformat = sha256\n"
                (scratch / "config").write_text(settings, encoding="ascii")
            shallow = [line for line in (self.text("shallow") or "").split() if HASH.fullmatch(line)]
            if shallow:
                (scratch / "shallow").write_text("\n".join(shallow) + "\n", encoding="ascii")
            objects = str((self.folder / "objects").resolve())
            yield ["--git-dir", str(scratch)], {**ENVIRONMENT, "GIT_OBJECT_DIRECTORY": objects}


def is_bare(path: Path) -> bool:
    """Return whether a folder looks like a repository without a working tree; one that cannot be read does not."""
    # The functions of os.path return False where those of Path raise PermissionError.
    folders = all(os.path.isdir(path / name) for name in ("objects", "refs"))  # noqa: PTH112
    return folders and os.path.isfile(path / "HEAD")  # noqa: PTH113


def _names(folder: Path, levels: int = BRANCH_LEVELS) -> Iterator[str]:
    """Yield the paths of files and folders in a folder; of one that cannot be read, none."""
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            yield entry.name
            if levels > 1 and entry.is_dir(follow_symlinks=False):
                yield from (f"{entry.name}/{name}" for name in _names(Path(entry.path), levels - 1))


def _holds_only_files(folder: Path) -> bool:
    """Return whether a folder holds nothing but files and folders, however deep: no link to another repository, no pipe."""
    waiting = [folder]
    if os.path.islink(folder):  # noqa: PTH114 - never raises
        return False
    while waiting:
        with contextlib.suppress(PermissionError, FileNotFoundError), os.scandir(waiting.pop()) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif not entry.is_file(follow_symlinks=False):
                    return False
    return True
