"""The history of a git repository that is somebody else's: its commits are read as data, and nothing of its settings acts.

A repository's own files can name programs for git to run (filters, hooks, monitors, what verifies a signature), and
other repositories to read from (a link, `commondir`, `objects/info/alternates`, a `.git` that is a file). So git never
works in it: the branch is read here, and git is given a folder of our own beside the objects.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
SHA1 = 40
HEADS, REMOTE = "refs/heads/", "refs/remotes/origin/"
REF = re.compile(r"ref: (refs/heads/[^\s~^:?*\[\\\x00-\x1f]{1,200})\n?")
BORROWED = ("commondir", "gitdir", "objects/info/alternates", "objects/info/http-alternates")
RECEIVED = "classroom-received"  # in a bare repository of a folder classroom: a line `TIME REF COMMIT` for each push
FEEDBACK = "feedback"  # the course's own branch, where it writes to the student
USUAL = ("main", "master")
MOST = 1000  # branches
PATIENCE = 10  # seconds for a question that a repository of any size but a hostile one answers at once
LARGEST = 4_000_000  # of a file that is read here: references, or what was received
ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
}


@dataclass(frozen=True)
class Commit:
    """A commit, and when it was made by the clock of who made it; None where that is no date."""

    name: str
    made: datetime | None


class History:
    """The branch that a repository's HEAD names, and its commits.

    Args:
        folder: a bare repository, or the `.git` of another one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        head = self.text("HEAD") or ""
        named = REF.fullmatch(head)
        self.named = self.branch = named[1] if named and ".." not in named[1] else None
        self.head = self._find() if self.whole else None

    @classmethod
    def at(cls, place: Path) -> History | None:
        """The repository that a folder is, or holds; None where there is none, or one that is kept elsewhere."""
        if is_bare(place):
            return cls(place)
        inside = place / ".git"
        return cls(inside) if inside.is_dir() and not inside.is_symlink() and is_bare(inside) else None

    @property
    def whole(self) -> bool:
        """Whether all that it holds is its own, and nothing is borrowed from another repository."""
        links = any((self.folder / part).is_symlink() for part in ("objects", "objects/info", "objects/pack"))
        return not links and not any(os.path.lexists(self.folder / name) for name in BORROWED)

    def text(self, name: str) -> str | None:
        """A small file of the repository's own; no link on the way to it is followed."""
        place = self.folder
        for part in name.split("/"):
            place = place / part
            if place.is_symlink():
                return None
        with contextlib.suppress(OSError):
            if place.is_file() and place.stat().st_size <= LARGEST:
                return place.read_text(encoding="utf-8", errors="replace")
        return None

    def _find(self) -> str | None:
        """What HEAD stands for; where its branch is not there, the only branch that is, or the one with the usual name.

        A repository made with one name for its first branch, and pushed to with another, is like that.
        """
        if self.branch is None:
            found = (self.text("HEAD") or "").strip()
            return found if HASH.fullmatch(found) else None
        branches = self._branches(HEADS)
        branches.pop(HEADS + FEEDBACK, None)
        if self.branch not in branches:
            usual = [HEADS + name for name in USUAL if HEADS + name in branches]
            self.branch = next(iter([*usual, *branches] if usual or len(branches) == 1 else []), self.branch)
        return branches.get(self.branch)

    def _branches(self, kind: str) -> dict[str, str]:
        """Each branch, and the commit that it is at; a file of its own counts before the list of all."""
        found = {}
        for line in (self.text("packed-refs") or "").splitlines():
            name, _, ref = line.partition(" ")
            if ref.startswith(kind) and HASH.fullmatch(name):
                found[ref] = name
        heads = self.folder / kind
        # Not by a walk that calls itself: a folder in a folder in a folder may go down further than it can.
        places = itertools.chain.from_iterable(map(heads.glob, ("*", "*/*", "*/*/*")))
        loose = [path.relative_to(self.folder).as_posix() for path in itertools.islice(places, MOST)]
        for ref in {*loose, *([self.branch] if self.branch and kind == HEADS else [])}:
            name = (self.text(ref) or "").strip()
            if HASH.fullmatch(name):
                found[ref] = name
        return found

    def others(self) -> dict[str, str]:
        """The branches beside the one that counts, usual names first, each with its commit, which may not be here itself.

        That is those of the repository, those that a clone remembers, and those that a classroom has received.
        """
        found: dict[str, str] = {}
        for line in (self.text(RECEIVED) or "").splitlines():
            words = line.split()
            if len(words) == 3 and words[1].startswith(HEADS) and HASH.fullmatch(words[2]):  # noqa: PLR2004
                found[words[1].removeprefix(HEADS)] = words[2]
        for kind in (REMOTE, HEADS):
            found |= {ref.removeprefix(kind): commit for ref, commit in self._branches(kind).items()}
        own = {"HEAD", FEEDBACK, (self.branch or "").removeprefix(HEADS)}
        return {
            name: commit
            for name, commit in sorted(found.items(), key=lambda item: (item[0] not in USUAL, item[0]))
            if name not in own and commit != self.head and set(commit) != {"0"}
        }

    def differs(self, commit: str) -> bool:
        """Whether a commit's files are others than those of the commit that counts; taken to be so where it is not here."""
        return self._fails("diff-tree", "--quiet", f"{self.head}^{{tree}}", f"{commit}^{{tree}}")

    def follows(self, commit: str) -> bool:
        """Whether a commit was built on the one that counts, so that a push to its branch needs no force."""
        return not self._fails("merge-base", "--is-ancestor", str(self.head), commit)

    def _fails(self, *words: str) -> bool:
        with self._beside() as (git, environment), contextlib.suppress(subprocess.TimeoutExpired):
            done = subprocess.run([*git, *words], capture_output=True, check=False, env=environment, timeout=PATIENCE)
            return done.returncode != 0
        return True

    def commit(self, name: str | None = None, until: datetime | None = None) -> Commit | None:
        """A commit by its name, HEAD's where none is given; or the last one before it that was made by a moment.

        Only the branch's own line is walked: what was merged into it later was not there before.
        """
        name = name or self.head
        if name is None or not self.whole:
            return None
        words = ["log", "-1", "--first-parent", "--no-color", "--format=%H %ct", name]
        words += [f"--min-age={int(until.timestamp())}"] if until else []
        with self._beside() as (git, environment):
            done = subprocess.run([*git, *words], capture_output=True, text=True, check=False, env=environment)
        found, _, seconds = done.stdout.strip().partition(" ")
        if done.returncode or not HASH.fullmatch(found):
            return None
        try:
            return Commit(found, datetime.fromtimestamp(int(seconds), UTC))
        except (ValueError, OverflowError, OSError):
            return Commit(found, None)

    @contextlib.contextmanager
    def archive(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process that writes a commit's files as a tar archive to its standard output."""
        with self._beside() as (git, environment):
            process = subprocess.Popen(
                # The tree and not the commit: with a commit's name before it an archive of no files cannot be read.
                [*git, "archive", "--format=tar", f"{name}^{{tree}}"],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
            try:
                yield process
            finally:
                process.kill()
                process.communicate()

    @contextlib.contextmanager
    def _beside(self) -> Iterator[tuple[list[str], dict[str, str]]]:
        """A git command, and its environment, that works in a folder of our own and takes the objects from here."""
        with ScratchDir("git") as room:
            for name in ("refs", "objects"):
                (room / name).mkdir()
            (room / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
            if len(self.head or "") > SHA1:
                settings = "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectformat = sha256\n"
                (room / "config").write_text(settings, encoding="ascii")
            shallow = [line for line in (self.text("shallow") or "").split() if HASH.fullmatch(line)]
            if shallow:
                (room / "shallow").write_text("\n".join(shallow) + "\n", encoding="ascii")
            around = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
            objects = {"GIT_OBJECT_DIRECTORY": str((self.folder / "objects").resolve())}
            yield ["git", "--git-dir", str(room)], around | ENVIRONMENT | objects


def is_bare(place: Path) -> bool:
    """Whether a folder looks like a repository without a working tree."""
    return (place / "HEAD").is_file() and (place / "objects").is_dir() and (place / "refs").is_dir()
