"""Run git on repositories of the course, and on those of other people, whose settings must not act."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

# For who writes into a repository that is somebody else's (`history` reads it): whose settings can name programs for git
# to run, by hooks, by a file system monitor, to verify a signature, and to fetch an object that is missing.
GIT_SETTINGS = (
    *("-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"),
    *("-c", "log.showSignature=false", "-c", "core.sshCommand=false", "-c", "protocol.allow=never"),
)


GIT_ENVIRONMENT = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}


BRANCH = "main"


NEWS = ("hint:", "To ", "Cloning into ", "Warning: ", "warning: ")


WHO = ("-c", "user.name=Course", "-c", "user.email=course@example.org")


# A folder on the same machine, and nothing else, may be copied from.
FROM_A_FOLDER = {**GIT_ENVIRONMENT, "GIT_ALLOW_PROTOCOL": "file"}


def git(*words: str | os.PathLike[str], given: str = "", environment: Mapping[str, str] = GIT_ENVIRONMENT) -> str:
    """What a git command says, run so that nothing of a repository acts.

    Raises:
        ClassroomError: it failed; the sentence is git's own.
    """
    done = subprocess.run(
        ["git", *GIT_SETTINGS, *WHO, *words],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {**environment},
    )
    if done.returncode:
        raise ClassroomError(f"git says: {complaint(done.stderr or done.stdout)}")
    return done.stdout.strip()


def complaint(told: str) -> str:
    """The line of what git said that names the trouble: what comes before is news, and what follows advice."""
    lines = [line.strip() for line in told.splitlines()]
    return one_line(
        next((line for line in lines if line.removeprefix("remote:") and not line.startswith(NEWS)), "nothing")
    )
