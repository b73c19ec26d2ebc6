"""Run git with hardened settings, a time limit, and errors of one sentence."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError, CouldNotCheck
from classroom.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Argument = str | os.PathLike[str]

BRANCH = "main"
TIMEOUT_SECONDS = 300
FROM_FOLDER = {"GIT_ALLOW_PROTOCOL": "file"}  # allows a clone from another folder of this machine, and nothing else

# For every command: commits are the course's, and neither a hook, a monitor nor a signing program runs.
SETTINGS = (
    *("-c", "user.name=Course", "-c", "user.email=course@example.org"),
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "log.showSignature=false"),
    *("-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false", "-c", "core.autocrlf=false"),
)
# For a repository that somebody else can write to: it may belong to another account, and must reach nothing.
OFFLINE_SETTINGS = ("-c", "safe.directory=*", "-c", "core.sshCommand=false", "-c", "protocol.allow=never")
OFFLINE_ENVIRONMENT = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
# Lines that report progress or give advice, and never the reason of a failure.
NOT_REASONS = ("hint:", "To ", "Cloning into ", "Warning: ", "warning: ")


def git(
    *argv: Argument,
    cwd: Argument | None = None,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
    network: bool = False,
    timeout: float = TIMEOUT_SECONDS,
) -> str:
    """Run git and return its standard output without surrounding space.

    Args:
        argv: the subcommand and its arguments.
        cwd: the folder to run in; the current one by default.
        stdin: text for its standard input.
        env: variables to add to the environment.
        network: whether git may reach other repositories, with the caller's own credentials and `GIT_*` variables.
        timeout: seconds.

    Raises:
        ClassroomError: git failed; the message holds git's own reason.
        CouldNotCheck: git did not finish in time.
    """
    command, environment = invocation(argv, env, network=network)
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            env=environment,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        raise CouldNotCheck(f"git did not finish within {timeout:.0f} seconds.") from None
    if done.returncode:
        reason = error_line(done.stderr or done.stdout)
        raise ClassroomError(f"git says: {reason}" if reason else f"git ended with exit status {done.returncode}.")
    return done.stdout.strip()


def invocation(
    argv: Sequence[Argument], env: Mapping[str, str] | None = None, *, network: bool = False
) -> tuple[list[Argument], dict[str, str]]:
    """Return the command line and the environment with which `git` runs a command."""
    if network:
        return ["git", *SETTINGS, *argv], {**os.environ, **(env or {})}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return ["git", *SETTINGS, *OFFLINE_SETTINGS, *argv], {**inherited, **OFFLINE_ENVIRONMENT, **(env or {})}


def error_line(output: str) -> str:
    """Return the line of git's output that gives the reason of a failure, or an empty string."""
    lines = (line.strip() for line in output.splitlines())
    return one_line(
        next((line for line in lines if line.removeprefix("remote:") and not line.startswith(NOT_REASONS)), "")
    )
