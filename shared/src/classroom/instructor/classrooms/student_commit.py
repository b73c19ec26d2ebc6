"""Commits that the classroom makes for a student, and pushes as the student would: through the same hooks."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.git import BRANCH, FROM_FOLDER, git, git_output
from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from classroom.core.git import Argument
    from classroom.instructor.classrooms.repository import Repository
    from classroom.instructor.roster import Student

ATTEMPTS = 20  # each one fails only if another push was received in the meantime
NO_WAIT = {"CLASSROOM_NO_WAIT": "1"}  # for the hook: nobody reads the scorecard that it would wait for
REFUSED = "git says: remote: "
BUSY = "Other pushes to your repository were received at the same time. Try again in a minute."


class Rejected(ClassroomError):
    """A push was rejected, as a push with git would be; the message is for the student."""


@dataclass(frozen=True)
class StudentCommit:
    """A commit to make.

    Attributes:
        student: who is its author.
        subject: its message.
        files: the content of each file by its path; other files stay as they are.
        cleared: files or folders that are removed before, so that only what is in `files` is left of them.
    """

    student: Student
    subject: str
    files: Mapping[str, bytes]
    cleared: Collection[str] = ()

    def push(self, repository: Repository, room: Path) -> str | None:
        """Commit on top of what was pushed last, and push; return the commit, or None if it would change nothing.

        A push that is received in between is kept: the commit is then made again, on top of it.

        Args:
            repository: the student's.
            room: the folder for temporary files.

        Raises:
            Rejected: the repository does not accept it, such as after the closing time.
            ClassroomError: the repository cannot be read or written.
        """
        for _ in range(ATTEMPTS):
            tip = repository.tip()
            with ScratchDir("commit", room) as scratch:
                commit = self._make(repository, tip, scratch)
                if commit is None:
                    return None
                try:
                    self._send(commit, repository, scratch)
                except ClassroomError as error:
                    if repository.tip() == tip:
                        raise _explained(error) from None
                else:
                    return commit
        raise Rejected(BUSY)

    def _make(self, repository: Repository, tip: str | None, scratch: Path) -> str | None:
        """Make the commit in a repository of ours, which reads the student's objects and leaves them as they are."""
        ours: tuple[Argument, ...] = ("--git-dir", scratch / "git")
        git("init", "--quiet", "--bare", "--template=", "--initial-branch", BRANCH, scratch / "git")
        (scratch / "git/objects/info").mkdir(exist_ok=True)
        objects = f"{(repository.path / 'objects').resolve()}\n"
        (scratch / "git/objects/info/alternates").write_text(objects, encoding="utf-8")
        with tempfile.TemporaryFile(dir=scratch) as stream:
            self._write(stream, tip)
            stream.seek(0)
            with git_output(*ours, "fast-import", "--quiet", stdin=stream) as output:
                output.stream.read()
                output.ensure_complete()
        if tip is None:
            return git(*ours, "rev-parse", BRANCH)
        commit, tree, before = git(*ours, "rev-parse", BRANCH, f"{BRANCH}^{{tree}}", f"{tip}^{{tree}}").splitlines()
        return commit if tree != before else None

    def _write(self, stream: IO[bytes], tip: str | None) -> None:
        """Write the commit as `git fast-import` reads it; no path begins with a quote or contains a line break."""
        message = self.subject.encode()
        head = f"commit refs/heads/{BRANCH}\ncommitter {_author(self.student)} {int(time.time())} +0000\n"
        stream.write(head.encode() + b"data %d\n%b\n" % (len(message), message))
        if tip is not None:
            stream.write(f"from {tip}\n".encode())
            stream.writelines(f"D {path}\n".encode() for path in self.cleared)
        for path, data in self.files.items():
            stream.write(f"M 100644 inline {path}\n".encode() + b"data %d\n%b\n" % (len(data), data))

    def _send(self, commit: str, repository: Repository, scratch: Path) -> None:
        target = f"{commit}:refs/heads/{BRANCH}"
        git("--git-dir", scratch / "git", "push", "--quiet", repository.path, target, env={**FROM_FOLDER, **NO_WAIT})


def _explained(error: ClassroomError) -> ClassroomError:
    said = str(error)
    return Rejected(said.removeprefix(REFUSED)) if said.startswith(REFUSED) else error


def _author(student: Student) -> str:
    """Return the student as git names an author."""
    name, email = (
        "".join(letter for letter in text if letter.isprintable() and letter not in "<>").strip()
        for text in (student.label, student.email)
    )
    return f"{name or student.username} <{email or student.username}>"
